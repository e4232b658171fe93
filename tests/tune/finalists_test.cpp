#include "coldstart/tune/finalists.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "coldstart/core/clock.h"
#include "coldstart/tune/data_split.h"
#include "tests/data/temp_dir.h"
#include "tests/tune/tiny_model.h"

namespace coldstart::tune {
namespace {

TEST(TuneFinalists, TheBestOfAllRunsWhicheverTheyAreOf) {
  const data::TempDir directory;
  split_text((source_dir() / "LICENSE").string(), directory / "text", directory / "test");
  const auto kernels = kernels::make_cpu_kernels();
  Journal journal(directory.path());
  Ledger ledger(directory.path(), {.unit = BudgetUnit::tokens, .amount = 1e9}, now_s());
  TuneObserver nobody;
  Runs runs(directory.path(), journal, ledger, nobody, *kernels);
  RunPlan plan{
      .name = {}, .why = "to see", .config = train::load_config(tiny_model(directory.path()))};
  plan.config.data.path = (directory / "text").string();
  plan.config.train.threads = 1;
  plan.config.train.eval_tokens = 64;
  plan.config.train.eval_every = 0;
  plan.config.train.keep_best = 0;
  plan.scored = true;
  // Longer is better, here.
  for (const int64_t steps : {20, 100, 10, 60, 30}) {
    plan.name = fmt::format("cooled-{}", steps);
    plan.config.train.steps = steps;
    runs.run(plan);
    drop_outrun(runs);
  }
  const auto kept = [&](const std::string& name) {
    return std::filesystem::exists(runs.path(name) / "checkpoints");
  };
  EXPECT_TRUE(kept("cooled-100") && kept("cooled-60") && kept("cooled-30"));
  EXPECT_FALSE(kept("cooled-20") || kept("cooled-10"));

  // A production run that is worse than one of them and better than the others.
  plan.name = "production";
  plan.scored = false;
  plan.config.train.steps = 80;
  plan.config.train.eval_every = 40;
  plan.config.train.keep_best = 2;
  runs.run(plan);
  drop_outrun(runs);
  const std::vector<Finalist> best = finalists(runs);
  ASSERT_EQ(best.size(), kFinalists);
  EXPECT_EQ(best[0].run, "cooled-100");
  EXPECT_EQ(best[1].run, "production");
  EXPECT_EQ(best[1].step, 80);
  EXPECT_EQ(best[2].run, "cooled-60");
  EXPECT_LT(best[0].val_loss, best[1].val_loss);
  EXPECT_TRUE(std::filesystem::exists(best[0].checkpoint / "manifest.json"));
}

}  // namespace
}  // namespace coldstart::tune
