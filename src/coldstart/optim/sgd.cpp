#include "coldstart/optim/sgd.h"

#include "coldstart/optim/trust_ratio.h"

namespace coldstart::optim {

GroupRules Sgd::groups(const OptimizerOptions& options) {
  return {.weight_decay = options.weight_decay.value()};
}

Sgd::Sgd(const ParamList& params, const OptimizerOptions& options)
    : form_(sgd(options.momentum.value(), options.nesterov.value())),
      decoupled_(options.sgd_decoupled),
      groups_(group_params(params, groups(options))),
      dtype_(params.dtype()),
      m_(params.make_companion()) {}

void Sgd::step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
               StepReport& report) {
  const StepScope step{params, context, kernels, report};
  kernels::Direction direction{.kind = kernels::DirectionKind::momentum,
                               .grad_scale = context.grad_scale};
  form_.apply_to(direction);
  for (size_t i = 0; i < params.size(); ++i) {
    const Param& param = params[i];
    ParamGroup group = groups_[i];
    const double decay = group.weight_decay * step.decay_factor(i);
    const double trust = lars_ratio(step, i, decay);
    direction.grad_scale = context.grad_scale * trust;
    if (!decoupled_) {
      direction.coupled_decay = decay * trust;
      group.weight_decay = 0;
    } else {
      group.weight_decay *= trust;
    }
    plain_step(step, i, group, {.w = param.weight, .g = param.grad, .m = params.slice(m_, param)},
               direction, {});
    if (trust == 1) continue;
    for (kernels::UpdateSums& row : report.rows(i)) {  // of the gradient without the ratio
      row.grad_sq /= trust * trust;
      row.grad_momentum /= trust;
      row.grad_weight /= trust;
    }
  }
}

std::vector<NamedTensor> Sgd::states() { return {{"m", m_.flat(dtype_)}}; }

}  // namespace coldstart::optim
