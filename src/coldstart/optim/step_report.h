// StepReport: what one optimizer step did, for the record and the metrics.
//
// The sums are measured from the weights before and after; what the optimizer says of itself
// (sizes, angles, factors) is kept apart in ParamReport. Test: tests/optim/step_report_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coldstart/kernels/updates.h"
#include "coldstart/tensor/param.h"

namespace coldstart::optim {

// The optimizer's own claims about one parameter.
struct ParamReport {
  bool rotational = false;
  double step_size = 0;        // factor on the direction u of a plain step: lr * factor * scale
  double angle = 0;            // radians a rotation aims at, factors included; 0 for a plain step
  double factor = 1;           // f_t * s_t: inverse bias correction times RRC factor
  int64_t unchanged_rows = 0;  // rotation without a direction
  bool has_momentum = false;   // momentum_sq and grad_momentum of the sums mean something
  double momentum_decay = 0;   // b of m' = b m + (1-b) g, up to a factor; for momentum_cancellation
};

class StepReport {
 public:
  StepReport() = default;
  explicit StepReport(const ParamList& params);

  size_t size() const { return params_.size(); }
  ParamReport& operator[](size_t param) { return params_[param]; }
  const ParamReport& operator[](size_t param) const { return params_[param]; }
  std::span<kernels::UpdateSums> rows(size_t param);
  std::span<const kernels::UpdateSums> rows(size_t param) const;
  kernels::UpdateSums total(size_t param) const;  // over the rows, in order
  kernels::UpdateSums total() const;              // over all parameters, in order

 private:
  std::vector<ParamReport> params_;
  std::vector<size_t> first_row_;  // of each parameter; one more at the end
  std::vector<kernels::UpdateSums> rows_;
};

}  // namespace coldstart::optim
