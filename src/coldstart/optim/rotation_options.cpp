#include "coldstart/optim/rotation_options.h"

namespace coldstart::optim {

namespace {

constexpr double kEpsilon = 1e-8;  // beside an average of norms, as published

}  // namespace

double RotationAngle::at(double lr, double peak_lr) const {
  if (replay) return 0;
  if (hyperball) return lr;
  AngleInputs now = inputs;
  now.lr = lr;
  now.peak_lr = peak_lr;
  return target_angle(rule, now);
}

RotationAngle rotation_angle(const OptimizerOptions& options, double b1, double b2) {
  return {.rule = options.rotation_angle,
          .inputs = {.weight_decay = options.weight_decay.value(), .b1 = b1, .b2 = b2},
          .hyperball = options.hyperball,
          .replay = !options.rotation_replay.empty()};
}

GroupRules rotational_groups(const OptimizerOptions& options, const RotationAngle& angle) {
  const double decay = options.weight_decay.value();
  const bool rotates = options.hyperball || angle.replay || decay > 0;
  return {.weight_decay = decay,
          .rotates = rotates,
          .rotate_embeddings = options.rotate_embeddings,
          .peak_angle = rotates ? angle.at(options.lr, options.lr) : 0,
          .replay = options.rotation_replay};
}

SphereRules sphere_rules(const OptimizerOptions& options) {
  const bool replay = !options.rotation_replay.empty();
  if (options.hyperball) {
    SphereRules rules = kHyperball;
    rules.project = rules.replay = replay;
    return rules;
  }
  const double norm_decay = options.rotation_norm_decay.value_or(0);
  return {.granularity = options.rotation_granularity,
          .center = options.rotation_center.value(),
          .norm_decay = norm_decay,
          .eps = norm_decay > 0 ? kEpsilon : 0,
          .replay = replay};
}

}  // namespace coldstart::optim
