#include "coldstart/plan/best_of_n.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/random.h"

namespace coldstart::plan {
namespace {

const std::vector<double> kTen = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

// P(best of 2 <= 3) of ten values = 1 - 0.7^2 = 0.51, P(<= 2) = 0.36.
TEST(BestOfN, QuantilesByHand) {
  EXPECT_EQ(best_of_quantile(kTen, 2, 0.5), 3);
  EXPECT_EQ(best_of_quantile(kTen, 2, 0.35), 2);
  EXPECT_EQ(best_of_quantile(kTen, 1, 0.5), 5);
  EXPECT_EQ(best_of_quantile(kTen, 1000, 0.5), 1);
}

TEST(BestOfN, AgreesWithDrawingThem) {
  const Rng rng(3, Stream::test);
  constexpr uint64_t kDraws = 20'000, kM = 4;
  uint64_t below = 0;
  for (uint64_t i = 0; i < kDraws; ++i) {
    double best = 11;
    for (uint64_t j = 0; j < kM; ++j) best = std::min(best, kTen[rng.below(kM * i + j, 10)]);
    below += best <= 2;
  }
  EXPECT_NEAR(static_cast<double>(below) / kDraws, 1 - std::pow(0.8, 4), 0.01);
  EXPECT_EQ(best_of_quantile(kTen, kM, 1 - std::pow(0.8, 4) - 1e-9), 2);
}

TEST(BestOfN, TheCurveGoesFromOneToAll) {
  const BestOfCurve curve = best_of_curve(kTen);
  std::vector<int64_t> m;
  for (const BestOfPoint& point : curve.points) m.push_back(point.m);
  EXPECT_THAT(m, testing::ElementsAre(1, 2, 4, 8, 10));
  EXPECT_EQ(curve.points.front().median, 5);
  EXPECT_EQ(best_of_curve({NAN, INFINITY}).points.size(), 0u);
  EXPECT_EQ(best_of_curve({NAN, 3}).points.size(), 1u);
}

TEST(BestOfN, SB04_ThinSamplingIsSeenByWhatADoublingWouldGain) {
  const Verdict thin = density_verdict(kTen, 0.5), dense = density_verdict(kTen, 3);
  EXPECT_EQ(thin.label, "NOTE");
  EXPECT_EQ(dense.label, "KEEP");
  EXPECT_EQ(dense.evidence[0].value.mid, 4);  // 1 to 4
  EXPECT_EQ(density_verdict({1, 2, 3}, 1).label, "INSUFFICIENT");
}

TEST(BestOfN, SB04_WithoutANoiseNothingIsHeldAgainstIt) {
  for (const double unknown : {0.0, static_cast<double>(NAN)}) {
    const Verdict verdict = density_verdict(kTen, unknown);
    EXPECT_EQ(verdict.label, "INSUFFICIENT");
    EXPECT_THAT(verdict.text, testing::Not(testing::HasSubstr("within")));
    EXPECT_THAT(verdict.text, testing::HasSubstr("the noise is not"));
    EXPECT_EQ(verdict.evidence.front().id, "next_gain");
  }
}

}  // namespace
}  // namespace coldstart::plan
