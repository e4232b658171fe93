#include "coldstart/tune/trials.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/train/run.h"
#include "coldstart/tune/contenders.h"
#include "tests/tune/tiny_work.h"

namespace coldstart::tune {
namespace {

TEST(TuneTrials, ARungIsTheRunThatItsCommandMakes) {
  TinyWork tiny(1000);
  Work& work = tiny.work;
  work.base.optimizer.name = "lion_ar";

  const Idea idea{.optimizer = "lion_ar", .lr = 0.08, .seed = 1};
  const Trial first = cooled_rung(work, "one", idea, 40, "to see");
  const Trial second = cooled_rung(work, "two", idea, 90, "to see", &first);
  ASSERT_TRUE(second.trained());
  EXPECT_EQ(first.trunk_steps, 24);
  EXPECT_EQ(second.trunk_steps, 54);
  EXPECT_EQ(second.trunks.size(), 2u);
  // Of the second rung only what is new was trained: its trunk from 24 on, and its cooldown.
  EXPECT_DOUBLE_EQ(work.ledger.spent().tokens, (40 + 90 - 24) * kTinyBatch);

  train::RunRequest scratch;
  scratch.config = work.base;
  scratch.config.optimizer.lr = idea.lr;
  scratch.config.train.steps = 90;
  scratch.config.schedule.shape = schedule::Shape::trapezoid;
  scratch.config.schedule.cooldown = kCooldown;
  scratch.config.train.out = (work.directory() / "scratch").string();
  train::RunObserver silent;
  EXPECT_EQ(train::run_training(scratch, work.kernels, silent).last_val_loss, second.loss);
  EXPECT_EQ(command_of(work, idea, 90),
            "coldstart train " + (work.directory() / "base.toml").string() +
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
