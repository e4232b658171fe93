// SnrEstimator: how much of the gradient is signal, from the norms of micro-batch gradients.
//
// A per-sample gradient is g_b = G + noise. With B samples a step in n micro-batches of b each:
//   q_s = mean over micro-batches of |mean gradient of b samples|^2      q_b = |mean of all B|^2
//   signal = (B q_b - b q_s) / (B - b)         estimates |G|^2 without bias; may be below 0
//   noise  = (q_s - q_b) / (1/b - 1/B)         estimates E |noise|^2 without bias
// or from two half batches A and B ("half_batch"):
//   signal = <g_A, g_B>                        noise = B |g_A - g_B|^2 / 4
// phi = max(EMA(signal), 0) / EMA(noise): a ratio of averages, never an average of ratios. 1/phi is
// the critical batch size, in samples (McCandlish et al., arXiv 1812.06162, appendix A).
//
// Gradients are taken before clipping. Both averages are linear, so a role's or the model's phi
// comes from the added averages of its parameters. They are part of a checkpoint.
// Test: tests/metrics/snr_estimator_test.cpp.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/kernels/kernels.h"
#include "coldstart/metrics/level.h"
#include "coldstart/tensor/arena.h"

namespace coldstart::metrics {

enum class SnrMethod : uint8_t { micro, half_batch };

struct SnrSetup {
  SnrMethod method = SnrMethod::micro;
  bool per_row = false;  // averages kept for every row, not only for every parameter
  double ema = 0.95;     // decay of both averages
  int64_t micro_batches = 2;
  double batch = 2;  // B in samples; a micro-batch has batch / micro_batches
};

// Averages of one row, parameter or group.
struct SignalNoise {
  double signal = 0;  // |G|^2
  double noise = 0;   // E |noise|^2 of one sample
  SignalNoise& operator+=(const SignalNoise& other);
};

// Nothing where the noise is not positive; 0 where the signal is below 0.
std::optional<double> snr(const SignalNoise& average);
// 1 / phi in samples: infinite where phi is 0, nothing where phi is not defined.
std::optional<double> critical_batch(const SignalNoise& average);

class SnrEstimator {
 public:
  // params must outlive the estimator. SnrMethod::half_batch needs an even number of micro-batches.
  SnrEstimator(const ParamList& params, const SnrSetup& setup);

  const SnrSetup& setup() const { return setup_; }

  // Of the steps from now on, when they change: half_batch needs an even number of micro-batches.
  void set_batch(int64_t micro_batches, double samples);

  // One step: every micro-batch's own gradient (as it is before it is added to the others, scaled
  // so that their sum is the step's mean gradient), then the mean gradient itself, both in the
  // layout of params. sum: of the micro-gradients so far, this one included; half_batch only.
  void add_micro(kernels::Kernels& kernels, Tensor gradient, Tensor sum);
  void finish_step(kernels::Kernels& kernels, Tensor mean_gradient);

  bool has_estimate() const { return steps_[0] > 0; }
  // The averages so far, bias-corrected.
  SignalNoise tensor(size_t param) const;
  SignalNoise row(size_t param, int64_t row) const;  // per_row only
  SignalNoise group(const Group& group) const;

  struct State {
    std::string name;
    Tensor tensor;
  };
  std::vector<State> states();

 private:
  // <a_r, b_r> of every row, to rows_; both whole gradients.
  void row_products(kernels::Kernels& kernels, Tensor a, Tensor b);
  void add_products(std::vector<double>& to, double factor) const;
  size_t unit(size_t param, size_t row) const {
    return first_unit_[param] + (setup_.per_row ? row : 0);
  }
  SignalNoise unit_average(size_t unit) const;

  const ParamList& params_;
  SnrSetup setup_;
  std::vector<size_t> first_row_;   // of each parameter; one more at the end
  std::vector<size_t> first_unit_;  // a unit: what an average is kept of, a row or a parameter
  std::vector<double> rows_;        // scratch: a product a row
  // This step's, a unit: mean |n * micro-gradient|^2, |g|^2; half_batch: |h|^2 and <h, g> of the
  // sum h of the first half's micro-gradients.
  std::vector<double> micro_sq_, whole_sq_, half_sq_, cross_;
  std::optional<Arena> half_;
  int64_t micro_ = 0;                   // micro-batches seen in this step
  std::vector<double> signal_, noise_;  // a unit: averages before bias correction
  std::vector<double> steps_;           // one number: steps averaged
};

}  // namespace coldstart::metrics
