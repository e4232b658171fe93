// The steps that the benchmarks time: what the trainer does between two records, on random tokens,
// new ones each step, as in bench/peers/pytorch_gpt.py: forward, backward, gradient norm, clipping,
// AdamW.
#pragma once

#include <cstdint>
#include <vector>

#include "coldstart/bench/train_bench.h"
#include "coldstart/model/gpt.h"
#include "coldstart/optim/optimizer.h"

namespace coldstart::bench {

class TrainingSteps {
 public:
  TrainingSteps(const TrainBenchOptions& options, kernels::Kernels& kernels);

  double run();                          // one step; seconds it took, without drawing the batch
  double loss() const { return loss_; }  // of the last step, nats a token

  // Its two halves, for who looks in between; both give the seconds they took.
  double take_gradients();  // forward, backward and gradient norm
  double update();          // clipping and AdamW
  model::Gpt& model() { return gpt_; }
  const optim::StepReport& report() const { return report_; }
  double clip() const { return clip_; }
  int64_t steps() const { return step_; }  // updates made

 private:
  void draw_batch();

  TrainBenchOptions options_;
  kernels::Kernels& kernels_;
  model::Gpt gpt_;
  std::unique_ptr<optim::Optimizer> optimizer_;
  optim::StepReport report_;
  std::vector<int32_t> tokens_, targets_;
  int64_t step_ = 0;
  double loss_ = 0, clip_ = 1;
};

}  // namespace coldstart::bench
