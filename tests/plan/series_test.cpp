#include "coldstart/plan/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Series, ValuesThatAreNotFiniteAreLeftOutAndCounted) {
  const Curve curve = curve_of({1, 2, 3, 4}, {1.0, NAN, INFINITY, 4.0}, "x");
  EXPECT_THAT(curve.step, ElementsAre(1, 4));
  EXPECT_THAT(curve.value, ElementsAre(1.0, 4.0));
  EXPECT_EQ(curve.missing, 2);
  EXPECT_EQ(curve_of({1, 2}, {}, "x").size(), 0u);
}

TEST(Series, StepsThatRepeatOrGoBackAreRefused) {
  for (const std::vector<int64_t>& steps : {std::vector<int64_t>{1, 2, 2}, {1, 3, 2}}) {
    try {
      curve_of(steps, {1, 2, 3}, "s1/7 val");
      FAIL();
    } catch (const DataError& error) {
      EXPECT_THAT(error.message(), HasSubstr("[s1/7 val] steps must increase"));
    }
  }
  EXPECT_THROW(curve_of({1, 2}, {1}, "x"), DataError);
}

TEST(Series, TheCentredMeanUsesWhatExistsAtTheEnds) {
  const std::vector<double> values = {0, 3, 6, 9, 12};
  EXPECT_THAT(centred_mean(values, 3), ElementsAre(1.5, 3, 6, 9, 10.5));
}

TEST(Series, ShortSpikesAreCutDownToTheirSurroundings) {
  std::vector<double> values(60);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = 3 - 0.01 * static_cast<double>(i) + (i % 2 == 0 ? 0.01 : -0.01);
  EXPECT_EQ(without_spikes(values), values) << "noise and a trend are none";
  std::vector<double> spiky = values;
  for (size_t i = 12; i < 16; ++i) spiky[i] += 0.5;
  const std::vector<double> calm = without_spikes(spiky);
  for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(calm[i], values[i], 0.06) << i;
  for (size_t i = 30; i < 60; ++i) values[i] += 0.5;
  EXPECT_EQ(without_spikes(values), values) << "a rise that stays is none";
}

TEST(Series, SummariesOfKnownNumbers) {
  const std::vector<double> values = {1, 2, 3, 4, 100};
  EXPECT_EQ(mean(values), 22);
  EXPECT_EQ(median_of(values), 3);
  EXPECT_EQ(mad(values), 1);
  EXPECT_DOUBLE_EQ(variance(std::vector<double>{1, 2, 3}), 1);
  EXPECT_TRUE(std::isnan(median_of({})));
}

TEST(Series, TheLineThroughKnownPoints) {
  const Line exact = fit_line(std::vector<double>{0, 1, 2}, std::vector<double>{1, 3, 5});
  EXPECT_DOUBLE_EQ(exact.slope, 2);
  EXPECT_DOUBLE_EQ(exact.level, 3);
  EXPECT_NEAR(exact.slope_se, 0, 1e-12);
  // Residuals 1/6, -1/3, 1/6: their squares 1/6 over one degree and xx = 2.
  const Line bent = fit_line(std::vector<double>{0, 1, 2}, std::vector<double>{0, 0, 1});
  EXPECT_NEAR(bent.slope_se, std::sqrt(1.0 / 6 / 2), 1e-12);
  EXPECT_EQ(fit_line(std::vector<double>{1, 1}, std::vector<double>{0, 1}).slope, 0);
}

}  // namespace
}  // namespace coldstart::plan
