#include "coldstart/train/resolve_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "coldstart/core/error.h"

namespace coldstart::train {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(ResolveSchedule, LengthsOfDataBecomeStepsOnce) {
  RunConfig config;
  config.train.batch_tokens = 1024;
  config.train.steps = Length::of_epochs(2);
  config.schedule.warmup = Length::of_tokens(10 * 1024);
  config.schedule.hold = Length::of_percent(10);
  config.schedule.shape = schedule::Shape::linear;
  const ResolvedConfig r = resolve(config, 256, 100 * 1024 + 1);
  EXPECT_EQ(r.schedule.total(), 201) << "at least two whole epochs";
  EXPECT_EQ(r.schedule.warmup, 10);
  EXPECT_EQ(r.schedule.hold, 20);
  EXPECT_EQ(r.config.train.steps, Length::of_steps(201));
  EXPECT_EQ(r.config.schedule.warmup, Length::of_steps(10));
  EXPECT_EQ(r.config.schedule.hold, Length::of_percent(10)) << "a share of whatever run it is";
  EXPECT_THAT(r.reasons, Contains("train.steps 201 = 2 epochs, 1024 tokens a step, 102401 an "
                                  "epoch"));
  EXPECT_THAT(r.reasons, Contains("schedule.warmup 10 = 10240 tokens, 1024 tokens a step"));
  EXPECT_EQ(resolve(r.config, 256).schedule, r.schedule) << "without the data";
}

TEST(ResolveSchedule, TheUntunedWarmupTakesBeta2OfTheSecondMoment) {
  RunConfig config;
  config.schedule.warmup_shape = schedule::WarmupShape::untuned_linear;
  ResolvedConfig r = resolve(config, 256);
  EXPECT_EQ(r.schedule.warmup, 40) << "beta2 0.95";
  EXPECT_THAT(r.reasons, Contains(HasSubstr("warmup 40 steps = length of untuned_linear")));
  EXPECT_EQ(resolve(r.config, 256).schedule, r.schedule);
  config.optimizer.beta2 = 0.99;
  EXPECT_EQ(resolve(config, 256).schedule.warmup, 200);
  for (const char* name : {"lion", "sgd", "lion_a"}) {
    config.optimizer = {.name = name};
    EXPECT_THROW(resolve(config, 256), ConfigError) << name;
  }
}

TEST(ResolveSchedule, AnOldConfigurationMeansWhatItMeant) {
  RunConfig config;
  apply_toml(config,
             "[schedule]\nshape = \"trapezoid\"\nwarmup = \"10%\"\nwarmup_mode = \"prepend\"\n"
             "warmup_first = \"zero\"\ncooldown = 0.25\nfinal_ratio = 0.1\n[train]\nsteps = 40\n",
             "old.toml");
  const schedule::Schedule s = resolve(config, 256).schedule;
  EXPECT_EQ(schedule::describe(s),
            "4 linear warmup (prepend, from zero) + 30 hold + 10 linear decay to 0.1, peak 0.001");
}

TEST(ResolveSchedule, ARunOfUnknownLengthIsRefused) {
  const auto refused = [](const Length& steps) -> std::string {
    RunConfig config;
    config.train.steps = steps;
    try {
      resolve(config, 256);
    } catch (const ConfigError& error) {
      return error.message();
    }
    return "accepted";
  };
  EXPECT_THAT(refused(Length::of_percent(50)), HasSubstr("[train.steps] a share of what?"));
  EXPECT_THAT(refused(Length::of_tokens(0)), HasSubstr("got 0 steps, expected 1 or more"));
  EXPECT_THAT(refused(Length::of_epochs(1)), HasSubstr("how many tokens an epoch has"));
  EXPECT_EQ(refused(Length::of_tokens(1)), "accepted");
}

}  // namespace
}  // namespace coldstart::train
