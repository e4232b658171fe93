#include "coldstart/tune/trials.h"

#include <gtest/gtest.h>

#include "coldstart/core/clock.h"
#include "coldstart/core/error.h"
#include "coldstart/train/run.h"
#include "coldstart/tune/contenders.h"
#include "coldstart/tune/data_split.h"
#include "tests/data/temp_dir.h"
#include "tests/tune/tiny_model.h"

namespace coldstart::tune {
namespace {

TEST(TuneTrials, ARungIsTheRunThatItsCommandMakes) {
  const data::TempDir directory;
  const TuneOptions options = tiny_question(directory.path(), 1000);
  std::filesystem::create_directories(options.out);
  const auto kernels = kernels::make_cpu_kernels();
  Journal journal(options.out);
  Ledger ledger(options.out, options.budget, now_s());
  TuneObserver nobody;
  Runs runs(options.out, journal, ledger, nobody, *kernels);
  Work work{.options = options,
            .journal = journal,
            .ledger = ledger,
            .runs = runs,
            .observer = nobody,
            .kernels = *kernels};
  split_text(options.text, work.data(), work.test());
  work.base = train::load_config(options.model);
  work.base.data.path = work.data().string();
  work.base.train.eval_tokens = 64;
  work.base.train.threads = 1;
  work.base.optimizer.name = "lion_ar";

  const Idea idea{.optimizer = "lion_ar", .lr = 0.08, .seed = 1};
  const Trial first = cooled_rung(work, "one", idea, 40, "to see");
  const Trial second = cooled_rung(work, "two", idea, 90, "to see", &first);
  ASSERT_TRUE(second.trained());
  EXPECT_EQ(first.trunk_steps, 24);
  EXPECT_EQ(second.trunk_steps, 54);
  EXPECT_EQ(second.trunks.size(), 2u);
  // Of the second rung only what is new was trained: its trunk from 24 on, and its cooldown.
  EXPECT_DOUBLE_EQ(ledger.spent().tokens, (40 + 90 - 24) * kTinyBatch);

  train::RunRequest scratch;
  scratch.config = work.base;
  scratch.config.optimizer.lr = idea.lr;
  scratch.config.train.steps = 90;
  scratch.config.schedule.shape = schedule::Shape::trapezoid;
  scratch.config.schedule.cooldown = kCooldown;
  scratch.config.train.out = (directory / "scratch").string();
  train::RunObserver silent;
  EXPECT_EQ(train::run_training(scratch, *kernels, silent).last_val_loss, second.loss);
  EXPECT_EQ(command_of(work, idea, 90),
            "coldstart train " + (options.out / "base.toml").string() +
                " --optimizer.name lion_ar --lr 0.08 --steps 90 --shape trapezoid --cooldown 0.4");

  const plan::Trial whole = joined(work, second);
  EXPECT_EQ(whole.steps.size(), 90u);
  EXPECT_EQ(whole.evals.step.back(), 90);
  EXPECT_EQ(whole.values.at("optimizer.lr"), "0.08");
}

TEST(TuneTrials, EveryContenderHasARateToBeginAt) {
  for (const Contender& c : kContenders) {
    EXPECT_GT(contender(c.name).first_rate, 0);
    EXPECT_GT(c.rate_step, 1);
  }
  EXPECT_THROW(contender("nobody"), DataError);
}

}  // namespace
}  // namespace coldstart::tune
