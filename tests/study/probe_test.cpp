#include "coldstart/study/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "coldstart/core/error.h"
#include "tests/train/small_run.h"

namespace coldstart::study {
namespace {

class Counter : public train::RunObserver {
 public:
  void on_start(const train::RunFacts& facts) override { label = facts.table.at(0).second; }
  void on_step(const train::StepRecord& record, const train::TimeAccount&) override {
    ++steps;
    if (record.step == stop_at) std::raise(SIGINT);
  }
  void on_eval(const train::EvalRecord&) override { ++evaluations; }

  std::string label;
  int steps = 0, evaluations = 0;
  int64_t stop_at = -1;
};

class ProbeTest : public testing::Test {
 protected:
  Probe probe() const {
    return {.label = "twelve steps",
            .directory = temp_ / "probe",
            .config = train::small_config("ignored")};
  }
  ProbeEnd run(Counter& counter, const Probe& what) { return run_probe(what, *kernels_, counter); }

  const data::TempDir temp_;
  const std::unique_ptr<kernels::Kernels> kernels_ = kernels::make_cpu_kernels();
};

TEST_F(ProbeTest, RunsOnceAndIsReadAfterThat) {
  Counter first, second;
  EXPECT_FALSE(is_over(temp_ / "probe"));
  const ProbeEnd end = run(first, probe());
  EXPECT_EQ(first.steps, 12);
  EXPECT_EQ(first.label, "twelve steps");
  EXPECT_EQ(first.evaluations, 0) << "not shown: there may be one a step";
  EXPECT_EQ(end.trial.state, plan::TrialState::finished);
  EXPECT_TRUE(is_over(temp_ / "probe"));
  const ProbeEnd again = run(second, probe());
  EXPECT_EQ(second.steps, 0);
  EXPECT_EQ(again.trial.evals.val, end.trial.evals.val);
}

TEST_F(ProbeTest, GoesOnWhereASignalStoppedIt) {
  Counter first, second;
  first.stop_at = 5;
  EXPECT_EQ(run(first, probe()).signal, SIGINT);
  EXPECT_FALSE(is_over(temp_ / "probe"));
  const ProbeEnd end = run(second, probe());
  EXPECT_EQ(end.signal, 0);
  EXPECT_EQ(second.steps, 12 - first.steps);
  EXPECT_EQ(end.trial.steps.size(), 12u);
}

TEST_F(ProbeTest, AnotherConfigurationInTheSameDirectoryIsRefused) {
  Counter nobody;
  run(nobody, probe());
  Probe other = probe();
  other.config.optimizer.lr = 0.02;
  try {
    run(nobody, other);
    FAIL() << "expected a ConfigError";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("optimizer.lr"));
  }
}

TEST_F(ProbeTest, ADivergedRunIsOverAndInfeasible) {
  Counter nobody;
  Probe wild = probe();
  wild.config.optimizer.name = "sgd";
  wild.config.optimizer.lr = 1e6;
  wild.config.train.grad_clip = 0;
  const ProbeEnd end = run(nobody, wild);
  EXPECT_FALSE(end.trial.feasible());
  EXPECT_TRUE(is_over(wild.directory));
}

}  // namespace
}  // namespace coldstart::study
