#include "coldstart/plan/distributions.h"

#include <gtest/gtest.h>

namespace coldstart::plan {
namespace {

// From tables.
TEST(Distributions, KnownQuantiles) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959964, 1e-6);
  EXPECT_NEAR(normal_cdf(1.0), 0.841345, 1e-6);
  EXPECT_NEAR(student_t_quantile(0.975, 4), 2.776445, 1e-6);
  EXPECT_NEAR(student_t_cdf(2.776445, 4), 0.975, 1e-6);
  EXPECT_NEAR(chi_squared_quantile(0.975, 4), 11.143287, 1e-6);
  EXPECT_NEAR(chi_squared_quantile(0.025, 4), 0.484419, 1e-6);
  EXPECT_NEAR(chi_squared_above(9.21034, 2), 0.01, 1e-6);
  EXPECT_NEAR(f_above(4.102821, 2, 10), 0.05, 1e-6);
}

TEST(Distributions, WilsonsInterval) {
  const Interval all = wilson(5, 5, 1.645);
  EXPECT_NEAR(all.lo, 5 / (5 + 1.645 * 1.645), 1e-12);
  EXPECT_EQ(all.mid, 1);
  EXPECT_NEAR(all.hi, 1, 1e-12);
  const Interval half = wilson(10, 20, 1.96);  // 0.2993 to 0.7007
  EXPECT_NEAR(half.lo, 0.2993, 1e-4);
  EXPECT_NEAR(half.hi, 0.7007, 1e-4);
}

}  // namespace
}  // namespace coldstart::plan
