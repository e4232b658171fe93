// From a place on an axis to a value of it: u in [0, 1] -> text.
//
//   linear  lo + u (hi - lo)      log  lo (hi / lo)^u      logit  the same between logit(lo),
//   logit(hi) choice  the floor(u n)-th of n
// Whole numbers have equal shares of a linear axis; on the others they are rounded. Numbers have
// six significant digits, so that a person can read and repeat them. Test:
// tests/study/sampler_test.cpp.
#pragma once

#include <string>

#include "coldstart/study/spec.h"

namespace coldstart::study {

std::string value_at(const Axis& axis, double u);  // u is clamped to [0, 1]

// Level i of n on an axis of numbers, ends included: u = i / (n - 1).
std::string level_at(const Axis& axis, int64_t i);

bool accepts(const Axis& axis, const std::string& value);  // a choice of it, or within its range

// Whether a hyperparameter exists beside these values: it has no parent, or the parent's value.
bool is_active(const plan::HParam& param, const Values& values);

}  // namespace coldstart::study
