#include "coldstart/metrics/measured.h"

#include <limits>

namespace coldstart::metrics {

Measured& Measured::operator+=(const Measured& other) {
  sums += other.sums;
  claimed_sq += other.claimed_sq;
  elements += other.elements;
  has_momentum = has_momentum && other.has_momentum;
  if (momentum_decay != other.momentum_decay)
    momentum_decay = std::numeric_limits<double>::quiet_NaN();
  return *this;
}

StepMeasurements::StepMeasurements(const ParamList& params)
    : params_(params), tensors_(params.size()) {
  size_t rows = 0;
  for (const Param& param : params) {
    first_row_.push_back(rows);
    rows += static_cast<size_t>(param.rows());
  }
}

double StepMeasurements::claimed_sq(size_t param, size_t row) const {
  const optim::ParamReport& claims = (*report_)[param];
  const kernels::UpdateSums& sums = report_->rows(param)[row];
  const double scale = row_scale_.empty() ? 1 : row_scale_[first_row_[param] + row];
  const double size = scale * (claims.rotational ? claims.angle : claims.step_size);
  return size * size * (claims.rotational ? sums.weight_sq : sums.direction_sq);
}

void StepMeasurements::take(const optim::StepReport& report, double clip,
                            std::span<const double> row_scale) {
  report_ = &report;
  clip_ = clip;
  row_scale_ = row_scale;
  for (size_t i = 0; i < params_.size(); ++i) {
    Measured& tensor = tensors_[i];
    tensor = row(i, 0);
    for (int64_t r = 1; r < params_[i].rows(); ++r) tensor += row(i, r);
  }
}

Measured StepMeasurements::row(size_t param, int64_t row) const {
  const auto r = static_cast<size_t>(row);
  const optim::ParamReport& claims = (*report_)[param];
  return {.sums = report_->rows(param)[r],
          .claimed_sq = claimed_sq(param, r),
          .elements = params_[param].cols(),
          .clip = clip_,
          .has_momentum = claims.has_momentum,
          .momentum_decay = claims.momentum_decay};
}

Measured StepMeasurements::group(const Group& group) const {
  Measured sum = tensors_[group.params.front()];
  for (size_t k = 1; k < group.params.size(); ++k) sum += tensors_[group.params[k]];
  return sum;
}

}  // namespace coldstart::metrics
