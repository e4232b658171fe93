// Shapes of a decay: the factor on the peak rate at step j of D, with p = j/D and r = final_ratio.
//
//   none          1
//   linear        r + (1-r) (1 - p)
//   cosine        r + (1-r) (1 + cos(pi p)) / 2          Loshchilov and Hutter 2017
//   1-sqrt        r + (1-r) (1 - sqrt(p))                Haegele et al. 2024
//   power         r + (1-r) (1 - p)^power
//   exponential   r^p                                    needs r > 0
//   step          r^(i/drops), i = floor(p (drops+1)): the rate falls `drops` times by the same
//                 factor, after equal parts               needs r > 0
//   inverse_sqrt  sqrt(timescale / (timescale + j))       Vaswani et al. 2017; r is not used
// Every shape starts at 1, and at j = D, just after the last step, stands at r (inverse_sqrt: where
// it has come to), so that a decay to 0 wastes no step. Test: tests/schedule/decay_shape_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/core/enum_text.h"

namespace coldstart::schedule {

enum class DecayShape : uint8_t {
  none,
  linear,
  cosine,
  one_minus_sqrt,
  exponential,
  inverse_sqrt,
  power,
  step
};

struct DecayCurve {
  DecayShape shape = DecayShape::linear;
  double final_ratio = 0;  // final rate / peak rate
  double power = 2;        // power
  int64_t drops = 3;       // step
  int64_t timescale = 0;   // steps; inverse_sqrt

  // j is 0 .. decay_steps; the end belongs to what follows.
  double factor(int64_t j, int64_t decay_steps) const;
  bool operator==(const DecayCurve&) const = default;
};

// A product never comes to 0.
constexpr bool needs_final_ratio(DecayShape shape) {
  return shape == DecayShape::exponential || shape == DecayShape::step;
}

}  // namespace coldstart::schedule

template <>
struct coldstart::EnumText<coldstart::schedule::DecayShape> {
  using E = schedule::DecayShape;
  static constexpr auto names = enum_names<E>({{E::none, "none"},
                                               {E::linear, "linear"},
                                               {E::cosine, "cosine"},
                                               {E::one_minus_sqrt, "1-sqrt"},
                                               {E::exponential, "exponential"},
                                               {E::inverse_sqrt, "inverse_sqrt"},
                                               {E::power, "power"},
                                               {E::step, "step"}});
};
