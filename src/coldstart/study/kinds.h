// What a hyperparameter is about, told from its name, for the built-in trainer and for the names
// that most programs use. Test: tests/study/spec_test.cpp.
#pragma once

#include <string_view>

#include "coldstart/plan/space.h"

namespace coldstart::study {

plan::Kind kind_of(std::string_view hyperparameter);  // "optimizer.lr", "lr", "adam.beta1"

}  // namespace coldstart::study
