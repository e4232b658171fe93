#include "coldstart/plan/adopt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/plan/distributions.h"

namespace coldstart::plan {
namespace {

using testing::HasSubstr;

Adoption of(double gain) {
  return {.candidate = "s1/7",
          .complexity_note = "one operation a block",
          .baseline_results = {3, 3},
          .candidate_results = {3 - gain},
          .sigma = 0.02,
          .sigma_n = 5};
}

TEST(Adopt, AD03_PrintsGainIntervalAndProbabilityAndWantsANote) {
  const Verdict verdict = adopt(of(0.1));
  EXPECT_EQ(verdict.label, "ADOPT");
  const double se = 0.02 * std::sqrt(1.5);
  EXPECT_NEAR(verdict.evidence[0].value.mid, 0.1, 1e-12);
  EXPECT_NEAR(verdict.evidence[0].value.hi, 0.1 + 2.776445 * se, 1e-6);
  EXPECT_NEAR(verdict.evidence[1].value.mid, normal_cdf(0.1 / se), 1e-12);
  EXPECT_THAT(verdict.text, HasSubstr("one operation a block"));

  Adoption silent = of(0.1);
  silent.complexity_note = " ";
  EXPECT_THROW(adopt(silent), ConfigError);
  Adoption empty = of(0.1);
  empty.candidate_results.clear();
  EXPECT_THROW(adopt(empty), ConfigError);
}

TEST(Adopt, ASmallGainIsHeldAndALossRejected) {
  EXPECT_EQ(adopt(of(0.01)).label, "HOLD");
  EXPECT_EQ(adopt(of(-0.01)).label, "REJECT");
  EXPECT_EQ(exit_code(adopt(of(-0.01)).standing), 3);
}

TEST(Adopt, AD02_WithoutNoiseItIsNotDecided) {
  Adoption unknown = of(0.1);
  unknown.sigma = 0;
  EXPECT_EQ(adopt(unknown).label, "HOLD");
  EXPECT_THAT(adopt(unknown).tags, testing::ElementsAre("noise unknown"));
  Adoption other = of(0.1);
  other.same_family = false;
  EXPECT_EQ(adopt(other).rule, "AD-02");
}

// Seeds that lie far apart and a gain that is nearly the same in each: d = 0.09, 0.1, 0.11.
TEST(Adopt, TheSameSeedsArePaired) {
  Adoption pairs = of(0);
  pairs.baseline_results = {3.0, 3.5, 4.0};
  pairs.candidate_results = {2.91, 3.4, 3.89};
  pairs.sigma = 0;
  EXPECT_EQ(adopt(pairs).rule, "AD-02") << "not known to be pairs";
  pairs.paired = true;
  const Verdict verdict = adopt(pairs);
  EXPECT_EQ(verdict.label, "ADOPT");
  const double se = 0.01 / std::sqrt(3);
  EXPECT_NEAR(verdict.evidence[0].value.hi, 0.1 + 4.302653 * se, 1e-6);
  EXPECT_NEAR(verdict.evidence[1].value.mid, student_t_cdf(0.1 / se, 2), 1e-12);
  EXPECT_THAT(verdict.evidence[0].what, HasSubstr("3 and 3 runs, paired by seed"));
  pairs.sigma = 0.5;
  EXPECT_NE(adopt(pairs).label, "ADOPT") << "three pairs give way to a sigma that is known";
}

TEST(Adopt, WhatWasChangedByHandIsNotAdopted) {
  Adoption changed = of(0.1);
  changed.intervention = true;
  EXPECT_EQ(adopt(changed).label, "REJECT");
}

TEST(Adopt, AD01_ASearchVariesToo) {
  const Verdict verdict = variation_verdict({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.1);
  EXPECT_EQ(verdict.evidence[1].value.lo, 1);
  EXPECT_EQ(verdict.evidence[1].value.hi, 5);  // 1 - 0.5^10 > 0.995 > 1 - 0.6^10
  EXPECT_EQ(variation_verdict({1, 2, NAN}, 0.1).label, "INSUFFICIENT");
}

}  // namespace
}  // namespace coldstart::plan
