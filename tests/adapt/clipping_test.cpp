#include "coldstart/adapt/clipping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/core/error.h"
#include "coldstart/model/gpt.h"
#include "tests/optim/lab.h"
#include "tests/train/small_run.h"

namespace coldstart::adapt {
namespace {

using testing::HasSubstr;

TEST(ClipFactor, ScalesDownToTheLimitAndNeverUp) {
  EXPECT_EQ(clip_factor(4, 1), 0.25);
  EXPECT_EQ(clip_factor(0.5, 1), 1);
  EXPECT_EQ(clip_factor(4, 0), 1) << "0 means no clipping";
  EXPECT_EQ(clip_factor(0, 1), 1);
}

TEST(Clipper, ThePercentileIsOfThePastOnly) {
  const ParamList params({optim::matrix_spec(2, 2)}, DType::f64);
  Clipper clipper({.rule = ClipRule::percentile, .window = 20}, 1, params);
  for (int i = 1; i <= 10; ++i) EXPECT_EQ(clipper.scale(i), 1) << "too few to say";
  EXPECT_DOUBLE_EQ(clipper.scale(18.2), 0.5) << "percentile 90 of 1..10 is 9.1";
  EXPECT_EQ(clipper.clipped(), 1);
  EXPECT_EQ(clipper.scale(5), 1);
  EXPECT_EQ(clipper.clipped(), 0);
}

TEST(Clipper, MostlyClippedIsSaidOnce) {
  ParamList params({optim::matrix_spec(2, 2)}, DType::f64);
  optim::StepReport report(params);
  Clipper clipper({}, 1, params);
  int warnings = 0;
  for (int step = 0; step < 300; ++step) {
    clipper.scale(step % 10 < 6 ? 2 : 0.5);
    clipper.end_update(params, report);
    if (const auto warning = clipper.warning()) {
      ++warnings;
      EXPECT_EQ(step, 99) << "of a full window";
      EXPECT_THAT(*warning, HasSubstr("60 of the last 100 steps were clipped (at norm 1)"));
      EXPECT_THAT(*warning, HasSubstr("lower optimizer.lr instead"));
    }
  }
  EXPECT_EQ(warnings, 1);
  EXPECT_DOUBLE_EQ(clipper.recent_share(), 0.6);
  Clipper resumed({}, 1, params);
  resumed.restore(clipper.state());
  EXPECT_FALSE(resumed.warning()) << "also by the run that goes on";
  EXPECT_DOUBLE_EQ(resumed.recent_share(), 0.6);
}

TEST(Clipper, OfSignUpdatesItSaysThatClippingMeansLittle) {
  ParamList params({optim::matrix_spec(2, 2)}, DType::f64);
  optim::StepReport report(params);
  Clipper clipper({}, 1, params, true);
  std::optional<std::string> said;
  for (int step = 0; step < 100; ++step) {
    clipper.scale(2);
    clipper.end_update(params, report);
    if (const auto warning = clipper.warning()) said = warning;
  }
  ASSERT_TRUE(said);
  EXPECT_THAT(*said, HasSubstr("100 of the last 100 steps were clipped"));
  EXPECT_THAT(*said, HasSubstr("steps along signs"));
  EXPECT_THAT(*said, testing::Not(HasSubstr("lower optimizer.lr")));
  for (const char* name : {"lion", "lion_a", "lion_ar", "rotational_lion"})
    EXPECT_TRUE(optim::steps_along_signs({.name = name})) << name;
  for (const char* name : {"adamw", "sgd", "muon", "rotational_adamw", "schedule_free_adamw"})
    EXPECT_FALSE(optim::steps_along_signs({.name = name})) << name;
}

TEST(Clipper, HalfTheStepsAreNoWarning) {
  ParamList params({optim::matrix_spec(2, 2)}, DType::f64);
  optim::StepReport report(params);
  Clipper clipper({}, 1, params);
  for (int step = 0; step < 300; ++step) {
    clipper.scale(step % 2 == 0 ? 2 : 0.5);
    clipper.end_update(params, report);
    EXPECT_FALSE(clipper.warning());
  }
}

TEST(CheckClipping, AnOptionThatTheRuleDoesNotReadIsRefused) {
  EXPECT_NO_THROW(check_clipping({}, 0.5));
  EXPECT_NO_THROW(check_clipping({.rule = ClipRule::percentile, .percentile = 95}, 1));
  EXPECT_THROW(check_clipping({.value = 3}, 1), ConfigError);
  EXPECT_THROW(check_clipping({.rule = ClipRule::value, .row_ratio = 0.1}, 1), ConfigError);
  EXPECT_THROW(check_clipping({.rule = ClipRule::value, .window = 50}, 1), ConfigError);
  EXPECT_THROW(check_clipping({.rule = ClipRule::rows}, 0.5), ConfigError);
  EXPECT_THROW(check_clipping({.angle = 0.1}, 1), ConfigError);
}

TEST(Clipping, EveryRuleResumesExactlyAndRecordsWhatItDid) {
  const data::TempDir temp;
  for (const auto& [rule, name] : EnumText<ClipRule>::names) {
    SCOPED_TRACE(name);
    train::RunConfig config = train::small_config(temp / std::string(name), 20);
    config.clip.rule = rule;
    config.train.checkpoint_every = 15;
    config.train.trunk_at = {15};
    if (rule == ClipRule::norm) config.train.grad_clip = 0.1;
    if (rule == ClipRule::value) config.clip.value = 1e-3;
    if (rule == ClipRule::percentile) config.clip.percentile = 50;
    train::run_small(config);
    const auto records = train::metrics_of(config.train.out, "train");
    double clipped = 0;
    for (const io::JsonRecord& record : records) {
      clipped += record.number("clipped").value();
      EXPECT_LE(record.number("clip").value(), 1 + 1e-6);
      EXPECT_GE(record.number("clipped_recent").value(), 0);
    }
    EXPECT_GT(clipped, 0) << "something was clipped, or the test shows nothing";

    const std::filesystem::path whole = config.train.out, stopped = whole.string() + "-stopped";
    std::filesystem::copy(whole, stopped, std::filesystem::copy_options::recursive);
    std::filesystem::remove_all(stopped / "checkpoints/step_00000020");
    for (const auto& entry : std::filesystem::directory_iterator(stopped / "checkpoints"))
      if (entry.path().filename() != "step_00000015") std::filesystem::remove_all(entry.path());
    EXPECT_EQ(train::run_small(train::config_of_run(stopped), true).outcome,
              train::Outcome::finished);
    EXPECT_TRUE(train::state_of(whole, "step_00000020") ==
                train::state_of(stopped, "step_00000020"));
  }
}

TEST(Clipping, TheUpdateLimitNeedsWeightsThatStandAlone) {
  train::RunConfig config;
  config.clip.rule = ClipRule::update;
  EXPECT_NO_THROW(train::resolve(config, 256));
  config.optimizer.name = "schedule_free_adamw";
  EXPECT_THROW(train::resolve(config, 256), ConfigError);
}

TEST(Clipping, AWarningIsARecord) {
  const data::TempDir temp;
  train::RunConfig config = train::small_config(temp / "run", 120);
  config.train.grad_clip = 1e-3;
  train::run_small(config);
  const auto warnings = train::metrics_of(temp / "run", "warning");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].integer("step"), 100);
  EXPECT_THAT(warnings[0].text("text").value(), HasSubstr("lower optimizer.lr"));
}

