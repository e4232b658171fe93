// SelfPaced: which sequences of a step count, by the loss that the model itself has on them now.
//
//   v_i = 1 if loss_i < K, else 0;   gradient of (1/B) sum_i v_i loss_i
//   K   = mean loss of the step before + quantile, at the share c of the pace, of the deviations
//         loss_j - mean loss of its step over the sequences seen last; infinite in the first step,
//         and when c = 1
// so that about the share c counts however fast the loss falls.
// loss_i is the mean over the sequence before the update. B is the whole batch: a step in which few
// count has a small gradient, as sample weights have it. When none would count, the easiest
// sequence of the step's last micro-batch does. Kumar, Packer, Koller, "Self-Paced Learning for
// Latent Variable Models", NIPS 2010. Test: tests/adapt/self_paced_test.cpp.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "coldstart/tensor/tensor.h"

namespace coldstart::adapt {

class SelfPaced {
 public:
  explicit SelfPaced(int64_t window) : window_(window) {}

  void begin_step(double share);
  bool chooses() const { return share_ < 1; }

  // One micro-batch: losses (N) of B sequences of N/B tokens; its targets, with -1 wherever a
  // sequence does not count. last: of the step.
  std::span<const int32_t> choose(Tensor losses, std::span<const int32_t> targets, int64_t B,
                                  bool last);

  // Of the step so far.
  double threshold() const { return threshold_; }  // K
  double counted_share() const;

  // What a checkpoint keeps.
  struct State {
    double mean = 0;                      // loss of the last step
    std::vector<double> deviations = {};  // of the sequences seen last, oldest first
    bool operator==(const State&) const = default;
  };
  const State& state() const { return state_; }
  void restore(const State& state) { state_ = state; }

 private:
  void end_step();

  int64_t window_;
  State state_;
  std::vector<double> step_;  // losses of this step
  std::vector<int32_t> targets_;
  double share_ = 1, threshold_ = std::numeric_limits<double>::infinity();
  int64_t counted_ = 0;
};

}  // namespace coldstart::adapt
