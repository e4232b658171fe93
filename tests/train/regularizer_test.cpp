#include "coldstart/train/regularizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/train/load_run.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

namespace fs = std::filesystem;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunConfig everything(const fs::path& out, int64_t steps = 12) {
  RunConfig config = small_config(out, steps);
  config.regularize = {.dropout = 0.2,
                       .attention_dropout = 0.1,
                       .label_smoothing = 0.1,
                       .random_tokens = 0.1,
                       .masked_tokens = 0.1,
                       .mask_span = 3,
                       .ramps =
                           "dropout=0..1@2..6, label_smoothing=1..0@50%..100%, "
                           "weight_decay=1..0.5@0..10"};
  return config;
}

TEST(Regularizer, StrengthsAreOptionsTimesRamps) {
  const ResolvedConfig config = resolve(everything("runs/x", 12), 256);
  Regularizer regularizer(config, {}, 3);
  EXPECT_EQ(regularizer.at(0).dropout, 0);
  EXPECT_EQ(regularizer.at(4).dropout, 0.1);
  EXPECT_EQ(regularizer.at(11).dropout, 0.2);
  EXPECT_EQ(regularizer.at(4).attention_dropout, 0.1) << "constant without a ramp";
  EXPECT_EQ(regularizer.at(0).label_smoothing, 0.1);
  EXPECT_EQ(regularizer.at(9).label_smoothing, 0.05);
  EXPECT_EQ(regularizer.at(12).label_smoothing, 0);
  EXPECT_THAT(regularizer.decay_factors(5), ElementsAre(0.75, 0.75, 0.75));
  Regularizer with_groups(config, std::vector<double>{2, 0}, 2);
  EXPECT_THAT(with_groups.decay_factors(10), ElementsAre(1, 0)) << "times those of the groups";
  const ResolvedConfig off = resolve(small_config("runs/x"), 256);
  EXPECT_THAT(Regularizer(off, {}, 3).decay_factors(5), IsEmpty());
  EXPECT_EQ(Regularizer(off, {}, 3).at(5).dropout, 0);
}

TEST(Regularizer, RampsInDataBecomeStepsOnce) {
  RunConfig config = small_config("runs/x", 100);
  config.regularize.dropout = 0.1;
  config.regularize.ramps = "dropout=0..1@0..0.5 epochs";
  const ResolvedConfig resolved = resolve(config, 256, 64 * 100);
  EXPECT_EQ(resolved.config.regularize.ramps, "dropout=0..1@0..50");
  EXPECT_EQ(resolve(resolved.config, 256).ramps, resolved.ramps) << "without the data";
}

TEST(Regularizer, AResumedRunGoesOnExactly) {
  const data::TempDir temp;
  RunConfig config = everything(temp / "whole");
  config.train.trunk_at = {4};
  run_small(config);
  fs::copy(temp / "whole", temp / "stopped", fs::copy_options::recursive);
  std::vector<fs::path> later;
  for (const auto& entry : fs::directory_iterator(temp / "stopped/checkpoints"))
    if (entry.path().filename() != "step_00000004") later.push_back(entry.path());
  for (const fs::path& path : later) fs::remove_all(path);
  run_small(config_of_run(temp / "stopped"), true);
  EXPECT_TRUE(state_of(temp / "whole", "step_00000012") ==
              state_of(temp / "stopped", "step_00000012"));

  // The twin that shows that this could fail: masks and tokens of another seed.
  RunConfig other = everything(temp / "other");
  other.train.seed = 2;
  run_small(other);
  EXPECT_NE(read_file(temp / "whole/metrics.jsonl"), read_file(temp / "other/metrics.jsonl"));
}

