#include "coldstart/train/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/checkpoint/manifest.h"
#include "coldstart/core/files.h"
#include "coldstart/core/parallel.h"
#include "coldstart/model/gpt.h"
#include "coldstart/train/load_run.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Trainer, RecordsEveryStepAndTheEvaluationsAskedFor) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run");
  config.train.eval_at = {3, 7};
  const RunResult result = run_small(config);
  EXPECT_EQ(result.outcome, Outcome::finished);
  EXPECT_EQ(result.exit_code(), 0);
  EXPECT_EQ(result.step, 12);
  const auto steps = metrics_of(temp / "run", "train");
  ASSERT_EQ(steps.size(), 12u);
  EXPECT_THAT(steps_of(metrics_of(temp / "run", "eval")), ElementsAre(0, 3, 5, 7, 10, 12));
  for (size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(steps[i].integer("step"), static_cast<int64_t>(i) + 1);
    EXPECT_EQ(steps[i].integer("tokens"), 64 * (static_cast<int64_t>(i) + 1));
    const double norm = steps[i].number("grad_norm").value(),
                 clip = steps[i].number("clip").value();
    EXPECT_EQ(clip, adapt::clip_factor(norm, 1)) << "the norm is the one before clipping";
    EXPECT_GT(steps[i].number("weight_norm").value(), 0);
  }
  EXPECT_GT(steps[0].number("update_norm").value(), 0);
  EXPECT_GT(steps.back().number("lr").value(), 0) << "no step is wasted at a rate of zero";
  EXPECT_GT(steps.back().number("update_norm").value(), 0);
  EXPECT_THAT(read_file(temp / "run/status.json"), HasSubstr("\"finished\""));
}

// ln 256 = 5.545 at the start; measured: 3.03 after 150 steps.
TEST(Trainer, LearnsInAShortRun) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run", 150);
  config.data.path = "builtin:stories";
  config.train.batch_tokens = 256;
  const RunResult result = run_small(config);
  EXPECT_NEAR(metrics_of(temp / "run", "eval").front().number("val_loss").value(), 5.545, 0.05);
  EXPECT_LT(result.last_val_loss.value(), 3.2);
  EXPECT_NEAR(result.last_val_bits_per_byte.value(), result.last_val_loss.value() / std::log(2.0),
              1e-9)
      << "with byte tokens";
}

TEST(Trainer, SameBytesWithAnyNumberOfThreads) {
  const data::TempDir temp;
  const int before = thread_count();
  std::vector<std::string> states;
  for (const int64_t threads : {1, 2, 3}) {
    RunConfig config = small_config(temp / std::to_string(threads));
    config.train.threads = threads;
    run_small(config);
    std::string state = read_file(config.train.out + "/metrics.jsonl");
    for (const char* file : {"model.safetensors", "optimizer.safetensors"}) {
      state += read_file(config.train.out + "/checkpoints/step_00000012/" + file);
    }
    states.push_back(std::move(state));
  }
  set_thread_count(before);
  EXPECT_TRUE(states[0] == states[1]);
  EXPECT_TRUE(states[0] == states[2]);
}

TEST(Trainer, AccumulatedMicroBatchesEqualOneBatch) {
  const data::TempDir temp;
  RunConfig whole = small_config(temp / "whole", 5), parts = small_config(temp / "parts", 5);
  whole.train.micro_batch = 4;
  parts.train.micro_batch = 1;
  run_small(whole);
  run_small(parts);
  const auto a = metrics_of(temp / "whole", "train"), b = metrics_of(temp / "parts", "train");
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    for (const char* key : {"loss", "grad_norm", "update_norm"}) {
      EXPECT_NEAR(a[i].number(key).value(), b[i].number(key).value(), 2e-4) << key;
    }
  }
}

// The promise that data-parallel training needs: ((g0 + g1) + g2) + g3, to the bit.
TEST(Trainer, MicroGradientsAreAddedInOrder) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run", 1);
  config.train.micro_batch = 1;
  run_small(config);

  const auto kernels = kernels::make_cpu_kernels();
  const auto data = open_data(config);
  const ResolvedConfig resolved = resolve(config, data->facts());
  model::Gpt model(std::get<model::GptConfig>(resolved.model));
  model.initialize(1, 0.02, resolved.config.model.init_residual_scale);
  const auto loader = data->loader(16, 1);
  std::vector<int32_t> tokens(16), targets(16);
  std::vector<float> sum;
  for (int64_t micro = 0; micro < 4; ++micro) {
    loader->fill(micro, tokens, targets);
    model.forward_backward(*kernels, {.tokens = tokens, .targets = targets, .B = 1, .T = 16},
                           1.0 / 64);
    const auto fresh = model.params().grads().span<float>();
    if (micro == 0)
      sum.assign(fresh.begin(), fresh.end());
    else
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += fresh[i];
  }
  Tensor flat(sum.data(), DType::f32, {std::ssize(sum)});
  EXPECT_EQ(metrics_of(temp / "run", "train")[0].number("grad_norm"),
            std::sqrt(kernels->sum_squares(flat)));
}

