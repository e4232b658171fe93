// Measured: what the update's own pass knows of a row, a parameter, a role or the whole model, and
// StepMeasurements, which adds it up from the optimizer's report once a step.
//
// Everything here is additive, so that a level is the sum of the one below. The claimed update is
// the optimizer's own word (step size x direction, or angle x radius); all else is measured from
// the weights before and after. Test: tests/metrics/measured_test.cpp.
#pragma once

#include <span>
#include <vector>

#include "coldstart/metrics/level.h"
#include "coldstart/optim/step_report.h"

namespace coldstart::metrics {

struct Measured {
  kernels::UpdateSums sums;
  double claimed_sq = 0;  // |lr * u|^2 without decay
  int64_t elements = 0;
  double clip = 1;            // factor that clipping applied to the gradient
  bool has_momentum = false;  // the momentum sums mean something
  double momentum_decay = 0;  // b of m' = b m + (1-b) g; NaN where it differs within the group

  Measured& operator+=(const Measured& other);
};

class StepMeasurements {
 public:
  explicit StepMeasurements(const ParamList& params);

  // row_scale: the factors that the optimizer was given, one a row of all parameters, or empty.
  // The report must live until the next call.
  void take(const optim::StepReport& report, double clip, std::span<const double> row_scale = {});

  const Measured& tensor(size_t param) const { return tensors_[param]; }
  Measured row(size_t param, int64_t row) const;
  Measured group(const Group& group) const;

 private:
  double claimed_sq(size_t param, size_t row) const;

  const ParamList& params_;
  const optim::StepReport* report_ = nullptr;
  double clip_ = 1;
  std::span<const double> row_scale_;
  std::vector<size_t> first_row_;
  std::vector<Measured> tensors_;
};

}  // namespace coldstart::metrics