TEST(Regularizer, SameBytesWithAnyNumberOfThreadsAndRecomputation) {
  const data::TempDir temp;
  const int before = thread_count();
  std::vector<std::string> records;
  for (const int64_t threads : {1, 3}) {
    for (const bool recompute : {false, true}) {
      RunConfig config = everything(temp / fmt::format("{}{}", threads, recompute), 8);
      config.train.threads = threads;
      config.model.recompute = recompute;
      run_small(config);
      records.push_back(
          read_file(config.train.out + "/metrics.jsonl") +
          read_file(config.train.out + "/checkpoints/step_00000008/model.safetensors"));
    }
  }
  set_thread_count(before);
  EXPECT_THAT(records, Each(records[0]));
}

TEST(Regularizer, MicroBatchesDoNotChangeWhatIsDropped) {
  const data::TempDir temp;
  RunConfig whole = everything(temp / "whole", 5), parts = everything(temp / "parts", 5);
  whole.train.micro_batch = 4;
  parts.train.micro_batch = 1;
  run_small(whole);
  run_small(parts);
  const auto a = metrics_of(temp / "whole", "train"), b = metrics_of(temp / "parts", "train");
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i)
    for (const char* key : {"loss", "grad_norm", "update_norm"})
      EXPECT_NEAR(a[i].number(key).value(), b[i].number(key).value(), 2e-4) << key;
}

TEST(Regularizer, RecordsSayWhatWasAtWorkAndEvaluationsArePlain) {
  const data::TempDir temp;
  run_small(everything(temp / "run"));
  const auto steps = metrics_of(temp / "run", "train");
  EXPECT_FALSE(steps[0].number("dropout")) << "0 is not written";
  EXPECT_NEAR(steps[4].number("dropout").value(), 0.1, 1e-12);
  EXPECT_NEAR(steps[0].number("label_smoothing").value(), 0.1, 1e-12);
  EXPECT_NEAR(steps[5].number("decay_factor").value(), 0.75, 1e-12);
  // Of the untrained model, whatever the training is like: without noise, smoothing or masks.
  run_small(small_config(temp / "plain"));
  for (const char* key : {"val_loss", "train_loss"})
    EXPECT_EQ(metrics_of(temp / "run", "eval")[0].number(key),
              metrics_of(temp / "plain", "eval")[0].number(key));
  EXPECT_NE(steps[0].number("loss"), metrics_of(temp / "plain", "train")[0].number("loss"));
}

TEST(Regularizer, ARampOfTheDecayReachesTheWeights) {
  const data::TempDir temp;
  std::vector<double> norms;
  for (const char* ramp : {"", "weight_decay=1..0@0..1"}) {
    RunConfig config = small_config(temp / fmt::format("run{}", norms.size()), 10);
    config.optimizer.weight_decay = 50.0;  // half of a weight a step
    config.regularize.ramps = ramp;
    run_small(config);
    const LoadedRun run = load_run(config.train.out);
    double square = 0;
    for (const float w : run.model->params().named("h.0.mlp.in.weight").weight.span<float>())
      square += static_cast<double>(w) * static_cast<double>(w);
    norms.push_back(std::sqrt(square));
  }
  EXPECT_LT(norms[0], 0.5 * norms[1]) << "no decay after the first step";
}

TEST(CheckRegularization, WhatHasNoMeaningIsRefused) {
  const auto refused = [](const RegularizeOptions& options,
                          const char* optimizer = "adamw") -> std::string {
    RunConfig config;
    config.regularize = options;
    config.optimizer.name = optimizer;
    try {
      resolve(config, 256);
    } catch (const ConfigError& error) {
      EXPECT_FALSE(error.hint().empty());
      return error.message();
    }
    return "accepted";
  };
  EXPECT_EQ(refused({}), "accepted");
  EXPECT_THAT(refused({.mask_span = 3}), HasSubstr("[regularize.mask_span]"));
  EXPECT_THAT(refused({.mask_token = 3}), HasSubstr("[regularize.mask_token]"));
  EXPECT_EQ(refused({.masked_tokens = 0.1, .mask_token = 255}), "accepted");
  EXPECT_THAT(refused({.masked_tokens = 0.1, .mask_token = 256}), HasSubstr("expected 0 to 255"));
  EXPECT_THAT(refused({.ramps = "dropout=0..1@0..5"}), HasSubstr("there is no dropout"));
  EXPECT_THAT(refused({.dropout = 0.5, .ramps = "dropout=0..2@0..5"}), HasSubstr("below 1"));
  EXPECT_EQ(refused({.dropout = 0.5, .ramps = "dropout=0..1@0..5"}), "accepted");
  EXPECT_EQ(refused({.ramps = "weight_decay=1..0@0..5"}), "accepted");
  EXPECT_THAT(refused({.ramps = "weight_decay=1..0@0..5"}, "lion_ar"), HasSubstr("stand still"));
  EXPECT_EQ(refused({.ramps = "weight_decay=1..0.1@0..5"}, "lion_ar"), "accepted");
}

