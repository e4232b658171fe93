#include "coldstart/optim/rotational_adamw.h"

namespace coldstart::optim {

namespace {

RotationAngle angle_of(const OptimizerOptions& options) {
  return rotation_angle(options, options.beta1.value(), options.beta1.value());
}

}  // namespace

GroupRules RotationalAdamW::groups(const OptimizerOptions& options) {
  return rotational_groups(options, angle_of(options));
}

RotationalAdamW::RotationalAdamW(const ParamList& params, const OptimizerOptions& options)
    : angle_(angle_of(options)),
      groups_(group_params(params, groups(options))),
      moments_(params, options),
      gains_(options.row_gain ? std::optional<RowGain>(std::in_place, params, groups_, true)
                              : std::nullopt),
      sphere_(params, groups_, sphere_rules(options), gains_ ? &*gains_ : nullptr) {}

void RotationalAdamW::step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
                           StepReport& report) {
  const StepScope step{params, context, kernels, report};
  moments_.begin(step);
  sphere_.begin(params);
  const kernels::Direction direction = moments_.direction(step);
  const double angle = angle_.at(context.lr, context.peak_lr);
  for (size_t i = 0; i < params.size(); ++i) {
    const kernels::UpdateTensors tensors = moments_.tensors(params, i);
    if (groups_[i].group == Group::rotational) {
      sphere_.turn(step, i, tensors, direction, angle_.of(step, i, angle), 1);
      if (gains_ && gains_->applies_to(i)) gains_->update(step, i, direction, 1);
    } else {
      plain_step(step, i, groups_[i], tensors, direction, {});
    }
  }
}

std::vector<NamedTensor> RotationalAdamW::states() {
  std::vector<NamedTensor> states = moments_.states();
  sphere_.add_states(states);
  if (gains_) gains_->add_states(states);
  return states;
}

}  // namespace coldstart::optim
