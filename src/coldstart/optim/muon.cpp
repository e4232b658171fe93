#include "coldstart/optim/muon.h"

#include <algorithm>
#include <cmath>

#include "coldstart/optim/adamw.h"

namespace coldstart::optim {

void Muon::Largest::include(int64_t its_rows, int64_t cols) {
  size = std::max(size, its_rows * cols);
  side = std::max(side, std::min(its_rows, cols));
  rows = std::max(rows, its_rows);
}

Muon::Largest Muon::largest_of(const ParamList& params) {
  Largest largest;
  for (const Param& param : params) {
    if (orthogonalizes(param.role, param.is_matrix())) largest.include(param.rows(), param.cols());
  }
  return largest;
}

int64_t Muon::scratch_bytes(std::span<const ParamSpec> specs, DType dtype) {
  Largest largest;
  for (const ParamSpec& spec : specs) {
    if (orthogonalizes(spec.role, spec.rows > 0)) largest.include(spec.rows, spec.cols);
  }
  return largest.size * dtype_size(dtype) + NewtonSchulz::bytes(largest.size, largest.side, dtype);
}

bool Muon::orthogonalizes(Role role, bool is_matrix) {
  return is_matrix && !is_vector_role(role) && !is_embedding(role) && role != Role::head;
}

GroupRules Muon::groups(const OptimizerOptions& options) { return AdamW::groups(options); }

Muon::Muon(const ParamList& params, const OptimizerOptions& options)
    : form_(ema(options.momentum.value(), options.nesterov.value(), options.nesterov_form)),
      groups_(group_params(params, groups(options))),
      moments_(params, options),
      largest_(largest_of(params)),
      direction_(largest_.size * dtype_size(params.dtype())),
      momentum_sums_(static_cast<size_t>(largest_.rows)),
      newton_schulz_(largest_.size, largest_.side, params.dtype()) {
  if (options.hyperball) sphere_.emplace(params, groups_, sphere_rules(options));
}

void Muon::step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
                StepReport& report) {
  const StepScope step{params, context, kernels, report};
  moments_.begin(step);
  if (sphere_) sphere_->begin(params);
  const kernels::Direction adam = moments_.direction(step);
  for (size_t i = 0; i < params.size(); ++i) {
    if (orthogonalizes(params[i].role, params[i].is_matrix())) {
      orthogonal_step(step, i);
    } else {
      move(step, i, groups_[i], moments_.tensors(params, i), adam, 1);
    }
  }
}

void Muon::orthogonal_step(const StepScope& step, size_t i) {
  const Param& param = step.params[i];
  direction_.rewind(0);
  const Tensor u = direction_.allocate(param.weight.dtype(), {param.rows(), param.cols()});
  kernels::Direction momentum{.grad_scale = step.context.grad_scale};
  form_.apply_to(momentum);
  const auto sums = std::span(momentum_sums_).first(static_cast<size_t>(param.rows()));
  step.kernels.momentum_mix(u, moments_.tensors(step.params, i).m, param.grad, momentum, sums);
  const bool finite = newton_schulz_.orthogonalize(step.kernels, u);
  if (!finite) step.kernels.fill(u, 0);

  const double scale =
      finite ? kScale * std::sqrt(static_cast<double>(std::max(param.rows(), param.cols()))) : 0;
  ParamGroup group = groups_[i];
  if (!finite) group.weight_decay = 0;
  move(step, i, group, {.w = param.weight, .g = param.grad, .direction = u},
       {.kind = kernels::DirectionKind::given, .grad_scale = step.context.grad_scale}, scale);
  ParamReport& report = step.report[i];
  report_momentum(report, momentum);
  if (!finite) report.unchanged_rows = param.rows();
  for (size_t r = 0; r < sums.size(); ++r) {
    kernels::UpdateSums& row = step.report.rows(i)[r];
    row.grad_sq = sums[r].grad_sq;
    row.momentum_sq = sums[r].momentum_sq;
    row.grad_momentum = sums[r].grad_momentum;
  }
}

void Muon::move(const StepScope& step, size_t i, const ParamGroup& group,
                const kernels::UpdateTensors& tensors, const kernels::Direction& direction,
                double scale) {
  if (group.group == Group::rotational) {
    sphere_->turn(step, i, tensors, direction, step.angle(i, step.lr(i)), 1);
  } else {
    plain_step(step, i, group, tensors, direction, {.scale = scale});
  }
}

std::vector<NamedTensor> Muon::states() {
  std::vector<NamedTensor> states = moments_.states();
  if (sphere_) sphere_->add_states(states);
  return states;
}

}  // namespace coldstart::optim
