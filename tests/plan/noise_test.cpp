#include "coldstart/plan/noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/plan/series.h"
#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

using testing::HasSubstr;

TEST(Noise, C4OfSmallSamples) {  // from tables
  EXPECT_NEAR(c4(2), 0.797885, 1e-6);
  EXPECT_NEAR(c4(5), 0.939986, 1e-6);
  EXPECT_NEAR(c4(25), 0.989640, 1e-6);
}

TEST(Noise, AD01_RerunsGiveSigmaWithItsInterval) {
  const std::vector<double> objectives = {3.00, 3.01, 3.02, 3.03, 3.04};
  const Noise noise = noise_of_reruns(objectives);
  const double s = std::sqrt(0.00025);
  EXPECT_NEAR(noise.sigma, s / c4(5), 1e-12);
  EXPECT_NEAR(noise.interval.lo, s * std::sqrt(4 / 11.143287), 1e-8);
  EXPECT_NEAR(noise.interval.hi, s * std::sqrt(4 / 0.484419), 1e-6);
  EXPECT_FALSE(noise.lower_bound);
  const Verdict verdict = noise_verdict(noise, 3.02);
  EXPECT_THAT(verdict.text, HasSubstr("from 5 reruns"));
  EXPECT_EQ(verdict.standing, Standing::ok);
}

// Two points with three seeds each, deviations -d, 0, d: s^2 = (2 d1^2 + 2 d2^2) / 4.
TEST(Noise, TheSeedsOfSeveralPointsArePooled) {
  const Noise noise = noise_of_points({{3.0, 3.01, 3.02}, {3.17, 3.2, 3.23}, {9.0}});
  const double s = std::sqrt((2 * 0.0001 + 2 * 0.0009) / 4);
  EXPECT_EQ(noise.n, 5);
  EXPECT_NEAR(noise.sigma, s / c4(5), 1e-12);
  EXPECT_NEAR(noise.interval.lo, s * std::sqrt(4 / 11.143287), 1e-8);
  EXPECT_FALSE(noise_of_points({{3.0}, {4.0}}).known());
  std::vector<std::vector<double>> many(5, {3.0, 3.1});
  many.push_back({4.0, 9.0});
  EXPECT_NEAR(noise_of_points(many).sigma, std::sqrt(0.005) / c4(6), 1e-12)
      << "a point that is worse than five others is left out";
}

TEST(Noise, OneRunOrANaNSaysNothing) {
  EXPECT_FALSE(noise_of_reruns(std::vector<double>{3.0}).known());
  EXPECT_FALSE(noise_of_reruns(std::vector<double>{3.0, NAN, 3.1}).known());
  EXPECT_EQ(noise_verdict({}, 3).standing, Standing::insufficient);
}

// Mean over 200 curves of 400 evaluations; the trend is a power law.
TEST(Noise, ThePointNoiseIsFoundThroughItsCorrelation) {
  for (const double phi : {0.0, 0.5, 0.7}) {
    double sd = 0, found_phi = 0;
    constexpr int kCurves = 200;
    for (int i = 0; i < kCurves; ++i) {
      const Trial trial = simulated_trial(static_cast<uint64_t>(i), falling(),
                                          {.steps = 4000, .evals = 400, .noise = 0.02, .phi = phi});
      const auto noise = point_noise(trial.evals.val, 0.5);
      ASSERT_TRUE(noise);
      sd += noise->sd / kCurves;
      found_phi += noise->phi / kCurves;
    }
    EXPECT_NEAR(sd, 0.02, 0.003) << phi;
    EXPECT_NEAR(found_phi, phi, 0.12) << phi;
  }
}

TEST(Noise, TheErrorOfAMeanOfCorrelatedValues) {
  const PointNoise independent{.sd = 2, .phi = 0}, alike{.sd = 2, .phi = 0.5};
  EXPECT_DOUBLE_EQ(independent.mean_se(4), 1);
  // (2 + 2 * 0.5) / 4 of the variance
  EXPECT_DOUBLE_EQ(alike.mean_se(2), 2 * std::sqrt(3.0) / 2);
}

TEST(Noise, WithoutRerunsItIsALowerBoundAndSaysSo) {
  Study study = simulated_study({simulated_trial(1, falling(), {.noise = 0.02}),
                                 simulated_trial(2, falling(), {.noise = 0.02})});
  const Noise noise = study_noise(study);
  EXPECT_TRUE(noise.lower_bound);
  EXPECT_NEAR(noise.sigma, 0.02, 0.012);
  EXPECT_THAT(noise_verdict(noise, 3).tags, testing::ElementsAre("NOISE_LOWER_BOUND"));

  study.trials[0].evals.val_se.assign(100, 0.5);
  study.trials[1].evals.val_se.assign(100, 0.5);
  EXPECT_EQ(study_noise(study).sigma, 0.5);
  study.sigma = 0.1;
  study.sigma_n = 5;
  EXPECT_EQ(study_noise(study).sigma, 0.1);
  EXPECT_FALSE(study_noise(study).lower_bound);
  EXPECT_NEAR(study_noise(study).interval.lo, 0.1 * c4(5) * std::sqrt(4 / 11.143287), 1e-7);
}

TEST(Noise, TenEvaluationsAreTooFew) {
  const Trial trial = simulated_trial(1, falling(), {.evals = 10});
  EXPECT_FALSE(noise_lower_bound(trial));
  EXPECT_FALSE(study_noise(simulated_study({trial})).known());
}

TEST(Noise, AConstantCurveHasNone) {
  const auto noise = point_noise(std::vector<double>(50, 3.0), 0.5);
  ASSERT_TRUE(noise);
  EXPECT_EQ(noise->sd, 0);
}

TEST(Noise, EV07_ASkewedSubsetIsSeenAndAFairOneIsNot) {
  const Rng rng(5, Stream::test);
  std::vector<double> documents;
  for (uint64_t i = 0; i < 1000; ++i) documents.push_back(3 + 0.5 * rng.normal(i));
  std::vector<size_t> fair, skewed;
  for (size_t i = 0; i < 1000; i += 10) fair.push_back(i);
  for (size_t i = 0; i < 1000 && skewed.size() < 100; ++i)
    if (documents[i] > 3) skewed.push_back(i);
  EXPECT_EQ(subset_verdict(documents, fair).label, "KEEP");
  EXPECT_EQ(subset_verdict(documents, skewed).label, "SKEWED");
  // 0.5 / sqrt(100), twice the standard error of a difference
  EXPECT_NEAR(subset_verdict(documents, fair).evidence[1].value.mid, 2 * std::sqrt(2.0) * 0.05,
              0.03);
  EXPECT_EQ(subset_verdict(documents, std::vector<size_t>{1, 2}).label, "INSUFFICIENT");
  EXPECT_THROW(subset_verdict(documents, std::vector<size_t>{5000}), DataError);
}

}  // namespace
}  // namespace coldstart::plan
