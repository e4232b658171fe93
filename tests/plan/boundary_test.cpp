#include "coldstart/plan/boundary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

using testing::HasSubstr;

// The i-th of a sequence that fills [0, 1) evenly, as the studies' own sampler does.
double van_der_corput(uint64_t i) {
  double value = 0;
  for (double digit = 0.5; i > 0; i /= 2, digit /= 2) value += digit * static_cast<double>(i % 2);
  return value;
}

// n trials at quasi-random places; the objective is truth(u) plus noise.
Study study_of(uint64_t seed, size_t n, const std::function<double(double)>& truth, double noise) {
  const Rng rng(seed, Stream::test);
  const double shift = rng.uniform(1'000'000);
  Study study = simulated_study({}, 100);
  study.space = {unit_hparam()};
  for (uint64_t i = 0; i < n; ++i) {
    const double u = std::fmod(van_der_corput(i + 1) + shift, 1);
    study.trials.push_back(point_trial(u, truth(u) + noise * rng.normal(2 * i + 1)));
  }
  return study;
}

double edge_optimum(double u) { return 3 + (u - 0.97) * (u - 0.97); }

TEST(Boundary, SB01_AnOptimumAtTheEdgeAsksForAWiderRange) {
  const Study study = study_of(1, 20, edge_optimum, 0.01);
  const auto report = check_boundary(study, study.space[0], 0.01);
  EXPECT_EQ(report.verdict.label, "STRONG");
  EXPECT_EQ(report.new_lo, 0);
  EXPECT_DOUBLE_EQ(report.new_hi, 2);
  EXPECT_THAT(report.verdict.text, HasSubstr("Widen x to [0, 2]"));
}

TEST(Boundary, SB01_AnOptimumInTheMiddleIsSilent) {
  const Study study = study_of(
      1, 20, [](double u) { return 3 + (u - 0.5) * (u - 0.5); }, 0.01);
  EXPECT_EQ(check_boundary(study, study.space[0], 0.01).verdict.label, "KEEP");
}

TEST(Boundary, ALogarithmicRangeGrowsByItsOwnWidth) {
  Study study = study_of(1, 20, edge_optimum, 0.01);
  HParam lr{.name = "x", .scale = Scale::log, .lo = 1e-3, .hi = 1e-2};
  for (Trial& trial : study.trials)
    trial.values["x"] = fmt::format("{:.17g}", std::pow(10, -3 + std::stod(trial.values["x"])));
  EXPECT_NEAR(check_boundary(study, lr, 0.01).new_hi, 0.1, 1e-6);
}

TEST(Boundary, ZeroIsANaturalBound) {
  const Study study = study_of(
      1, 20, [](double u) { return edge_optimum(1 - u); }, 0.01);
  const auto report = check_boundary(study, study.space[0], 0.01);
  EXPECT_EQ(report.verdict.label, "STRONG");
  EXPECT_EQ(report.new_lo, 0);
  EXPECT_THAT(report.verdict.text, HasSubstr("natural bound"));
}

TEST(Boundary, ALoneBestPointAtTheEdgeIsANote) {
  Study study = study_of(
      1, 20, [](double u) { return 3 + (u - 0.5) * (u - 0.5); }, 0.001);
  study.trials.push_back(point_trial(0.98, 2.9));
  EXPECT_EQ(check_boundary(study, study.space[0], 0.01).verdict.label, "NOTE");
}

TEST(Boundary, SB03_AnEdgeBeyondWhichNothingTrainsIsNotWidened) {
  Study study = study_of(
      1, 20, [](double u) { return 4 - u; }, 0.001);
  std::erase_if(study.trials, [](Trial& trial) { return std::stod(trial.values["x"]) > 0.7; });
  for (const double u : {0.75, 0.8, 0.9, 0.95}) study.trials.push_back(infeasible_trial(u));
  const auto report = check_boundary(study, study.space[0], 0.01);
  EXPECT_EQ(report.verdict.label, "EDGE_OF_STABILITY");
  EXPECT_TRUE(std::isnan(report.new_hi));
}

TEST(Boundary, AGridIsJudgedByItsEnds) {
  Study study = simulated_study({}, 100);
  study.sampling = Sampling::grid;
  study.space = {unit_hparam()};
  for (int i = 0; i < 10; ++i) study.trials.push_back(point_trial(0.1 * i, 4 - 0.1 * i));
  EXPECT_EQ(check_boundary(study, study.space[0], 0).verdict.label, "STRONG");
  study.trials.push_back(point_trial(0.95, 9));
  EXPECT_EQ(check_boundary(study, study.space[0], 0).verdict.label, "KEEP");
}

TEST(Boundary, NineTrialsAreInsufficient) {
  const Study study = study_of(1, 9, edge_optimum, 0.01);
  const auto report = check_boundary(study, study.space[0], 0.01);
  EXPECT_EQ(report.verdict.label, "INSUFFICIENT");
  EXPECT_EQ(exit_code(report.verdict.standing), 4);
}

TEST(Boundary, OnlyWhatWasVariedIsChecked) {
  Study study = study_of(1, 20, edge_optimum, 0.01);
  study.space.push_back({.name = "fixed", .role = Role::fixed, .lo = 1, .hi = 1});
  study.space.push_back(
      {.name = "o", .role = Role::nuisance, .scale = Scale::choice, .choices = {"a"}});
  const auto reports = check_boundaries(study);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].name, "x");
}

// Acceptance (playbook.md section 10).
TEST(SlowBoundary, SB01_AnOptimumAtTheEdgeIsFoundAndAnIrrelevantOneIsNot) {
  constexpr int kStudies = 2000;
  int found = 0;
  for (uint64_t seed = 0; seed < kStudies; ++seed) {
    const Study study = study_of(seed, 20, edge_optimum, 0.02);
    found += check_boundary(study, study.space[0], 0.02).verdict.label == "STRONG";
  }
  EXPECT_GE(found, kStudies * 8 / 10);
  fmt::print("planted at 0.97, n = 20: STRONG in {} of {}\n", found, kStudies);
  for (const size_t n : {10U, 20U, 50U}) {
    int alarms = 0;
    for (uint64_t seed = 0; seed < kStudies; ++seed) {
      const Study study = study_of(
          100'000 + seed, n, [](double) { return 3.0; }, 0.02);
      alarms += check_boundary(study, study.space[0], 0.02).verdict.label == "STRONG";
    }
    EXPECT_LE(alarms, kStudies * 3 / 100) << n;
    fmt::print("irrelevant, n = {}: STRONG in {} of {}\n", n, alarms, kStudies);
  }
}

}  // namespace
}  // namespace coldstart::plan
