// The optimizers that the autopilot tries, each without warmup, and where their rates begin.
//
//   muon      orthogonalised momentum: every update has the same spectral size
//   lion_ar   the default of this program: bounds the angle of every update (docs/optimizers.md)
// The first is the one that is kept when the other is not clearly better, and that runs where there
// is no room for trials: on two texts it ended 0.13 to 0.29 nats below the other after 68 and
// 300 steps, each at its best rate.
// First rates and steps are ours, for matrices that start at a deviation of kInitGain /
// sqrt(width): LionAR keeps the norm of every row, so the start decides how large the logits can
// become (docs/findings.md, "long rows"). Test: tests/tune/trials_test.cpp.
#pragma once

#include <array>
#include <string_view>

#include "coldstart/core/error.h"

namespace coldstart::tune {

inline constexpr double kInitGain = 0.8;

struct Contender {
  const char* name;
  double first_rate;
  double rate_step;  // between the rates of a sweep
};

inline constexpr std::array kContenders = {Contender{"muon", 0.02, 3},
                                           Contender{"lion_ar", 0.04, 4}};

inline const Contender& contender(std::string_view name) {
  for (const Contender& c : kContenders)
    if (c.name == name) return c;
  throw DataError("journal", "an optimizer that is not tried here", "choose another --out");
}

}  // namespace coldstart::tune
