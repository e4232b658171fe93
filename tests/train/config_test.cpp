#include "coldstart/train/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/train/presets.h"

namespace coldstart::train {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.message();
  }
  return "accepted";
}

const model::GptConfig& gpt_of(const ResolvedConfig& resolved) {
  return std::get<model::GptConfig>(resolved.model);
}

int64_t width_of(const RunConfig& config) {
  const ResolvedConfig resolved = resolve(config, 256);
  return gpt_of(resolved).F;
}

RunConfig preset(const std::string& name) { return load_config(name); }

TEST(RunConfig, IsWrittenInLinesThatFitAPage) {
  std::istringstream lines(to_toml({}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(RunConfig, EveryPresetLoadsResolvesAndRoundTripsThroughToml) {
  ASSERT_THAT(preset_names(),
              testing::ElementsAre("bench-10m", "bench-1m", "classifier-mlp", "classifier-residual",
                                   "demo", "gpt2-124m", "lion-ar", "llama-10m", "llama-tiny",
                                   "shakespeare", "tiny"));
  for (const std::string& name : preset_names()) {
    const ResolvedConfig resolved = resolve(preset(name), {.vocab = 256, .classes = 7});
    RunConfig written = resolved.config, read;
    apply_toml(read, to_toml(written), "config.toml");
    EXPECT_THAT(differences(written.fields(), read.fields()), IsEmpty()) << name;
    const ResolvedConfig again = resolve(read, 256);
    EXPECT_EQ(again.model, resolved.model) << name;
    EXPECT_EQ(again.schedule, resolved.schedule) << name;
    RunConfig twice = again.config;
    EXPECT_THAT(differences(written.fields(), twice.fields()), IsEmpty())
        << name << ": nothing is left to derive";
  }
}

// The shapes that the benchmark table is about.
TEST(RunConfig, BenchmarkPresetsHaveTheirPublishedShapes) {
  const auto shape = [](const std::string& name) {
    const ResolvedConfig r = resolve(preset(name), 256);
    const model::GptConfig& gpt = gpt_of(r);
    return std::vector<int64_t>{gpt.L, gpt.C, gpt.H, gpt.T, r.config.train.micro_batch, gpt.V};
  };
  EXPECT_THAT(shape("bench-1m"), testing::ElementsAre(4, 128, 4, 256, 16, 256));
  EXPECT_THAT(shape("bench-10m"), testing::ElementsAre(6, 384, 6, 256, 12, 256));
  EXPECT_THAT(shape("gpt2-124m"), testing::ElementsAre(12, 768, 12, 1024, 1, 50257));
  EXPECT_EQ(resolve(preset("bench-1m"), 256).grad_accum, 1);
  EXPECT_EQ(resolve(preset("bench-10m"), 256).grad_accum, 1);
}

TEST(RunConfig, FileWinsOverPresetAndPresetOverDefaults) {
  RunConfig config;
  apply_toml(config, "[optimizer]\nlr = 0.5\n", "my.toml");
  apply_toml(config, "preset = \"llama-tiny\"\n[model]\nlayers = 3\n", "my.toml");
  EXPECT_EQ(config.model.layers, 3) << "file";
  EXPECT_EQ(config.model.norm, kernels::NormKind::rms) << "preset";
  EXPECT_EQ(config.optimizer.beta1, optim::OptimizerOptions().beta1) << "default";
  EXPECT_EQ(config.optimizer.lr, 0.003) << "a preset named later wins over what was there";
}

TEST(RunConfig, MistakesInAFileNameTheLineAndTheNearestKey) {
  const auto mistake = [](const std::string& toml) {
    return error_of([&] {
      RunConfig config;
      apply_toml(config, toml, "my.toml");
    });
  };
  EXPECT_THAT(mistake("[model]\n\nlayer = 3\n"), HasSubstr("[my.toml:3] there is no option "
                                                           "'model.layer'\nhint: did you mean "
                                                           "'model.layers'?"));
  EXPECT_THAT(mistake("[modle]\nlayers = 3\n"), HasSubstr("did you mean 'model.layers'?"));
  EXPECT_THAT(mistake("[model]\nnorm = \"rsm\"\n"), HasSubstr("did you mean 'rms'?"));
  EXPECT_THAT(mistake("[model]\nlayers = 0\n"), HasSubstr("[my.toml:2] model.layers"));
  EXPECT_THAT(mistake("[optimizer]\nlr = \"1e-3\"\n"), HasSubstr("expected a number, above 0"));
  EXPECT_THAT(mistake("[optimizer]\nbeta1 = 1.0\n"), HasSubstr("at least 0, below 1"));
  EXPECT_THAT(mistake("[schedule]\nwarmup = 0.02\n"), HasSubstr("percent sign"));
  EXPECT_THAT(mistake("preset = \"tinny\"\n"), HasSubstr("did you mean 'tiny'?"));
}

TEST(RunConfig, ConfigIsAFileOrAPresetAndAnythingElseListsThePresets) {
  const auto path = std::filesystem::path(testing::TempDir()) /
                    ("config_test_" + std::to_string(getpid()) + ".toml");
  write_file_atomic(path, "preset = \"tiny\"\n[train]\nsteps = 7\n");
  EXPECT_EQ(load_config(path.string()).train.steps, 7);
  EXPECT_EQ(load_config(path.string()).model.width, 64);
  std::filesystem::remove(path);
  EXPECT_THAT(error_of([] { load_config("bench_1m"); }), HasSubstr("did you mean 'bench-1m'?"));
  EXPECT_THAT(error_of([] { load_config("/nowhere/x.toml"); }), HasSubstr("presets: bench-10m,"));
}

TEST(Resolve, DerivesAndGivesReasons) {
  RunConfig config;
  config.train.batch_tokens = 16384;
  config.schedule.warmup = Length::of_percent(2);
  const ResolvedConfig r = resolve(config, 256);
  EXPECT_EQ(r.config.train.micro_batch, 16);
  EXPECT_EQ(r.sequences, 64);
  EXPECT_EQ(r.grad_accum, 4);
  EXPECT_THAT(r.reasons,
              Contains("grad_accum 4 = batch_tokens 16384 / (micro_batch 16 x context 256)"));
  EXPECT_EQ(gpt_of(r).H_kv, 4);
  EXPECT_EQ(gpt_of(r).V, 256);
  EXPECT_EQ(gpt_of(r).F, 512);
  EXPECT_THAT(r.reasons, Contains("mlp_width 512 = 4 x width 128"));
  EXPECT_NEAR(r.config.model.init_residual_scale, 0.35355, 1e-5);
  EXPECT_EQ(r.schedule.warmup, 20);
  EXPECT_THAT(r.reasons, Contains("warmup 20 steps = 2% of 1000 steps"));
  EXPECT_EQ(r.schedule.base, 1e-3);
}

TEST(Resolve, SwigluTakesEightThirdsRoundedUpTo32) {
  RunConfig config;
  config.model.mlp = model::Mlp::swiglu;
  EXPECT_EQ(width_of(config), 352);  // 341.3
  config.model.width = 384;
  EXPECT_EQ(width_of(config), 1024);  // exactly
  config.model.mlp_width = 100;
  EXPECT_EQ(width_of(config), 100);
}

TEST(Resolve, AContextLargerThanAMicroBatchStillGetsOneSequence) {
  RunConfig config;
  config.model.context = 8192;
  config.train.batch_tokens = 3 * 8192;
  const ResolvedConfig r = resolve(config, 256);
  EXPECT_EQ(r.config.train.micro_batch, 1);
  EXPECT_EQ(r.grad_accum, 3);
}

TEST(Resolve, AChangedOptionWithoutEffectIsSaid) {
  RunConfig config;
  EXPECT_THAT(resolve(config, 256).reasons, Not(Contains(HasSubstr("no effect"))));
  config.schedule.shape = schedule::Shape::cosine;
  config.schedule.cooldown = 0.2;
  config.model.rope_theta = 500000;
  config.data.vocab_size = 512;
  config.data.stories_bytes = 1000;
  config.data.stories_seed = 2;
  const auto reasons = resolve(config, 256).reasons;
  EXPECT_THAT(reasons, Contains("cooldown 0.2 has no effect: shape = cosine"));
  EXPECT_THAT(reasons, Contains("rope_theta 500000 has no effect: position = learned"));
  EXPECT_THAT(reasons, Contains("vocab_size 512 has no effect: tokenizer = bytes"));
  EXPECT_THAT(reasons, Contains("stories_bytes 1000 has no effect: path = builtin:headers"));
  EXPECT_THAT(reasons, Contains("stories_seed 2 has no effect: path = builtin:headers"));
  config.data.path = "builtin:stories";
  EXPECT_THAT(resolve(config, 256).reasons, Not(Contains(HasSubstr("stories"))));
}

TEST(Resolve, CombinationsThatCannotWorkAreRefused) {
  const auto refused = [](const std::function<void(RunConfig&)>& change) {
    RunConfig config;
    change(config);
    return error_of([&] { resolve(config, 256); });
  };
  EXPECT_THAT(refused([](RunConfig& c) { c.model.heads = 3; }),
              HasSubstr("heads must divide width; got 3 heads and width 128"));
  EXPECT_THAT(refused([](RunConfig& c) { c.model.kv_heads = 3; }), HasSubstr("kv_heads"));
  EXPECT_THAT(refused([](RunConfig& c) {
                c.model.heads = 128;
                c.model.position = model::Position::rope;
              }),
              HasSubstr("even head size"));
  EXPECT_THAT(refused([](RunConfig& c) { c.model.vocab = 255; }),
              HasSubstr("got 255, expected 256 or more"));
  EXPECT_THAT(refused([](RunConfig& c) { c.train.batch_tokens = 1000; }),
              HasSubstr("hint: nearest below: train.batch_tokens = 768"));
  EXPECT_THAT(refused([](RunConfig& c) { c.train.batch_tokens = 100; }),
              HasSubstr("hint: the smallest batch is train.batch_tokens = 256"));
  EXPECT_THAT(refused([](RunConfig& c) { c.train.micro_batch = 3; }),
              HasSubstr("train.micro_batch = 2 fits"));
  EXPECT_THAT(refused([](RunConfig& c) { c.schedule.warmup = Length::of_steps(501); }),
              HasSubstr("do not fit"));
  EXPECT_THAT(refused([](RunConfig& c) { c.train.eval_at = {1001}; }), HasSubstr("train.eval_at"));
  EXPECT_THAT(refused([](RunConfig& c) {
                c.train.trunk_at = {5, 1001};
              }),
              HasSubstr("train.trunk_at"));
  EXPECT_EQ(refused([](RunConfig& c) {
              c.train.eval_at = {0, 1000};
              c.train.trunk_at = {1000};
            }),
            "accepted");
}

TEST(ResolveOptimizer, FactorsOfRowsNeedRowsThatMoveByThemselves) {
  RunConfig config;
  config.train.batch_tokens = 4096;
  config.rrc.rrc_scaling = optim::RrcForm::exact;
  config.rrc.snr_scope = adapt::SnrScope::row;
  config.optimizer = {.name = "lion_ar", .rotation_granularity = optim::Granularity::tensor};
  EXPECT_THROW(resolve(config, 256), ConfigError);
  config.optimizer.rotation_granularity = optim::Granularity::row;
  EXPECT_NO_THROW(resolve(config, 256));
}

TEST(ResolveOptimizer, LeavesNothingOpenThatIsRead) {
  RunConfig config;
  config.optimizer.name = "rotational_lion";
  const ResolvedConfig resolved = resolve(config, 256);
  EXPECT_EQ(resolved.config.optimizer.beta2.value(), 0.99);
  EXPECT_THAT(resolved.reasons, testing::Contains("beta2 0.99 = default of rotational_lion"));
}

}  // namespace
}  // namespace coldstart::train
