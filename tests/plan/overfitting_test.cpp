#include "coldstart/plan/overfitting.h"

#include <gtest/gtest.h>

#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

// Falls to 2.5 at 40 % of training and rises to 3 at the end.
double bend(double x) { return x < 0.4 ? 4 - 1.5 * x / 0.4 : 2.5 + 0.5 * (x - 0.4) / 0.6; }

Trial with_train(Trial trial, const std::function<double(double)>& truth) {
  const auto noise = ar_noise(99, trial.evals.size(), 0.01);
  for (size_t i = 0; i < trial.evals.size(); ++i)
    trial.evals.train.push_back(
        truth(static_cast<double>(i + 1) / static_cast<double>(trial.evals.size())) + noise[i]);
  return trial;
}

TEST(Overfitting, CU02_ARisingValidationLossIsFound) {
  const Trial trial = with_train(simulated_trial(1, bend), [](double x) { return 4 - 3 * x; });
  const auto result = detect_overfitting(trial);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->overfits);
  EXPECT_TRUE(result->confirmed);
  EXPECT_NEAR(static_cast<double>(result->best_step), 400, 60);
  EXPECT_NEAR(result->rise, 0.48, 0.05);
  EXPECT_NEAR(result->severity, 0.48 / 1.46, 0.05);
}

TEST(Overfitting, ASpikeOfTheValidationLossDoesNotHideIt) {
  const auto slight = [](double x) { return x < 0.4 ? 4 - 2.5 * x : 3 + 0.15 * (x - 0.4); };
  Trial trial = simulated_trial(3, slight);
  ASSERT_TRUE(detect_overfitting(trial)->overfits);
  for (size_t i = 70; i < 73; ++i) trial.evals.val[i] *= 1.3;
  EXPECT_TRUE(detect_overfitting(trial)->overfits);
}

TEST(Overfitting, WithoutTheTrainingLossItIsUnconfirmed) {
  const auto result = detect_overfitting(simulated_trial(1, bend));
  EXPECT_TRUE(result->overfits);
  EXPECT_FALSE(result->confirmed);
}

TEST(Overfitting, ATrainingLossThatRisesTooIsAFaultInstead) {
  const auto result = detect_overfitting(with_train(simulated_trial(1, bend), bend));
  EXPECT_FALSE(result->overfits);
  EXPECT_TRUE(result->train_rising);
}

TEST(Overfitting, AFallingOrFlatCurveIsNone) {
  int flagged = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    flagged += detect_overfitting(simulated_trial(seed, falling()))->overfits;
    flagged += detect_overfitting(simulated_trial(seed, plateau(0.3)))->overfits;
  }
  EXPECT_LE(flagged, 8);  // 2 %
  EXPECT_FALSE(
      detect_overfitting(simulated_trial(1, [](double) { return 3.0; }, {.noise = 0}))->overfits);
}

TEST(Overfitting, ARiseWithinTheNoiseBetweenSeedsIsNone) {
  const auto slight = [](double x) { return x < 0.4 ? 4 - 2.5 * x : 3 + 0.05 * (x - 0.4); };
  const Trial trial = simulated_trial(3, slight, {.noise = 0.001});
  EXPECT_TRUE(detect_overfitting(trial)->overfits);
  EXPECT_FALSE(detect_overfitting(trial, 0.2)->overfits);
}

// The documents differ by nats, their changes by hundredths: only paired they show anything.
TEST(Overfitting, DocumentsAreComparedPairwiseHalfAgainstHalf) {
  Trial trial = simulated_trial(1, bend, {.evals = 40, .noise = 0});
  const Rng rng(7, Stream::test);
  std::vector<double> level;
  for (uint64_t k = 0; k < 64; ++k) level.push_back(rng.normal(k));
  for (size_t i = 0; i < trial.evals.size(); ++i) {
    trial.evals.docs.emplace_back();
    for (size_t k = 0; k < 64; ++k)
      trial.evals.docs.back().push_back(
          static_cast<float>(trial.evals.val[i] + level[k] + 0.02 * rng.normal(1000 + i * 64 + k)));
  }
  const auto result = detect_overfitting(trial);
  EXPECT_TRUE(result->overfits);
  EXPECT_NEAR(result->rise, 0.43, 0.03);  // the 5-point means of 40 evaluations round the bend
  EXPECT_LT(result->tolerance, 0.02);
}

TEST(Overfitting, SevenEvaluationsSayNothing) {
  EXPECT_FALSE(detect_overfitting(simulated_trial(1, bend, {.evals = 7})));
}

}  // namespace
}  // namespace coldstart::plan
