#include "coldstart/optim/rotational_lion.h"

namespace coldstart::optim {

namespace {

RotationAngle angle_of(const OptimizerOptions& options) {
  return rotation_angle(options, options.beta1.value(), options.beta2.value());
}

}  // namespace

GroupRules RotationalLion::groups(const OptimizerOptions& options) {
  return rotational_groups(options, angle_of(options));
}

RotationalLion::RotationalLion(const ParamList& params, const OptimizerOptions& options)
    : angle_(angle_of(options)),
      groups_(group_params(params, groups(options))),
      momentum_(params, lion(options.beta1.value(), options.beta2.value()), options.cautious),
      gains_(options.row_gain ? std::optional<RowGain>(std::in_place, params, groups_, false)
                              : std::nullopt),
      sphere_(params, groups_, sphere_rules(options), gains_ ? &*gains_ : nullptr) {}

void RotationalLion::step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
                          StepReport& report) {
  const StepScope step{params, context, kernels, report};
  sphere_.begin(params);
  const kernels::Direction direction = momentum_.direction(step);
  const double angle = angle_.at(context.lr, context.peak_lr);
  for (size_t i = 0; i < params.size(); ++i) {
    const kernels::UpdateTensors tensors = momentum_.tensors(params, i);
    if (groups_[i].group == Group::rotational) {
      sphere_.turn(step, i, tensors, direction, angle_.of(step, i, angle), 1);
      if (gains_ && gains_->applies_to(i)) gains_->update(step, i, direction, 1);
    } else {
      plain_step(step, i, groups_[i], tensors, direction, {});
    }
  }
}

std::vector<NamedTensor> RotationalLion::states() {
  std::vector<NamedTensor> states = momentum_.states();
  sphere_.add_states(states);
  if (gains_) gains_->add_states(states);
  return states;
}

}  // namespace coldstart::optim
