#include "coldstart/optim/step_report.h"

namespace coldstart::optim {

StepReport::StepReport(const ParamList& params) : params_(params.size()) {
  size_t rows = 0;
  for (const Param& param : params) {
    first_row_.push_back(rows);
    rows += static_cast<size_t>(param.rows());
  }
  first_row_.push_back(rows);
  rows_.resize(rows);
}

std::span<kernels::UpdateSums> StepReport::rows(size_t param) {
  return std::span(rows_).subspan(first_row_[param], first_row_[param + 1] - first_row_[param]);
}

std::span<const kernels::UpdateSums> StepReport::rows(size_t param) const {
  return std::span(rows_).subspan(first_row_[param], first_row_[param + 1] - first_row_[param]);
}

kernels::UpdateSums StepReport::total(size_t param) const {
  kernels::UpdateSums sum;
  for (const kernels::UpdateSums& row : rows(param)) sum += row;
  return sum;
}

kernels::UpdateSums StepReport::total() const {
  kernels::UpdateSums sum;
  for (size_t param = 0; param < size(); ++param) sum += total(param);
  return sum;
}

}  // namespace coldstart::optim
