#include "coldstart/train/resolve_adaptation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "coldstart/core/error.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

using testing::HasSubstr;

// The message of the ConfigError that a change of a small run gives.
std::string refusal(const std::function<void(RunConfig&)>& change) {
  RunConfig config = small_config("unused");
  config.train.batch_tokens = 128;  // 8 sequences
  change(config);
  try {
    resolve(config, 256);
  } catch (const ConfigError& error) {
    return error.message();
  }
  return "accepted";
}

TEST(ResolveAdaptation, RefusesWhatNothingReads) {
  using C = RunConfig;
  EXPECT_EQ(refusal([](C&) {}), "accepted");
  for (const auto& change : std::vector<std::function<void(C&)>>{
           [](C& c) { c.order.curriculum_pace = 5; }, [](C& c) { c.order.curriculum_start = 0.5; },
           [](C& c) { c.order.curriculum_stages = 5; },
           [](C& c) { c.order.curriculum_shape = adapt::PaceShape::root; },
           [](C& c) { c.order.self_paced_window = 64; },
           [](C& c) {
             c.order.curriculum = adapt::Curriculum::length;
             c.order.self_paced_window = 64;
           },
           [](C& c) { c.batch.batch_warmup_start = 16; },
           [](C& c) { c.batch.batch_warmup_steps = 3; },
           [](C& c) { c.batch.batch_warmup_lr = adapt::BatchRate::sqrt; },
           [](C& c) { c.batch.batch_warmup_factor = 2; },
           [](C& c) {
             c.batch.batch_warmup = adapt::BatchWarmup::linear;
             c.batch.batch_warmup_patience = 2;
           },
           [](C& c) {
             c.batch.batch_warmup = adapt::BatchWarmup::measured;
             c.batch.batch_warmup_steps = 3;
           }}) {
    EXPECT_THAT(refusal(change), HasSubstr("nothing reads it"));
  }
}

TEST(ResolveAdaptation, RefusesCurriculaThatAreNone) {
  const auto order = [](const std::function<void(adapt::OrderOptions&)>& change,
                        int64_t context = 16) {
    return refusal([&](RunConfig& c) {
      c.model.context = context;
      c.train.batch_tokens = 8 * context;
      c.order.curriculum = adapt::Curriculum::length;
      c.order.curriculum_pace = 6;
      change(c.order);
    });
  };
  EXPECT_EQ(order([](adapt::OrderOptions&) {}), "accepted");
  EXPECT_THAT(order([](adapt::OrderOptions& o) { o.curriculum_start = 1; }), HasSubstr("is none"));
  EXPECT_THAT(order([](adapt::OrderOptions& o) { o.curriculum_pace = 13; }),
              HasSubstr("within the run"));
  EXPECT_THAT(order([](adapt::OrderOptions& o) { o.curriculum_pace = Length::of_percent(0.01); }),
              HasSubstr("within the run"));
  EXPECT_THAT(order([](adapt::OrderOptions&) {}, 17), HasSubstr("no shorter part"));
}

TEST(ResolveAdaptation, RefusesBatchesThatCannotBe) {
  const auto batch = [](const std::function<void(RunConfig&)>& change) {
    return refusal([&](RunConfig& c) {
      c.batch = {.batch_warmup = adapt::BatchWarmup::stages, .batch_warmup_steps = 6};
      change(c);
    });
  };
  using C = RunConfig;
  EXPECT_EQ(batch([](C&) {}), "accepted");
  EXPECT_THAT(batch([](C& c) { c.batch.batch_warmup_start = 20; }), HasSubstr("whole sequences"));
  EXPECT_THAT(batch([](C& c) { c.batch.batch_warmup_start = 128; }), HasSubstr("below"));
  EXPECT_THAT(batch([](C& c) { c.batch.batch_warmup_start = 48; }), HasSubstr("never becomes"));
  EXPECT_THAT(batch([](C& c) { c.train.batch_tokens = 112; }), HasSubstr("odd number"));
  EXPECT_THAT(batch([](C& c) { c.train.batch_tokens = 16; }), HasSubstr("smaller one"));
  EXPECT_THAT(batch([](C& c) { c.batch.batch_warmup_steps = 100; }), HasSubstr("never be full"));
  EXPECT_THAT(batch([](C& c) { c.batch.batch_warmup_steps = Length::of_epochs(1); }),
              HasSubstr("no fixed number"));
  EXPECT_THAT(batch([](C& c) {
                c.batch.batch_warmup_lr = adapt::BatchRate::rrc;
                c.rrc.rrc_scaling = optim::RrcForm::exact;
              }),
              HasSubstr("already"));
  EXPECT_THAT(batch([](C& c) {
                c.batch = {.batch_warmup = adapt::BatchWarmup::measured, .batch_warmup_start = 16};
              }),
              HasSubstr("expected 32"));
  EXPECT_THAT(batch([](C& c) {
                c.batch = {.batch_warmup = adapt::BatchWarmup::measured, .batch_warmup_start = 48};
                c.rrc.snr_estimator = metrics::SnrMethod::half_batch;
              }),
              HasSubstr("no halves"));
  EXPECT_THAT(batch([](C& c) { c.plateau.plateau_patience = 9; }), HasSubstr("too few"));
}

TEST(ResolveAdaptation, WhatIsResolvedOnceStaysAsItIs) {
  RunConfig config = small_config("unused");
  config.train.batch_tokens = 128;
  config.order = {.curriculum = adapt::Curriculum::self_paced,
                  .curriculum_pace = Length::of_tokens(600)};
  config.batch = {.batch_warmup = adapt::BatchWarmup::linear, .batch_warmup_steps = 4};
  const ResolvedConfig once = resolve(config, 256, 10'000);
  EXPECT_EQ(once.pace.length, 5) << "600 tokens in steps of 128";
  EXPECT_EQ(once.config.batch.batch_warmup_start, 16);
  EXPECT_EQ(once.schedule.total(), 12);
  EXPECT_GT(once.steps, 12);
  const ResolvedConfig again = resolve(once.config, 256);
  RunConfig a = once.config, b = again.config;
  EXPECT_TRUE(differences(a.fields(), b.fields()).empty());
  EXPECT_EQ(again.steps, once.steps);
  EXPECT_EQ(again.batches.stages, once.batches.stages);
}

}  // namespace
}  // namespace coldstart::train
