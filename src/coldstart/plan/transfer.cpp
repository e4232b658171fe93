#include "coldstart/plan/transfer.h"

#include <algorithm>
#include <array>

#include "coldstart/core/error.h"

namespace coldstart::plan {

namespace {

constexpr std::string_view kFix = "fix; keep an eye on stability";
constexpr std::string_view kControl = "fix if it gained more than 3 sigma, else carry one control";
constexpr std::string_view kRecheck =
    "re-check: the winner and one neighbour on each side, for the two most sensitive";
constexpr std::string_view kBracket = "bracket it: the longer run may want a lower rate";
constexpr std::string_view kRederive =
    "re-derive with steps extend; re-tune if three long runs are affordable";
constexpr std::string_view kStale = "a change makes earlier conclusions stale: hold it";

constexpr std::array kTable = {
    TransferRow{Kind::warmup, Transfer::very_likely, kFix},
    TransferRow{Kind::init, Transfer::very_likely, kFix},
    TransferRow{Kind::architecture, Transfer::likely, kControl},
    TransferRow{Kind::optimizer, Transfer::might, kRecheck},
    TransferRow{Kind::optimizer_hyper, Transfer::might, kRecheck},
    TransferRow{Kind::weight_decay, Transfer::might, kRecheck},
    TransferRow{Kind::augmentation, Transfer::might, kRecheck},
    TransferRow{Kind::dropout, Transfer::might, kRecheck},
    TransferRow{Kind::base_lr, Transfer::might, kBracket},
    TransferRow{Kind::schedule, Transfer::unlikely, kRederive},
    TransferRow{Kind::decay_length, Transfer::unlikely, kRederive},
    TransferRow{Kind::final_ratio, Transfer::unlikely, kRederive},
    TransferRow{Kind::batch, Transfer::unranked, kStale},
    TransferRow{Kind::data, Transfer::unranked, kStale},
    TransferRow{Kind::steps, Transfer::unranked, "never tuned within a study"},
    TransferRow{Kind::other, Transfer::unranked, "re-check: nothing is known of it"},
};

}  // namespace

std::span<const TransferRow> transfer_table() { return kTable; }

const TransferRow& transfer_of(Kind kind) {
  const auto* row = std::ranges::find(kTable, kind, &TransferRow::kind);
  COLDSTART_CHECK(row != kTable.end(), "kind {} is not in the table", enum_name(kind));
  return *row;
}

}  // namespace coldstart::plan
