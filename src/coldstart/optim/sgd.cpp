#include "coldstart/optim/sgd.h"

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
    if (!decoupled_) {
      direction.coupled_decay = group.weight_decay * step.decay_factor(i);
      group.weight_decay = 0;
    }
    plain_step(step, i, group, {.w = param.weight, .g = param.grad, .m = params.slice(m_, param)},
               direction, {});
  }
}

std::vector<NamedTensor> Sgd::states() { return {{"m", m_.flat(dtype_)}}; }

}  // namespace coldstart::optim
