// A plain step of one parameter: w' = w - lr decay w - lr scale factor s u, with the RRC factor s
// of the step's context on the update only, and lr and decay those of the parameter's group; the
// report says what was done. With the trust ratio of LAMB (trust_ratio.h) both parts of a matrix's
// step are scaled.
//
// What all optimizers share once they know the direction u; the other way to apply one is sphere.h.
// Test: tests/optim/apply_test.cpp.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "coldstart/optim/groups.h"
#include "coldstart/optim/optimizer.h"

namespace coldstart::optim {

// One call of Optimizer::step, as its helpers see it.
struct StepScope {
  ParamList& params;
  const StepContext& context;
  kernels::Kernels& kernels;
  StepReport& report;

  double t() const { return static_cast<double>(context.step + 1); }  // of the formulas
  double lr_factor(size_t i) const {
    return context.lr_factors.empty() ? 1 : context.lr_factors[i];
  }
  double decay_factor(size_t i) const {
    return context.decay_factors.empty() ? 1 : context.decay_factors[i];
  }
  double lr(size_t i) const { return context.lr * lr_factor(i); }
  // Every rule of the equilibrium angle goes with the root of lr and decay.
  double angle_factor(size_t i) const { return std::sqrt(lr_factor(i) * decay_factor(i)); }
  // What a rotation is given, by the rule or replayed: it turns by the arc tangent.
  double angle(size_t i, double by_rule) const {
    return context.angles.empty() ? by_rule : std::tan(context.angles[i]);
  }
  double param_scale(size_t i) const {
    return context.param_scale.empty() ? 1 : context.param_scale[i];
  }
  // Of the rows of one parameter; empty: 1.
  std::span<const double> row_scale(size_t i, const ParamGroup& group) const;
};

struct StepSize {
  double scale = 1;   // of the direction: a constant of the optimizer
  double factor = 1;  // of the first steps (f_t)
};

void plain_step(const StepScope& step, size_t i, const ParamGroup& group,
                const kernels::UpdateTensors& tensors, const kernels::Direction& direction,
                const StepSize& size);

// For the report: m is an average of gradients, m' = keep m + add g. SGD's, where add is 1, is one
// of decay a/(1+a) up to a factor.
void report_momentum(ParamReport& report, const kernels::Direction& direction);

// A state of one number a row of every parameter; none when numbers is empty.
void add_row_state(std::vector<NamedTensor>& states, const char* name,
                   std::vector<double>& numbers);

}  // namespace coldstart::optim
