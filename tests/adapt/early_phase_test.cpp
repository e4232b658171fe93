#include "coldstart/adapt/early_phase.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/core/error.h"
#include "coldstart/model/gpt.h"
#include "tests/train/small_run.h"

namespace coldstart::adapt {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

TEST(EarlyPhase, MultipliesTheRateWhileItLasts) {
  const ParamList params({{"w", Role::mlp_in, 0, 2, 3}}, DType::f32);
  const EarlyPhase phase({.steps = 3, .lr_factor = 8}, params, {}, 1);
  EXPECT_EQ(phase.lr(0.5, 0), 4);
  EXPECT_EQ(phase.lr(0.5, 2), 4);
  EXPECT_EQ(phase.lr(0.5, 3), 0.5);
  EXPECT_TRUE(phase.lr_factors().empty());
}

TEST(EarlyPhase, RandomDirectionsKeepTheNormOfEveryTensorAndForgetItsDirection) {
  ParamList params({{"w", Role::mlp_in, 0, 40, 50}, {"b", Role::linear_bias, 0, 0, 40}},
                   DType::f32);
  const auto kernels = kernels::make_cpu_kernels();
  const EarlyPhase phase({.steps = 2, .random_directions = true}, params, {}, 1);
  const auto gradient_of = [&](int64_t step) {
    for (const Param& p : params) kernels->fill(p.grad, 0.25);
    phase.change_gradients(params, *kernels, step);
    const auto all = params[0].grad.span<float>();
    return std::vector<float>(all.begin(), all.end());
  };
  const std::vector<float> first = gradient_of(0);
  EXPECT_NEAR(std::sqrt(kernels->sum_squares(params[0].grad)), 0.25 * std::sqrt(2000), 1e-4);
  EXPECT_NEAR(std::sqrt(kernels->sum_squares(params[1].grad)), 0.25 * std::sqrt(40), 1e-5);
  double sum = 0;
  for (const float g : first) sum += g;
  EXPECT_LT(std::abs(sum / 2000), 4 * 0.25 / std::sqrt(2000)) << "the old direction is gone";
  EXPECT_EQ(gradient_of(0), first);
  EXPECT_NE(gradient_of(1), first);
  EXPECT_EQ(gradient_of(2), std::vector<float>(2000, 0.25)) << "after the phase";
}

TEST(EarlyPhase, FrozenBiasesStayAndMoveAfterwards) {
  const data::TempDir temp;
  const auto biases_after = [&](int64_t steps) {
    const fs::path out = temp / std::to_string(steps);
    train::RunConfig config = train::small_config(out, steps);
    config.model.bias = true;
    config.early = {.steps = 3, .freeze_biases = true};
    train::run_small(config);
    const train::ResolvedConfig resolved = train::resolve(train::config_of_run(out), 256);
    const auto model = model::make_model(resolved.model);
    const auto checkpoint = checkpoint::find_checkpoint(out);
    checkpoint::load_weights(checkpoint, checkpoint::read_manifest(checkpoint), model->params());
    double sum = 0, others = 0;
    for (const Param& p : model->params()) {
      const bool bias = p.role == Role::linear_bias || p.role == Role::norm_bias;
      for (int64_t i = 0; i < p.size(); ++i) (bias ? sum : others) += std::abs(p.weight.at(i));
    }
    EXPECT_GT(others, 0);
    return sum;
  };
  EXPECT_EQ(biases_after(3), 0);
  EXPECT_GT(biases_after(4), 0);
}

TEST(EarlyPhase, TheRecordShowsTheRateThatWasUsed) {
  const data::TempDir temp;
  train::RunConfig config = train::small_config(temp / "run", 6);
  config.schedule.shape = schedule::Shape::constant;
  config.early = {.steps = 2, .lr_factor = 0.5};
  train::run_small(config);
  const auto records = train::metrics_of(temp / "run", "train");
  EXPECT_EQ(records[1].number("lr"), 0.005);
  EXPECT_EQ(records[2].number("lr"), 0.01);
}

TEST(EarlyPhase, RefusesAPhaseWithoutRulesAndRulesWithoutAPhase) {
  EXPECT_NO_THROW(check_early({}));
  EXPECT_THROW(check_early({.steps = 3}), ConfigError);
  EXPECT_THROW(check_early({.lr_factor = 8}), ConfigError);
  EXPECT_EQ(describe(EarlyOptions{}), "");
  EXPECT_THAT(describe(EarlyOptions{.steps = 3, .lr_factor = 8, .freeze_biases = true}),
              HasSubstr("the first 3 steps: learning rate x 8, biases frozen"));
}

}  // namespace
}  // namespace coldstart::adapt
