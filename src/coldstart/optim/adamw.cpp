#include "coldstart/optim/adamw.h"

#include "coldstart/optim/radam.h"
#include "coldstart/optim/rotation_options.h"

namespace coldstart::optim {

GroupRules AdamW::groups(const OptimizerOptions& options) {
  return {.weight_decay = options.weight_decay.value(),
          .rotates = options.hyperball,
          .rotate_embeddings = options.rotate_embeddings,
          .peak_angle = options.lr,
          .replay = options.rotation_replay};
}

AdamW::AdamW(const ParamList& params, const OptimizerOptions& options)
    : cautious_(options.cautious),
      radam_mode_(options.radam_mode),
      groups_(group_params(params, groups(options))),
      moments_(params, options) {
  if (options.hyperball) sphere_.emplace(params, groups_, sphere_rules(options));
}

void AdamW::step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
                 StepReport& report) {
  const StepScope step{params, context, kernels, report};
  moments_.begin(step);
  if (sphere_) sphere_->begin(params);
  kernels::Direction direction = moments_.direction(step);
  direction.cautious = cautious_;
  StepSize size;
  if (radam_mode_ != RadamMode::off) size.factor = radam_rectification(direction.beta2, step.t());
  const bool without_v = radam_mode_ == RadamMode::original && size.factor == 0;
  if (without_v) {
    direction.kind = kernels::DirectionKind::momentum;
    size.factor = 1;
  }
  for (size_t i = 0; i < params.size(); ++i) {
    if (without_v) moments_.update_v_only(step, i, direction.beta2);
    const kernels::UpdateTensors tensors = moments_.tensors(params, i, !without_v);
    if (groups_[i].group == Group::rotational) {
      sphere_->turn(step, i, tensors, direction, step.angle(i, step.lr(i)), size.factor);
    } else {
      plain_step(step, i, groups_[i], tensors, direction, size);
    }
  }
}

std::vector<NamedTensor> AdamW::states() {
  std::vector<NamedTensor> states = moments_.states();
  if (sphere_) sphere_->add_states(states);
  return states;
}

}  // namespace coldstart::optim
