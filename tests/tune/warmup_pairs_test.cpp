#include "coldstart/tune/warmup_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/plan/distributions.h"

namespace coldstart::tune {
namespace {

using study::Need;
using testing::HasSubstr;

// Three seeds that lie far apart, and gains of the warmup about `gain` that do not: their standard
// deviation is `spread`. The margin is 0.03 nats.
WarmupPairs pairs(double gain, double spread) {
  const std::vector<double> without = {2.9, 3.0, 3.1};
  return judge_pairs(without, {2.9 - gain + spread, 3.0 - gain, 3.1 - gain - spread});
}

TEST(TuneWarmupPairs, NotNeededOnceTheIntervalLeavesOutAHarmAboveTheMargin) {
  const WarmupPairs p = pairs(0.005, 0.005);
  EXPECT_NEAR(p.margin, 0.03, 1e-12);
  EXPECT_EQ(p.need, Need::not_needed);
  const double half = plan::student_t_quantile(0.975, 2) * 0.005 / std::sqrt(3.0);
  EXPECT_NEAR(p.gain.interval.hi, 0.005 + half, 1e-12);
  EXPECT_NEAR(p.noise.sigma, 0.1 / plan::c4(3), 1e-12);
  EXPECT_TRUE(p.why.empty());
  // The same mean with a wider spread does not.
  EXPECT_EQ(pairs(0.005, 0.02).need, Need::not_established);
}

TEST(TuneWarmupPairs, EveryLabelHasItsSideOfTheMargin) {
  EXPECT_EQ(pairs(0.1, 0.005).need, Need::needed);
  EXPECT_EQ(pairs(0.02, 0.005).need, Need::helps);
  EXPECT_EQ(pairs(-0.02, 0.005).need, Need::harmful);
}

TEST(TuneWarmupPairs, NotEstablishedSaysHowManyPairsWouldTell) {
  const WarmupPairs p = pairs(0.005, 0.02);
  EXPECT_THAT(p.why, HasSubstr("about 5 pairs"));
  // So they would, of the same mean and spread, and four would not.
  const auto highest = [](double n) {
    return 0.005 + plan::student_t_quantile(0.975, n - 1) * 0.02 / std::sqrt(n);
  };
  EXPECT_LT(highest(5), p.margin);
  EXPECT_GT(highest(4), p.margin);
  EXPECT_THAT(pairs(0.015, 1).why, HasSubstr("more than 50 pairs"));
}

TEST(TuneWarmupPairs, OnePairEstablishesNothing) {
  const WarmupPairs p = judge_pairs({3.0}, {2.0});
  EXPECT_EQ(p.need, Need::not_established);
  EXPECT_DOUBLE_EQ(p.gain.interval.mid, 1.0);
  EXPECT_FALSE(p.gain.noise_known);
  EXPECT_THAT(p.why, HasSubstr("one pair"));
}

TEST(TuneWarmupPairs, ARunThatDivergedIsNoNumberToSubtract) {
  const WarmupPairs p = judge_pairs({3.0, NAN, 3.1}, {2.9, 2.9, 3.0});
  EXPECT_EQ(p.need, Need::not_established);
  EXPECT_THAT(p.why, HasSubstr("1 diverged without warmup and 0 with it"));
}

}  // namespace
}  // namespace coldstart::tune
