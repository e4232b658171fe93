#include "coldstart/bench/training_steps.h"

#include <cmath>

#include "coldstart/core/clock.h"
#include "coldstart/core/random.h"
#include "coldstart/optim/registry.h"

namespace coldstart::bench {

namespace {
constexpr double kClip = 1.0;
constexpr double kLearningRate = 3e-4;
constexpr double kInitStd = 0.02;
}  // namespace

TrainingSteps::TrainingSteps(const TrainBenchOptions& options, kernels::Kernels& kernels)
    : options_(options),
      kernels_(kernels),
      gpt_(options.model),
      optimizer_(optim::make_optimizer(gpt_.params(), {})),
      report_(gpt_.params()) {
  gpt_.initialize(options.seed, kInitStd,
                  1 / std::sqrt(2.0 * static_cast<double>(options.model.L)));
  tokens_.resize(static_cast<size_t>(options.B * options.model.T));
  targets_.resize(tokens_.size());
}

void TrainingSteps::draw_batch() {
  const Rng rng(options_.seed, Stream::test, static_cast<uint32_t>(step_));
  const auto V = static_cast<uint64_t>(options_.model.V);
  for (size_t i = 0; i < tokens_.size(); ++i) {
    tokens_[i] = static_cast<int32_t>(rng.below(2 * i, V));
    targets_[i] = static_cast<int32_t>(rng.below(2 * i + 1, V));
  }
}

double TrainingSteps::take_gradients() {
  draw_batch();
  const auto tokens = static_cast<double>(tokens_.size());
  const double start = now_s();
  const double sum = gpt_.forward_backward(
      kernels_, {tokens_, targets_, options_.B, options_.model.T}, 1 / tokens);
  const double norm = std::sqrt(kernels_.sum_squares(gpt_.params().grads()));
  clip_ = norm > kClip ? kClip / norm : 1.0;
  loss_ = sum / tokens;
  return now_s() - start;
}

double TrainingSteps::update() {
  const double start = now_s();
  optimizer_->step(gpt_.params(), {.step = step_, .lr = kLearningRate, .grad_scale = clip_},
                   kernels_, report_);
  ++step_;
  return now_s() - start;
}

double TrainingSteps::run() {
  const double gradients_s = take_gradients();
  return gradients_s + update();
}

}  // namespace coldstart::bench
