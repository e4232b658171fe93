// Overfitting: a validation loss that rises again while the training loss still falls.
//
//   s      centred 5-point mean of the validation loss without spikes; t* its minimum, found on
//          one half of the documents, measured on the other (so that luck in finding it does not
//          count)
//   rise   mean of s over the last max(3, 5 %) evaluations - s(t*)
//   flag   rise > max(2 standard errors, 0.5 sigma, 0.1 % of the loss), the last 3 evaluations
//          above s(t*), and the training loss not rising
//
// Playbook L923-963 (CU-02): a rise during training is the sign; the numbers are ours. Without
// documents' losses both halves are the whole, and the standard error comes from the scatter of
// the curve. Test: tests/plan/overfitting_test.cpp.
#pragma once

#include <cstdint>
#include <optional>

#include "coldstart/plan/trial.h"

namespace coldstart::plan {

struct Overfitting {
  bool overfits = false;
  bool confirmed = false;     // the training loss is known, and does not rise
  bool train_rising = false;  // validation rises because training does: a fault, no overfitting
  int64_t best_step = 0;      // t*
  double rise = 0;            // nats
  double tolerance = 0;       // what it is held against
  double severity = 0;        // rise / all that was gained before
};

// sigma: of the objective between seeds; 0 when it is not known. Nothing below 8 evaluations.
std::optional<Overfitting> detect_overfitting(const Trial& trial, double sigma = 0);

}  // namespace coldstart::plan
