#include "coldstart/plan/annealing_law.h"

#include <gtest/gtest.h>

#include <cmath>

namespace coldstart::plan {
namespace {

// The sums as the paper writes them, step by step.
AnnealingSums by_the_step(const schedule::Schedule& s, double lambda, int64_t end) {
  double s1 = 0, s2 = 0, m = 0;
  AnnealingSums sums;
  for (int64_t i = 0; i <= end; ++i) {
    if (i > s.warmup) m = lambda * m + (s.lr(i - 1) - s.lr(i));
    s2 += m;
    sums.s1.push_back(s1);
    sums.s2.push_back(s2);
    s1 += s.lr(i);
  }
  return sums;
}

TEST(AnnealingLaw, ClosedFormsEqualTheSumsStepByStep) {
  using schedule::DecayShape;
  for (const DecayShape shape :
       {DecayShape::linear, DecayShape::cosine, DecayShape::one_minus_sqrt}) {
    const schedule::Schedule s{.warmup = 200,
                               .hold = 3000,
                               .decay = 1800,
                               .base = 1e-3,
                               .fall = {.shape = shape, .final_ratio = 0.1}};
    for (const double lambda : {0.99, 0.999}) {
      const AnnealingSums exact = by_the_step(s, lambda, s.total());
      const std::vector<double> at = {1000, 3200, 3500, 4100, 4990};
      const AnnealingSums fast = annealing_sums(LrTrace::of(s, s.total()), lambda, at);
      for (size_t i = 0; i < at.size(); ++i) {
        const auto k = static_cast<size_t>(at[i]);
        EXPECT_NEAR(fast.s1[i], exact.s1[k], 1e-3 * exact.s1[k]) << at[i];
        EXPECT_NEAR(fast.s2[i], exact.s2[k], 0.01 * exact.s2.back()) << at[i];
      }
    }
  }
}

TEST(AnnealingLaw, AtConstantRateNothingHasAnnealed) {
  schedule::Schedule s{.warmup = 100, .hold = 900, .base = 1};
  const AnnealingSums sums = annealing_sums(LrTrace::of(s, 1000), 0.999, std::vector<double>{1000});
  EXPECT_EQ(sums.s2[0], 0) << "the warmup does not count";
  EXPECT_DOUBLE_EQ(sums.s1[0], 950.5) << "(1 + ... + 100)/100 in the warmup, then 900";
  const AnnealingLaw law{.floor = 2, .A = 3, .alpha = 0.5, .C = 7};
  EXPECT_DOUBLE_EQ(law.loss(4, 0.1), 2 + 3 / 2.0 - 0.7);
}

}  // namespace
}  // namespace coldstart::plan
