// Where a value lies in the range of its hyperparameter, on the declared scale: u = 0 at the low
// end, 1 at the high end. Test: tests/plan/scale_test.cpp.
#pragma once

#include <optional>
#include <string>

#include "coldstart/plan/space.h"
#include "coldstart/plan/trial.h"

namespace coldstart::plan {

// ConfigError for a range that the scale cannot hold: lo > hi, log of 0, logit outside (0, 1).
void check_range(const HParam& hparam);
double position(const HParam& hparam, double value);  // may lie outside [0, 1]
double value_at(const HParam& hparam, double position);

// The number a trial has for it: nothing when it has none, or its parent has another value.
// DataError when the text is no number.
std::optional<double> number_of(const Trial& trial, const HParam& hparam);
// The same as text, for choices.
std::optional<std::string> text_of_value(const Trial& trial, const HParam& hparam);

}  // namespace coldstart::plan
