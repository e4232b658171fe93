// Shapes of a warmup: the factor on the peak rate while it lasts.
//
// t counts its steps: from 1 with WarmupFirst::one (no batch is wasted on a rate of 0), from 0 with
// WarmupFirst::zero (the form of nanoGPT). W is its length in steps.
//   none                 1
//   linear               t/W
//   exponential          start^(1 - t/W)
//   1-cos                (1 - cos(pi t/W)) / 2
//   sqrt                 sqrt(t/W)
//   untuned_linear       min(1, rate t / 2),     rate = 1 - beta2      Ma and Yarats 2021
//   untuned_exponential  1 - exp(-rate t),       rate = 1 - beta2      the same
//   matched_mup          (1 + (m^2 - 1) (1-rate)^(2t))^(-1/2),  m = 1/start,  rate = lr
//   weight_decay
// The last three have a length of their own. matched_mup is what the width scaling of muP amounts
// to under independent weight decay: matrices start too large or too small by m, and decay brings
// them to where they belong. The exponentials never reach 1; the warmup ends when less than
// kMissing of the peak is missing. Test: tests/schedule/warmup_shape_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/core/enum_text.h"

namespace coldstart::schedule {

enum class WarmupFirst : uint8_t { one, zero };
enum class WarmupShape : uint8_t {
  none,
  linear,
  exponential,
  one_minus_cos,
  sqrt,
  untuned_linear,
  untuned_exponential,
  matched_mup
};

inline constexpr double kMissing = 1e-3;

struct WarmupCurve {
  WarmupShape shape = WarmupShape::linear;
  WarmupFirst first = WarmupFirst::one;
  double start = 1e-3;  // factor it begins at; exponential, matched_mup
  double rate = 0;      // a step; untuned_*, matched_mup

  double factor(int64_t step, int64_t warmup_steps) const;  // step from 0
  bool operator==(const WarmupCurve&) const = default;
};

constexpr bool has_own_length(WarmupShape shape) {
  return shape == WarmupShape::untuned_linear || shape == WarmupShape::untuned_exponential ||
         shape == WarmupShape::matched_mup;
}
// The length of a curve that has one; may be longer than any run (then a double, not an integer).
double own_length(const WarmupCurve& curve);

}  // namespace coldstart::schedule

template <>
struct coldstart::EnumText<coldstart::schedule::WarmupFirst> {
  using E = schedule::WarmupFirst;
  static constexpr auto names = enum_names<E>({{E::one, "one"}, {E::zero, "zero"}});
};
template <>
struct coldstart::EnumText<coldstart::schedule::WarmupShape> {
  using E = schedule::WarmupShape;
  static constexpr auto names = enum_names<E>({{E::none, "none"},
                                               {E::linear, "linear"},
                                               {E::exponential, "exponential"},
                                               {E::one_minus_cos, "1-cos"},
                                               {E::sqrt, "sqrt"},
                                               {E::untuned_linear, "untuned_linear"},
                                               {E::untuned_exponential, "untuned_exponential"},
                                               {E::matched_mup, "matched_mup"}});
};
