// PlateauOptions: the learning rate reduced when the validation loss stops falling, the table
// [plateau]. The rule is automatic from the first step to the last, so a run with it can be
// repeated; a rate that is changed by hand cannot (tuning playbook, "Why do some papers have
// complicated learning rate schedules?"). Rule: plateau.h. Test: tests/adapt/plateau_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/core/fields.h"

namespace coldstart::adapt {

struct PlateauOptions {
  int64_t plateau_patience = 0;
  double plateau_factor = 0.5;
  double plateau_threshold = 0.001;
  double plateau_floor = 0.01;

  template <class V>
  void fields(V&& v) {
    v("plateau_patience", plateau_patience,
      {"evaluations in a row without a better validation loss after which the learning rate is "
       "reduced; 0 = never",
       between(0, 1e6), "evaluations"});
    v("plateau_factor", plateau_factor, {"the rate is multiplied by this", between(1e-3, 0.999)});
    v("plateau_threshold", plateau_threshold,
      {"an evaluation is better when its loss is this far below the best so far, nats a token",
       at_least(0)});
    v("plateau_floor", plateau_floor,
      {"the rate is never reduced below this share of the schedule's", between(0, 0.999)});
  }
};

}  // namespace coldstart::adapt
