// Does this set-up need warmup? The verdict for each optimizer of a study that crosses optimizer,
// warmup and learning rate with seeds.
//
// For an optimizer and a warmup, each learning rate has the mean over its seeds; the best of them
// is what that warmup reaches. The gap is what the best warmup gains over none:
//   gap = mean(none) - mean(best warmup),  se = sigma sqrt(1/n + 1/n'),  sigma pooled over the
//   seeds
// with a t interval at level 1 - 0.05 / (number of warmups), because the best of several was taken.
//   NEEDED           nothing trains without it, or the gap is surely above 1 % of the loss
//   HELPS            the gap is surely above 0
//   HARMFUL          it is surely below 0
//   NOT_NEEDED       it surely lies within the larger of sigma and 0.25 % of the loss
//   NOT_ESTABLISHED  anything else: too few seeds, trials missing, or the best rate lies at an end
//                    of the range
// The test is that t interval: t = gap / se, and p is two-sided, times the number of warmups.
//
// Where the best rate lies in its range: warmup_cells.h. Thresholds are ours. A maximised metric is
// refused. Test: tests/study/warmup_verdict_test.cpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"
#include "coldstart/study/warmup_cells.h"

namespace coldstart::study {

inline constexpr double kNeededShare = 0.01;  // of the loss: a gain above it is a need

enum class Need : uint8_t { needed, helps, not_needed, harmful, not_established };

struct OptimizerVerdict {
  std::string optimizer;
  Need need = Need::not_established;
  plan::Interval gap = {};       // nats; mid and the interval
  double t = NAN, p = NAN;       // of the gap against 0
  std::string best_warmup = {};  // of those above none
  std::string shortest_warmup =
      {};  // that closes the gap, "0" where none is needed; empty: not known
  std::string text = {};
};

struct WarmupReport {
  double sigma = NAN;  // between seeds, at the best rates; NaN: one seed each
  int64_t degrees = 0;
  std::vector<WarmupCell> cells;  // by optimizer, then warmup, as in the space
  std::vector<OptimizerVerdict> verdicts;
};

// DataError unless the space has optimizer.name, schedule.warmup and optimizer.lr, and the warmup
// 0.
WarmupReport judge_warmup(const plan::Study& study);

// The loss of a minus that of b, and its interval at this level; NaN ends where the noise is not
// known.
plan::Interval difference_of(const WarmupCell& a, const WarmupCell& b, int64_t degrees,
                             double level = 0.05);

bool is_no_warmup(const std::string& warmup);  // "0" or "0%"

std::string warmup_table(const WarmupReport& report);

}  // namespace coldstart::study

template <>
struct coldstart::EnumText<coldstart::study::Need> {
  using E = study::Need;
  static constexpr auto names = enum_names<E>({{E::needed, "NEEDED"},
                                               {E::helps, "HELPS"},
                                               {E::not_needed, "NOT_NEEDED"},
                                               {E::harmful, "HARMFUL"},
                                               {E::not_established, "NOT_ESTABLISHED"}});
};
