// Clipping of parts: single values, rows, and the updates of matrices; the rules in words are in
// clip_options.h. Test: tests/adapt/clip_parts_test.cpp.
#pragma once

#include <vector>

#include "coldstart/kernels/kernels.h"
#include "coldstart/optim/step_report.h"
#include "coldstart/tensor/param.h"

namespace coldstart::adapt {

// Every element of g into [-limit, limit]; NaN stays NaN. Returns how many were outside.
double clip_values(Tensor g, double limit);

// Rows of every gradient against those of the weights.
class RowClip {
 public:
  RowClip(const ParamList& params, double ratio);
  double clip(ParamList& params, kernels::Kernels& kernels);  // share of rows

 private:
  double ratio_;
  std::vector<double> weight_sq_, grad_sq_;  // of one parameter's rows
  int64_t rows_ = 0;                         // of all
};

// A step's update, cut back where a matrix turned too far: w = w0 + f (w - w0), with f such that
// the angle between w0 and w is the limit. A matrix of zeros has no direction and moves freely.
class UpdateLimit {
 public:
  UpdateLimit(const ParamList& params, double angle);

  void before(const ParamList& params);  // keeps the weights
  // The report is made that of the shorter step. Returns the share of matrices cut back.
  double after(ParamList& params, optim::StepReport& report);

 private:
  double angle_;
  Arena weights_;
  int64_t matrices_ = 0;
};

// f of an update with these sums; 1 when it is within the limit.
double factor_to_angle(const kernels::UpdateSums& sums, double limit);

}  // namespace coldstart::adapt
