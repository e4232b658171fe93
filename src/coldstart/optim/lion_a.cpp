#include "coldstart/optim/lion_a.h"

namespace coldstart::optim {

double lion_a_scale(const OptimizerOptions& options) {
  const double b = options.beta.value();
  switch (options.lion_a_scale) {
    case LionAScale::gamma:
      return gamma(b);
    case LionAScale::gamma_nesterov:
      return gamma(b * b, b);
    case LionAScale::one:
      break;
  }
  return 1;
}

GroupRules LionA::groups(const OptimizerOptions& options) {
  return {.weight_decay = options.weight_decay.value()};
}

LionA::LionA(const ParamList& params, const OptimizerOptions& options)
    : beta_(options.beta.value()),
      scale_(lion_a_scale(options)),
      inverse_(options.inverse_bias_correction),
      groups_(group_params(params, groups(options))),
      momentum_(params, ema(beta_, options.nesterov.value(), options.nesterov_form),
                options.cautious) {}

void LionA::step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
                 StepReport& report) {
  const StepScope step{params, context, kernels, report};
  const kernels::Direction direction = momentum_.direction(step);
  const StepSize size{.scale = scale_, .factor = correction_factor(inverse_, beta_, step.t())};
  for (size_t i = 0; i < params.size(); ++i)
    plain_step(step, i, groups_[i], momentum_.tensors(params, i), direction, size);
}

std::vector<NamedTensor> LionA::states() { return momentum_.states(); }

}  // namespace coldstart::optim
