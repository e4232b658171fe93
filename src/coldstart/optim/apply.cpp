#include "coldstart/optim/apply.h"

namespace coldstart::optim {

std::span<const double> StepScope::row_scale(size_t i, const ParamGroup& group) const {
  if (context.row_scale.empty()) return {};
  return context.row_scale.subspan(static_cast<size_t>(group.first_row),
                                   static_cast<size_t>(params[i].rows()));
}

void report_momentum(ParamReport& report, const kernels::Direction& direction) {
  report.has_momentum = true;
  report.momentum_decay = direction.keep / (direction.keep + direction.add);
}

void plain_step(const StepScope& step, size_t i, const ParamGroup& group,
                const kernels::UpdateTensors& tensors, const kernels::Direction& direction,
                const StepSize& size) {
  const double lr = step.lr(i);
  ParamReport& report = step.report[i];
  report = {};
  report.factor = size.factor * step.param_scale(i);
  report.step_size = lr * size.scale * report.factor;
  if (direction.kind != kernels::DirectionKind::given) report_momentum(report, direction);
  kernels::PlainStep plain{.decay = lr * group.weight_decay * step.decay_factor(i),
                           .size = report.step_size,
                           .row_scale = step.row_scale(i, group)};
  const bool lamb = step.context.trust_ratio == TrustRatio::lamb && step.params[i].is_matrix();
  if (lamb) {
    plain.trust = lr * report.factor;
    plain.decay *= report.factor;
  }
  report.step_size *= step.kernels.plain_update(tensors, direction, plain, step.report.rows(i));
}

void add_row_state(std::vector<NamedTensor>& states, const char* name,
                   std::vector<double>& numbers) {
  if (numbers.empty()) return;
  states.push_back(
      {name, Tensor(numbers.data(), DType::f64, {std::ssize(numbers)}), NamedTensor::Layout::rows});
}

}  // namespace coldstart::optim
