#include "coldstart/optim/lion_ar.h"

#include "coldstart/optim/lion_a.h"

namespace coldstart::optim {

namespace {

RotationAngle angle_of(const OptimizerOptions& options) {
  return rotation_angle(options, options.beta.value(), options.beta.value());
}

}  // namespace

GroupRules LionAR::groups(const OptimizerOptions& options) {
  return rotational_groups(options, angle_of(options));
}

LionAR::LionAR(const ParamList& params, const OptimizerOptions& options)
    : beta_(options.beta.value()),
      scale_(lion_a_scale(options)),
      inverse_(options.inverse_bias_correction),
      angle_(angle_of(options)),
      groups_(group_params(params, groups(options))),
      momentum_(params, ema(beta_, options.nesterov.value(), options.nesterov_form),
                options.cautious),
      gains_(options.row_gain ? std::optional<RowGain>(std::in_place, params, groups_, false)
                              : std::nullopt),
      sphere_(params, groups_, sphere_rules(options), gains_ ? &*gains_ : nullptr) {}

void LionAR::step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
                  StepReport& report) {
  const StepScope step{params, context, kernels, report};
  sphere_.begin(params);
  const kernels::Direction direction = momentum_.direction(step);
  const double factor = correction_factor(inverse_, beta_, step.t());
  const double angle = angle_.at(context.lr, context.peak_lr);
  for (size_t i = 0; i < params.size(); ++i) {
    const kernels::UpdateTensors tensors = momentum_.tensors(params, i);
    if (groups_[i].group == Group::rotational) {
      sphere_.turn(step, i, tensors, direction, angle_.of(step, i, angle), factor);
      if (gains_ && gains_->applies_to(i)) gains_->update(step, i, direction, scale_ * factor);
    } else {
      plain_step(step, i, groups_[i], tensors, direction, {.scale = scale_, .factor = factor});
    }
  }
}

std::vector<NamedTensor> LionAR::states() {
  std::vector<NamedTensor> states = momentum_.states();
  sphere_.add_states(states);
  if (gains_) gains_->add_states(states);
  return states;
}

}  // namespace coldstart::optim