TEST(CheckRegularization, AVocabularyThatIsLargerLeavesRoomForAMask) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run", 2);
  config.model.vocab = 257;
  config.regularize.masked_tokens = 0.5;
  config.regularize.mask_token = 256;
  EXPECT_EQ(run_small(config).outcome, Outcome::finished);
}

TEST(Resolve, TrustRatiosAreForPlainStepsAndWholeMatrices) {
  const auto accepts = [](const char* optimizer, optim::TrustRatio ratio) {
    RunConfig config;
    config.optimizer.name = optimizer;
    config.groups.trust_ratio = ratio;
    try {
      resolve(config, 256);
      return true;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.message(), HasSubstr("[groups.trust_ratio]"));
      return false;
    }
  };
  EXPECT_TRUE(accepts("adamw", optim::TrustRatio::lamb));
  EXPECT_TRUE(accepts("sgd", optim::TrustRatio::lars));
  EXPECT_FALSE(accepts("adamw", optim::TrustRatio::lars));
  for (const char* name : {"lion_ar", "rotational_adamw", "rotational_lion", "schedule_free_adamw"})
    EXPECT_FALSE(accepts(name, optim::TrustRatio::lamb)) << name;
}

TEST(Resolve, DeadUnitsAreWatchedWhereThereAreAny) {
  const auto measure_of = [](model::Mlp mlp, const char* measure) {
    RunConfig config;
    config.model.mlp = mlp;
    config.metrics.measure = measure;
    const ResolvedConfig resolved = resolve(config, 256);
    EXPECT_EQ(resolve(resolved.config, 256).config.metrics.measure,
              resolved.config.metrics.measure);
    return resolved.config.metrics.measure;
  };
  EXPECT_EQ(measure_of(model::Mlp::gelu, "default"), "default");
  EXPECT_EQ(measure_of(model::Mlp::relu, "default"), "default,dead_relu");
  EXPECT_EQ(measure_of(model::Mlp::leaky_relu, "default,stable_rank"),
            "default,stable_rank,dead_relu");
  EXPECT_EQ(measure_of(model::Mlp::relu, "default,-dead_relu"), "default,-dead_relu");
  EXPECT_EQ(measure_of(model::Mlp::relu, "none"), "none");
}

// The whole way: rates far too high, and the run says which layer lost its units.
TEST(DeadUnitWatch, AreARecordAtEveryEvaluationAndAWarning) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run", 20);
  config.model.mlp = model::Mlp::relu;
  config.model.bias = true;
  config.optimizer.lr = 1;
  config.train.divergence_patience = 0;
  run_small(config);
  int evaluations = 0;
  for (const io::JsonRecord& record : metrics_of(temp / "run", "metrics"))
    evaluations += record.number("dead_relu/h.0.mlp.in.weight") ? 1 : 0;
  EXPECT_EQ(evaluations, std::ssize(metrics_of(temp / "run", "eval")));
  std::string warnings;
  for (const io::JsonRecord& record : metrics_of(temp / "run", "warning"))
    warnings += *record.text("text") + "\n";
  EXPECT_THAT(warnings, HasSubstr("units are dead"));
  EXPECT_THAT(warnings, HasSubstr("layer "));
}

}  // namespace
}  // namespace coldstart::train
