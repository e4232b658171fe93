// Rows R1-01 and CB-05 of the design: agreement between rounds is measured.
#include "coldstart/plan/rank_agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace coldstart::plan {
namespace {

std::vector<Rerun> reruns(std::initializer_list<double> after) {
  std::vector<Rerun> result;
  for (const double loss : after) {
    const auto i = static_cast<double>(result.size());
    result.push_back({std::string(1, static_cast<char>('a' + result.size())), i, loss});
  }
  return result;
}

TEST(KendallTau, CountsPairs) {
  EXPECT_DOUBLE_EQ(kendall_tau(reruns({1, 2, 3, 4})), 1);
  EXPECT_DOUBLE_EQ(kendall_tau(reruns({4, 3, 2, 1})), -1);
  EXPECT_DOUBLE_EQ(kendall_tau(reruns({1, 2, 4, 3})), 4.0 / 6) << "one of six pairs is reversed";
  // tau-b: one tie after, 5 pairs agree
  EXPECT_DOUBLE_EQ(kendall_tau(reruns({1, 1, 2, 3})), 5 / std::sqrt(6.0 * 5));
  EXPECT_TRUE(std::isnan(kendall_tau(reruns({1, 1, 1}))));
}

TEST(RankAgreementR101, AnOrderThatHeldIsHeld) {
  const RankAgreement r = rank_agreement(reruns({1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(r.label, "HELD");
  EXPECT_EQ(r.tau.mid, 1);
  EXPECT_TRUE(r.failed.empty());
}

TEST(RankAgreementCB05, AnOrderThatDidNotHoldFailsAndNamesThePairs) {
  const RankAgreement r = rank_agreement(reruns({4, 1, 3, 2, 5, 2.5}));
  EXPECT_EQ(r.label, "FAILED");
  EXPECT_LT(r.tau.lo, 0);
  EXPECT_THAT(r.failed, testing::Contains("a before b"));
}

TEST(RankAgreement, IsTheSameEveryTimeAndNeedsFour) {
  const auto runs = reruns({4, 1, 3, 2, 5, 2.5});
  EXPECT_EQ(rank_agreement(runs).tau.lo, rank_agreement(runs).tau.lo);
  EXPECT_EQ(rank_agreement(reruns({1, 2, 3})).label, "INSUFFICIENT");
  EXPECT_EQ(rank_agreement(reruns({1, 2, 3, NAN})).label, "INSUFFICIENT");
}

}  // namespace
}  // namespace coldstart::plan
