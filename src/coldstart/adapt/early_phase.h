// An initial phase that is unlike the rest of the run: the table [early]. It is there to do damage
// on purpose and to look for what does it (Kosson et al. 2024, appendix A, where the learning rate
// of the first five epochs is multiplied by 8 or 128).
//
//   phase_lr_factor    the schedule's rate times this
//   freeze_biases      biases, of norms too, stay as they are
//   random_directions  every tensor's gradient becomes a random direction of the same norm:
//                      g' = z |g|/|z|, z ~ N(0, 1), a function of (seed, tensor, step, element)
// The phase is the first phase_steps updates since step 0 of the run, or of the trunk in a branch.
// What is measured of gradients in it is of those that the optimizer saw; the recorded norm is
// theirs too. Test: tests/adapt/early_phase_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coldstart/core/fields.h"
#include "coldstart/kernels/kernels.h"
#include "coldstart/tensor/param.h"

namespace coldstart::adapt {

struct EarlyOptions {
  int64_t steps = 0;
  double lr_factor = 1;
  bool freeze_biases = false;
  bool random_directions = false;

  template <class V>
  void fields(V&& v) {
    v("phase_steps", steps,
      {"length of an initial phase with other rules; 0 = none", at_least(0), "steps"});
    v("phase_lr_factor", lr_factor, {"factor of the learning rate in it", at_least(0)});
    v("freeze_biases", freeze_biases, {"biases do not move in it"});
    v("random_directions", random_directions,
      {"gradients are replaced in it by random directions of the same norm"});
  }
};

// ConfigError for a phase that does nothing, or rules without a phase.
void check_early(const EarlyOptions& options);
// "the first 25 steps: learning rate x 8, biases frozen"; empty without a phase.
std::string describe(const EarlyOptions& options);

class EarlyPhase {
 public:
  // lr_factors: those of the whole run, one a parameter, or empty. params must outlive it.
  EarlyPhase(const EarlyOptions& options, const ParamList& params,
             std::span<const double> lr_factors, uint64_t seed);

  // step: updates made so far.
  bool holds(int64_t step) const { return step < options_.steps; }
  double lr(double scheduled, int64_t step) const {
    return holds(step) ? scheduled * options_.lr_factor : scheduled;
  }
  // Of the phase; empty: 1.
  std::span<const double> lr_factors() const { return lr_factors_; }
  // With the step's mean gradient in place, and all of it finite.
  void change_gradients(ParamList& params, kernels::Kernels& kernels, int64_t step) const;

 private:
  EarlyOptions options_;
  std::vector<double> lr_factors_;
  uint64_t seed_;
};

}  // namespace coldstart::adapt
