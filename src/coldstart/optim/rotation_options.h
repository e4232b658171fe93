// What the options say about rotation, in one place for all rotational optimizers: the groups, the
// sphere and the angle of a step. Test: tests/optim/rotation_test.cpp.
#pragma once

#include "coldstart/optim/groups.h"
#include "coldstart/optim/optimizer.h"
#include "coldstart/optim/options.h"
#include "coldstart/optim/sphere.h"

namespace coldstart::optim {

// The angle of every step of a run; hyperball: lr itself; replay: no rule, 0.
struct RotationAngle {
  AngleRule rule = AngleRule::adamw;
  AngleInputs inputs;  // lr and peak_lr are the step's
  bool hyperball = false;
  bool replay = false;

  double at(double lr, double peak_lr) const;
  // Of a parameter whose lr and decay have factors of their own.
  double factor(const StepScope& step, size_t i) const {
    return hyperball ? step.lr_factor(i) : step.angle_factor(i);
  }
  // Of one parameter; at_rate is at() of the step.
  double of(const StepScope& step, size_t i, double at_rate) const {
    return step.angle(i, at_rate * factor(step, i));
  }
};

// b1, b2: the momentum as in lion(b1, b2) of momentum_forms.h.
RotationAngle rotation_angle(const OptimizerOptions& options, double b1, double b2);
GroupRules rotational_groups(const OptimizerOptions& options, const RotationAngle& angle);
SphereRules sphere_rules(const OptimizerOptions& options);

}  // namespace coldstart::optim
