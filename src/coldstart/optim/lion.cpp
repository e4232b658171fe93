#include "coldstart/optim/lion.h"

namespace coldstart::optim {

GroupRules Lion::groups(const OptimizerOptions& options) {
  return {.weight_decay = options.weight_decay.value()};
}

Lion::Lion(const ParamList& params, const OptimizerOptions& options)
    : groups_(group_params(params, groups(options))),
      momentum_(params, lion(options.beta1.value(), options.beta2.value()), options.cautious) {}

void Lion::step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
                StepReport& report) {
  const StepScope step{params, context, kernels, report};
  const kernels::Direction direction = momentum_.direction(step);
  for (size_t i = 0; i < params.size(); ++i)
    plain_step(step, i, groups_[i], momentum_.tensors(params, i), direction, {});
}

std::vector<NamedTensor> Lion::states() { return momentum_.states(); }

}  // namespace coldstart::optim
