// 20 steps of a small GPT-2 against the same run in PyTorch: loss before every update, gradient
// norm before clipping, and learning rate (tests/golden/README.md). Once as a user trains, from
// shards and a checkpoint, and once with what a trainer is made of put together by hand (model,
// schedule, clipping, AdamW), which can be done in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/data/loader.h"
#include "coldstart/data/shard.h"
#include "coldstart/io/weights.h"
#include "coldstart/optim/registry.h"
#include "coldstart/schedule/make.h"
#include "tests/data/memory_tokens.h"
#include "tests/golden/golden.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

struct Case {
  bool reference;
  double tolerance;  // relative
};

class TrainingCurve : public testing::TestWithParam<Case> {};

TEST_P(TrainingCurve, IsThatOfPyTorch) {
  const Case& c = GetParam();
  const auto start = golden::path("gpt2_bias.safetensors");
  const io::SafetensorsReader file(golden::path("training_curve.safetensors"));
  const auto kernels =
      c.reference ? kernels::make_reference_kernels() : kernels::make_cpu_kernels();
  model::Gpt gpt(golden::config("gpt2_bias"), c.reference ? DType::f64 : DType::f32);
  io::import_weights(io::SafetensorsReader(start), start.string(), gpt.params());
  const auto optimizer = optim::make_optimizer(gpt.params(), {.weight_decay = 0.1});
  schedule::ScheduleOptions options;
  options.cooldown = 0.4;
  options.warmup = 4;
  const schedule::Schedule schedule = schedule::make_schedule(options, {.steps = 20, .base = 0.02});

  const std::vector<int32_t> tokens = golden::ids(file, "tokens");
  const std::vector<int32_t> targets = golden::ids(file, "targets");
  const std::vector<double> losses = golden::numbers(file, "loss");
  const std::vector<double> norms = golden::numbers(file, "grad_norm");
  const std::vector<double> rates = golden::numbers(file, "lr");
  const int64_t B = file.named("tokens").shape[1], T = file.named("tokens").shape[2];
  const auto N = static_cast<size_t>(B * T);
  optim::StepReport report(gpt.params());
  for (size_t step = 0; step < losses.size(); ++step) {
    const model::Batch batch{std::span(tokens).subspan(step * N, N),
                             std::span(targets).subspan(step * N, N), B, T};
    const double loss = gpt.forward_backward(*kernels, batch, 1.0 / static_cast<double>(N)) /
                        static_cast<double>(N);
    const double norm = std::sqrt(kernels->sum_squares(gpt.params().grads()));
    const optim::StepContext context{.step = static_cast<int64_t>(step),
                                     .lr = schedule.lr(static_cast<int64_t>(step)),
                                     .grad_scale = std::min(1.0, 1.0 / norm)};
    EXPECT_NEAR(context.lr, rates[step], 1e-15) << "step " << step;
    EXPECT_NEAR(loss, losses[step], c.tolerance * losses[step]) << "step " << step;
    EXPECT_NEAR(norm, norms[step], 10 * c.tolerance * norms[step]) << "step " << step;
    optimizer->step(gpt.params(), context, *kernels, report);
  }
}

// PyTorch divides by norm + 1e-6 when it clips: that difference, not rounding, sets the first
// bound.
INSTANTIATE_TEST_SUITE_P(PyTorch, TrainingCurve,
                         testing::Values(Case{true, 1e-6}, Case{false, 2e-5}));

class TrainedCurve : public testing::TestWithParam<int64_t> {};

// A shard in which sequence s of the run is sequence s of the golden file.
void write_shard(const std::filesystem::path& path, const std::vector<int32_t>& tokens, int64_t T,
                 int64_t seed) {
  std::vector<int32_t> text(tokens.size() + 4 * static_cast<size_t>(T), 0);
  const data::CountingTokens room(std::ssize(text));  // only its size decides the order
  const data::BatchLoader order(room.view(), T, static_cast<uint64_t>(seed));
  const int64_t sequences = std::ssize(tokens) / T;
  ASSERT_LE(sequences, order.sequences_per_epoch());
  for (int64_t s = 0; s < sequences; ++s)
    std::copy_n(tokens.begin() + s * T, T, text.begin() + order.start_of(s));
  data::ShardWriter writer(path, 32);
  writer.append(text);
  writer.commit(0);
}

// A checkpoint before the first step, with the weights of a golden file.
std::filesystem::path write_start(const std::filesystem::path& place, const RunConfig& config) {
  model::Gpt gpt(golden::config("gpt2_bias"));
  const auto start = golden::path("gpt2_bias.safetensors");
  io::import_weights(io::SafetensorsReader(start), start.string(), gpt.params());
  const auto optimizer = optim::make_optimizer(gpt.params(), {.weight_decay = 0.1});
  checkpoint::Manifest manifest;
  manifest.config = to_toml(resolve(config, 32).config);
  return checkpoint::save_checkpoint(place, manifest, gpt.params(), *optimizer);
}

TEST_P(TrainedCurve, IsThatOfPyTorch) {
  const data::TempDir temp;
  const io::SafetensorsReader file(golden::path("training_curve.safetensors"));
  const std::vector<int32_t> tokens = golden::ids(file, "tokens");
  const int64_t B = file.named("tokens").shape[1], T = file.named("tokens").shape[2];
  RunConfig config = load_config(golden::path("gpt2_bias.toml").string());
  config.data.path = temp / "x_train.bin";
  config.schedule.warmup = Length::of_steps(4);
  config.schedule.cooldown = 0.4;
  config.optimizer.lr = 0.02;
  config.train.steps = 20;
  config.train.batch_tokens = B * T;
  config.train.micro_batch = GetParam();
  config.train.eval_every = 0;
  config.train.eval_tokens = T;
  config.train.out = temp / "run";
  for (const char* name : {"x_train.bin", "x_val.bin"})
    write_shard(temp / name, tokens, T, config.train.seed);

  RunObserver nobody;
  const auto kernels = kernels::make_cpu_kernels();
  run_training({.config = config,
                .resume = false,
                .branch_from = write_start(temp / "start", config),
                .time_limit_s = 0},
               *kernels, nobody);
  const auto steps = metrics_of(temp / "run", "train");
  const auto expect_near = [&](const char* name, const char* golden_name, double tolerance) {
    const std::vector<double> expected = golden::numbers(file, golden_name);
    ASSERT_EQ(steps.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(steps[i].number(name).value(), expected[i], tolerance * expected[i])
          << name << " of step " << i + 1;
  };
  expect_near("loss", "loss", 2e-5);
  expect_near("grad_norm", "grad_norm", 2e-4);
  expect_near("lr", "lr", 1e-14);
}

INSTANTIATE_TEST_SUITE_P(MicroBatches, TrainedCurve, testing::Values(1, 0));

}  // namespace
}  // namespace coldstart::train
