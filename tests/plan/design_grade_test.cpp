#include "coldstart/plan/design_grade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/plan/law_runs.h"

namespace coldstart::plan {
namespace {

Design design_of(const std::vector<RunCurve>& curves) { return grade_design(curves).design; }

TEST(Design, TwoCooldownsApartAreGood) {
  const DesignGrade grade = grade_design(good_design());
  EXPECT_EQ(grade.design, Design::good);
  ASSERT_EQ(grade.cooldowns.size(), 2u);
  EXPECT_NEAR(grade.cooldowns[0], 8'000, 50);
  EXPECT_NEAR(grade.cooldowns[1], 20'000, 50);
}

TEST(Design, TwoCooldownsAtTheSamePlaceOrOneAreFair) {
  EXPECT_EQ(design_of({law_curve("trunk", trunk(24'000)), law_curve("a", cooled(20'000, 24'000)),
                       law_curve("b", cooled(18'000, 22'000))}),
            Design::fair);
  EXPECT_EQ(design_of({law_curve("trunk", trunk(24'000)), law_curve("c", cosine(24'000))}),
            Design::fair);
}

TEST(Design, OneHistoryIsPoorHoweverManyRunsHaveIt) {
  EXPECT_EQ(design_of({law_curve("a", cosine(24'000))}), Design::poor);
  EXPECT_EQ(
      design_of({law_curve("a", cosine(24'000), 1e-3), law_curve("bb", cosine(24'000), 1e-3)}),
      Design::poor);
  EXPECT_EQ(design_of({law_curve("a", trunk(24'000)), law_curve("b", trunk(12'000), 1e-3)}),
            Design::poor);
}

TEST(FitPoints, ASharedTrunkCountsOnceAndEveryStepWeighsTheSame) {
  const std::vector<RunCurve> curves = good_design();
  const std::vector<FitPoint> points = fit_points(curves, 0.1);
  std::vector<double> count(3, 0), weight(3, 0);
  double earliest = 1e9;
  for (const FitPoint& p : points) {
    ++count[p.curve];
    weight[p.curve] += p.weight;
    earliest = std::min(earliest, p.step);
    if (p.curve == 1) {
      EXPECT_GT(p.step, 8'000);
    }
    if (p.curve == 2) {
      EXPECT_GT(p.step, 20'000);
    }
  }
  EXPECT_GE(earliest, 3'000) << "1.5 warmups";
  EXPECT_NEAR(weight[0] / weight[1], 21.0 / 4, 0.2);
  EXPECT_NEAR(weight[1] / weight[2], 1, 0.1);
}

TEST(FitPoints, TheOrderOfTheRunsDoesNotMatter) {
  std::vector<RunCurve> curves = good_design(), reversed = curves;
  std::ranges::reverse(reversed);
  const auto a = fit_points(curves, 0.1), b = fit_points(reversed, 0.1);
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].step, b[i].step);
    EXPECT_EQ(a[i].weight, b[i].weight);
  }
}

TEST(FitPoints, AReplicateSharesTheWeightOfItsHistory) {
  const std::vector<RunCurve> one = {law_curve("a", trunk(24'000), 1e-3)};
  const std::vector<RunCurve> two = {one[0], law_curve("bb", trunk(24'000), 1e-3)};
  const auto total = [](const std::vector<FitPoint>& points) {
    double sum = 0;
    for (const FitPoint& p : points) sum += p.weight;
    return sum;
  };
  EXPECT_EQ(fit_points(two, 0.1).size(), 2 * fit_points(one, 0.1).size());
  EXPECT_NEAR(total(fit_points(two, 0.1)), total(fit_points(one, 0.1)), 1e-9);
}

}  // namespace
}  // namespace coldstart::plan
