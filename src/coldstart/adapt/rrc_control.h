// RrcControl: turns measured signal-to-noise ratios into the factors of a step's updates, so that
// an early, strongly correlated gradient does not change what the layers put out faster than a
// later one. It works as an automatic warmup.
//
//   s = clamp(s(phi, B) / s(phi_reference, B), rrc_min, 1),  s(phi, B): optim/rrc_scale.h
// phi_reference is 0 (noise_limit: s(0, B) = 1), or the last phi that a finished run recorded.
// Where phi is not defined the factor is 1 if there was no gradient, and that of phi -> infinity if
// there was one and no noise. Source: Kosson et al., NeurIPS 2024, section 6 and figure 5a. Test:
// tests/adapt/rrc_control_test.cpp.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "coldstart/adapt/rrc_options.h"
#include "coldstart/metrics/snr_estimator.h"
#include "coldstart/tensor/param.h"

namespace coldstart::adapt {

// phi at the end of a run: by parameter (snr/<name>), or the same of the model for each.
// ConfigError when the run has recorded none.
std::vector<double> reference_snr(const std::filesystem::path& run, const ParamList& params,
                                  SnrScope scope);

class RrcControl {
 public:
  // batch: samples of a full batch. Reads the reference run. params must outlive the control.
  RrcControl(const RrcOptions& options, const ParamList& params, double batch);

  // After the estimator has seen the step's gradients.
  void update(const metrics::SnrEstimator& estimator);

  // One factor a parameter, or one a row of all parameters in order; the other is empty.
  std::span<const double> param_scale() const { return param_scale_; }
  std::span<const double> row_scale() const { return row_scale_; }

 private:
  double factor(const metrics::SignalNoise& average, size_t param) const;

  RrcOptions options_;
  const ParamList& params_;
  double batch_;                   // samples of the step
  std::vector<double> reference_;  // phi by parameter; empty: the noise limit
  std::vector<double> param_scale_, row_scale_;
};

}  // namespace coldstart::adapt
