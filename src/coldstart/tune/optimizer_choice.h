// Which of the optimizers' trials is taken, and by how much.
//
// The first one is the default, and is kept unless another is better by more than kWorthChanging,
// because one run each says nothing of smaller differences.
// Test: tests/tune/optimizer_choice_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/tune/trials.h"

namespace coldstart::tune {

inline constexpr double kWorthChanging = 0.005;  // of the loss

struct OptimizerChoice {
  size_t taken = 0, next = 0;  // next: the best of the others
  double ahead = 0;            // nats, of what is taken; below 0: the default stays nevertheless
  std::string answer = {};     // "muon, the default, 0.031 nats below lion_ar"

  bool changes() const { return taken != 0; }
};

// Two trials or more, of equal cost; the default is the first.
OptimizerChoice choose_of(const std::vector<Trial>& trials);

}  // namespace coldstart::tune
