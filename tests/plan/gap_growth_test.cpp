#include "coldstart/plan/gap_growth.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/random.h"

namespace coldstart::plan {
namespace {

Trial gap_of(double per_doubling, double noise = 0) {
  const Rng rng(3, Stream::test);
  Trial t;
  for (int64_t step = 100; step <= 10'000; step += 100) {
    t.evals.step.push_back(step);
    t.evals.train.push_back(2);
    t.evals.val.push_back(2.5 + per_doubling * std::log2(static_cast<double>(step)) +
                          noise * rng.normal(static_cast<uint64_t>(step)));
  }
  return t;
}

TEST(GapGrowth, IsTheSlopePerDoubling) {
  const auto growth = gap_growth(gap_of(0.03));
  ASSERT_TRUE(growth);
  EXPECT_NEAR(growth->mid, 0.03, 1e-9);
  EXPECT_NEAR(growth->hi - growth->lo, 0, 1e-6);
}

TEST(GapGrowth, NoiseWidensIt) {
  const auto growth = gap_growth(gap_of(0, 0.01));
  ASSERT_TRUE(growth);
  EXPECT_LT(growth->lo, 0);
  EXPECT_GT(growth->hi, 0);
}

TEST(GapGrowth, NeedsBothLossesAndEightEvaluations) {
  Trial t = gap_of(0.03);
  t.evals.train.clear();
  EXPECT_FALSE(gap_growth(t));
  Trial few;
  for (int64_t k = 1; k <= 10; ++k) {
    few.evals.step.push_back(k);
    few.evals.val.push_back(1);
    few.evals.train.push_back(1);
  }
  EXPECT_FALSE(gap_growth(few)) << "four lie in the last 30 %";
}

}  // namespace
}  // namespace coldstart::plan