// One schedule drives every group: what has a factor moves in proportion, what has 0 stands still.
TEST(GroupFactorsOfARun, EveryGroupMovesAtItsRate) {
  const data::TempDir temp;
  train::RunConfig config = train::small_config(temp / "run", 1);
  config.optimizer.weight_decay = 0;
  config.groups.lr_factors = "embedding=0.5, attention=0.25, layers 1=0, gains=2, mlp=0.125";
  train::run_small(config);
  const checkpoint::Manifest manifest =
      checkpoint::read_manifest(temp / "run/checkpoints/step_00000001");
  const train::ResolvedConfig resolved = train::resolve(train::config_of_run(temp / "run"), 256);
  const auto& gpt = std::get<model::GptConfig>(resolved.model);
  model::Gpt start(gpt), end(gpt);
  start.initialize(1, 0.02, resolved.config.model.init_residual_scale);
  checkpoint::load_weights(temp / "run/checkpoints/step_00000001", manifest, end.params());
  for (size_t i = 0; i < start.params().size(); ++i) {
    const Param& param = end.params()[i];
    double largest = 0;
    for (int64_t k = 0; k < param.size(); ++k)
      largest = std::max(largest, std::abs(param.weight.at(k) - start.params()[i].weight.at(k)));
    const double factor = param.name.starts_with("h.1.attn")            ? 0.25
                          : param.layer == 1                            ? 0
                          : param.role == Role::norm_gain               ? 2
                          : param.layer < 0                             ? 0.5
                          : param.name.find("mlp") != std::string::npos ? 0.125
                                                                        : 0.25;
    // The first step of Adam has the size of the rate in every element with a gradient.
    EXPECT_NEAR(largest, 0.01 * factor, 0.01 * factor * 0.02 + 1e-9) << param.name;
  }
}

}  // namespace
}  // namespace coldstart::adapt