TEST(Trainer, KeepsLastBestAndTrunkCheckpoints) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run");
  config.train.trunk_at = {3};
  config.train.keep_best = 1;
  const RunResult result = run_small(config);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(temp / "run/checkpoints")) {
    names.push_back(entry.path().filename().string());
  }
  std::set<std::string> expected = {"step_00000003", "step_00000012",
                                    fmt::format("step_{:08}", result.best_val_step)};
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(expected));
}

TEST(Trainer, DivergenceIsAnOutcomeThatNamesStepAndPlace) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run");
  config.optimizer.lr = 1e30;  // the first update makes every weight enormous
  const RunResult result = run_small(config);
  EXPECT_EQ(result.outcome, Outcome::diverged);
  EXPECT_EQ(result.exit_code(), 5);
  EXPECT_THAT(result.reason, HasSubstr("step 2"));
  EXPECT_THAT(result.reason, HasSubstr("first not finite: "));
  EXPECT_THAT(read_file(temp / "run/status.json"), HasSubstr("\"diverged\""));
  EXPECT_EQ(metrics_of(temp / "run", "train").size(), 2u);
}

// Sign updates at a rate of 5 ruin the model without a NaN: its loss only stays high.
TEST(Trainer, TheMarginAndThePatienceOfADivergenceAreOptions) {
  const data::TempDir temp;
  const auto run_with = [&](const std::string& name, double margin, int64_t patience) {
    RunConfig config = small_config(temp / name);
    config.optimizer.name = "lion_a";
    config.optimizer.lr = 5;
    config.train.divergence_margin = margin;
    config.train.divergence_patience = patience;
    return run_small(config);
  };
  const RunResult soon = run_with("soon", 0.5, 3);
  EXPECT_EQ(soon.outcome, Outcome::diverged);
  EXPECT_THAT(soon.reason, HasSubstr("+ 0.5) for 3 steps"));
  const RunResult later = run_with("later", 0.5, 6);
  EXPECT_EQ(later.outcome, Outcome::diverged);
  EXPECT_GT(later.step, soon.step);
  EXPECT_EQ(run_with("wide", 1e6, 3).outcome, Outcome::finished);
  EXPECT_EQ(run_with("never", 0.5, 0).outcome, Outcome::finished);
}

TEST(Trainer, ATargetLossEndsTheRunAndLeavesItsCheckpoint) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run", 60);
  run_small(config);
  const auto evals = metrics_of(temp / "run", "eval");
  const double target = *evals.at(evals.size() / 2).number("val_loss");
  config.train.target_loss = target;
  config.train.out = (temp / "target").string();
  const RunResult result = run_small(config);
  EXPECT_EQ(result.outcome, Outcome::finished);
  EXPECT_LT(result.step, 60);
  EXPECT_LE(*result.last_val_loss, target);
  EXPECT_THAT(result.reason, HasSubstr("reached"));
  EXPECT_EQ(checkpoint::read_manifest(checkpoint::find_checkpoint(temp / "target")).step,
            result.step);
  EXPECT_EQ(run_small(config, /*resume=*/true).step, result.step) << "there is nothing left to do";
}

TEST(Trainer, ATimeLimitSavesAndStops) {
  const data::TempDir temp;
  RunObserver nobody;
  const auto kernels = kernels::make_cpu_kernels();
  const RunConfig config = small_config(temp / "run");
  const RunResult result =
      run_training({.config = config, .resume = false, .branch_from = {}, .time_limit_s = 1e-9},
                   *kernels, nobody);
  EXPECT_EQ(result.outcome, Outcome::timed_out);
  EXPECT_EQ(result.exit_code(), 7);
  EXPECT_EQ(run_small(config, true).outcome, Outcome::finished);
}

// Signs, without decay: the largest step of a tensor is the rate of the schedule times its factor.
TEST(Trainer, TheOneScheduleMovesEveryGroupAtItsRate) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run", 4);
  config.model.bias = true;
  config.model.tied_head = false;
  config.optimizer = {.name = "lion", .lr = 0.01, .weight_decay = 0};
  config.schedule.warmup = 2;
  config.groups.lr_factors =
      "embedding=0.5, attention=2, /h.1.mlp.*weight/=0.125, mlp=0.25, gains=4, biases=8, head=3";
  config.train.trunk_at = {1, 2};
  run_small(config);
  const auto steps = metrics_of(temp / "run", "train");
  LoadedRun first_run = load_run(temp / "run/checkpoints/step_00000001");
  const LoadedRun second_run = load_run(temp / "run/checkpoints/step_00000002");
  const ParamList &first = first_run.model->params(), &second = second_run.model->params();
  const std::vector<ParamSpec> specs = model::param_specs(gpt_of(first_run, "this test").config());
  const optim::GroupFactors factors = optim::group_factors(config.groups, specs);
  const double lr = steps[1].number("lr").value();
  EXPECT_EQ(lr, 0.01) << "the end of the warmup";
  for (size_t i = 0; i < specs.size(); ++i) {
    double largest = 0;
    for (int64_t k = 0; k < first[i].size(); ++k) {
      largest = std::max(largest, std::abs(second[i].weight.at(k) - first[i].weight.at(k)));
    }
    EXPECT_NEAR(largest, lr * factors.lr[i], 1e-6) << specs[i].name;
  }
}

}  // namespace
}  // namespace coldstart::train
