#include "coldstart/tune/runs.h"

#include <gtest/gtest.h>

#include "coldstart/core/clock.h"
#include "coldstart/core/error.h"
#include "coldstart/tune/data_split.h"
#include "tests/data/temp_dir.h"
#include "tests/tune/tiny_model.h"

namespace coldstart::tune {
namespace {

class Begun : public TuneObserver {
 public:
  void on_run(const RunProgress&) override { ++count; }
  int count = 0;
};

class TuneRuns : public testing::Test {
 protected:
  TuneRuns() {
    split_text((source_dir() / "LICENSE").string(), directory_ / "text", directory_ / "test");
    config_ = train::load_config(tiny_model(directory_.path()));
    config_.data.path = (directory_ / "text").string();
    config_.train.steps = 40;
    config_.train.threads = 1;
    config_.train.eval_every = 0;
    config_.train.eval_tokens = 64;
  }

  data::TempDir directory_;
  train::RunConfig config_;
  Begun begun_;
  std::unique_ptr<kernels::Kernels> kernels_ = kernels::make_cpu_kernels();
  Budget budget_{.unit = BudgetUnit::tokens, .amount = 1e9};
};

TEST_F(TuneRuns, ARunIsMadeOnceAndCounted) {
  Journal journal(directory_.path());
  Ledger ledger(directory_.path(), budget_, now_s());
  Runs runs(directory_.path(), journal, ledger, begun_, *kernels_);
  const RunRecord first = runs.run({.name = "a", .why = "to see", .config = config_});
  EXPECT_TRUE(first.finished);
  EXPECT_EQ(first.step, 40);
  EXPECT_GT(runs.seconds_per_step("adamw"), 0);
  EXPECT_EQ(runs.seconds_per_step("muon"), 0);
  const RunRecord again = runs.run({.name = "a", .why = "to see", .config = config_});
  EXPECT_EQ(again.last_val, first.last_val);
  EXPECT_EQ(begun_.count, 1);
  EXPECT_DOUBLE_EQ(ledger.spent().tokens, 40 * kTinyBatch);

  // A later sitting knows what was spent.
  Ledger later(directory_.path(), budget_, now_s());
  const Runs known(directory_.path(), journal, later, begun_, *kernels_);
  EXPECT_DOUBLE_EQ(later.spent().tokens, 40 * kTinyBatch);
}

TEST_F(TuneRuns, ARunThatWasCutOffGoesOn) {
  Journal journal(directory_.path());
  Ledger ledger(directory_.path(), budget_, now_s());
  Runs runs(directory_.path(), journal, ledger, begun_, *kernels_);
  RunPlan plan{.name = "a", .why = "to see", .config = config_};
  const RunRecord whole = runs.run(plan);
  plan.name = "b";
  plan.time_limit_s = 1e-9;
  EXPECT_TRUE(runs.run(plan).timed_out);
  EXPECT_FALSE(runs.over("b"));
  plan.time_limit_s = 0;
  const RunRecord rest = runs.run(plan);
  EXPECT_TRUE(rest.finished);
  EXPECT_EQ(rest.last_val, whole.last_val);

  // A limit that ends the run.
  plan.name = "c";
  plan.time_limit_s = 1e-9;
  plan.ends_at_limit = true;
  EXPECT_TRUE(runs.run(plan).timed_out);
  EXPECT_TRUE(runs.over("c"));
}

TEST_F(TuneRuns, ABranchGoesOnWhereItsTrunkEnded) {
  Journal journal(directory_.path());
  Ledger ledger(directory_.path(), budget_, now_s());
  Runs runs(directory_.path(), journal, ledger, begun_, *kernels_);
  config_.schedule.shape = schedule::Shape::constant;
  runs.run({.name = "trunk", .why = "to see", .config = config_});
  config_.train.steps = 60;
  const RunRecord branch =
      runs.run({.name = "branch", .why = "to see", .config = config_, .branch_from = "trunk"});
  EXPECT_EQ(branch.from, 40);
  EXPECT_EQ(branch.step, 60);
  EXPECT_EQ(runs.trial("branch").steps.step.front(), 41);
  runs.drop_checkpoints("trunk");
  EXPECT_FALSE(std::filesystem::exists(runs.path("trunk") / "checkpoints"));
  EXPECT_EQ(runs.trial("trunk").steps.size(), 40u);
}

}  // namespace
}  // namespace coldstart::tune
