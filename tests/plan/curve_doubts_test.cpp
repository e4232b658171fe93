#include "coldstart/plan/curve_doubts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

using testing::HasSubstr;
using testing::Optional;

Trial changed(const std::function<void(EvalSeries&)>& change) {
  Trial trial = simulated_trial(1, falling());
  change(trial.evals);
  return trial;
}

TEST(CurveDoubts, ACurveThatFallsHasNone) {
  EXPECT_EQ(curve_doubt(simulated_trial(1, falling())), std::nullopt);
  EXPECT_EQ(curve_doubt(simulated_trial(2, plateau(0.1))), std::nullopt);
  EXPECT_EQ(curve_doubt(Trial()), std::nullopt) << "nothing recorded is another matter";
  EXPECT_EQ(curve_doubt(point_trial(0.5, 3)), std::nullopt)
      << "nor does one evaluation stand still";
}

TEST(CurveDoubts, TwoUnitsOfSteps) {
  const Trial tokens = changed([](EvalSeries& evals) {
    for (size_t i = 50; i < evals.size(); ++i) evals.step[i] *= 4096;
  });
  EXPECT_THAT(curve_doubt(tokens), Optional(HasSubstr("comes after step 500: two units")));
  // Every step at first, then every 500: that is one unit.
  const Trial dense = changed([](EvalSeries& evals) {
    for (size_t i = 0; i < evals.size(); ++i)
      evals.step[i] = i < 20 ? static_cast<int64_t>(i) : static_cast<int64_t>(500 * (i - 19));
  });
  EXPECT_EQ(curve_doubt(dense), std::nullopt);
}

TEST(CurveDoubts, NatsAndBits) {
  const auto scaled = [](double factor) {
    return changed([factor](EvalSeries& evals) {
      for (size_t i = 50; i < evals.size(); ++i) evals.val[i] *= factor;
    });
  };
  EXPECT_THAT(curve_doubt(scaled(1 / std::log(2.0))), Optional(HasSubstr("nats and bits")));
  EXPECT_THAT(curve_doubt(scaled(std::log(2.0))), Optional(HasSubstr("at step 510")));
  EXPECT_EQ(curve_doubt(scaled(1.3)), std::nullopt) << "a rise that stays is a finding, no doubt";
}

// A fast fall passes through every ratio, and noise may.
TEST(CurveDoubts, AFallOrNoiseIsNoChangeOfUnits) {
  for (uint64_t i = 0; i < 200; ++i) {
    EXPECT_EQ(curve_doubt(simulated_trial(i, [](double x) { return 2 + 8 * std::exp(-20 * x); })),
              std::nullopt);
    EXPECT_EQ(curve_doubt(simulated_trial(i, falling(), {.noise = 0.5})), std::nullopt);
  }
}

TEST(CurveDoubts, MuchIsMissingOrNothingHappens) {
  EXPECT_THAT(curve_doubt(changed([](EvalSeries& evals) {
                for (size_t i = 30; i < 60; ++i) evals.val[i] = NAN;
              })),
              Optional(HasSubstr("30 of 100")));
  EXPECT_EQ(curve_doubt(changed([](EvalSeries& evals) { evals.val[50] = NAN; })), std::nullopt);
  EXPECT_THAT(curve_doubt(changed([](EvalSeries& evals) { evals.val.assign(100, 3); })),
              Optional(HasSubstr("every evaluation is 3")));
  EXPECT_THROW(curve_doubt(changed([](EvalSeries& evals) { evals.step[50] = 1; })), DataError);
  EXPECT_THAT(curve_doubt(changed([](EvalSeries& evals) {
                for (double& value : evals.val) value *= 1e300;
              })),
              Optional(HasSubstr("no loss")));
}

}  // namespace
}  // namespace coldstart::plan
