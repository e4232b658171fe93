// Row R1-02 of the design: each kind has its class.
#include "coldstart/plan/transfer.h"

#include <gtest/gtest.h>

namespace coldstart::plan {
namespace {

TEST(TransferR102, EveryKindHasItsClass) {
  const auto expect = [](Kind kind, Transfer transfer) {
    EXPECT_EQ(transfer_of(kind).transfer, transfer) << enum_name(kind);
  };
  for (const Kind kind : {Kind::warmup, Kind::init}) expect(kind, Transfer::very_likely);
  expect(Kind::architecture, Transfer::likely);
  for (const Kind kind : {Kind::optimizer, Kind::optimizer_hyper, Kind::augmentation, Kind::dropout,
                          Kind::weight_decay, Kind::base_lr})
    expect(kind, Transfer::might);
  for (const Kind kind : {Kind::schedule, Kind::decay_length, Kind::final_ratio})
    expect(kind, Transfer::unlikely);
}

TEST(TransferR102, NoKindIsMissing) {
  EXPECT_EQ(transfer_table().size(), EnumText<Kind>::names.size());
  for (const auto& [kind, name] : EnumText<Kind>::names)
    EXPECT_FALSE(transfer_of(kind).action.empty()) << name;
}

}  // namespace
}  // namespace coldstart::plan
