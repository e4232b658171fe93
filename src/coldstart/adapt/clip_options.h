// ClipOptions: how the gradient or the update is kept in bounds, the table [clip].
//
//   norm        g *= min(1, train.grad_clip / |g|) over all parameters (default)
//
//   value       every g_i into [-value, value]
//
//   rows        row r of a tensor: g_r *= min(1, row_ratio max(|w_r|, 1e-3) / |g_r|); a vector is
//               one row (adaptive gradient clipping, Brock et al. 2021)
//
//   percentile  as norm, at a percentile of the norms of past steps (tuning playbook)
//
//   update      no matrix turns by more than `angle` in one step; what is beyond is taken back
//
// The first four bound g, not the update: Adam and sign updates see only the ratio of a gradient to
// those before it. Only `update` bounds what moves. Test: tests/adapt/clipping_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/core/enum_text.h"
#include "coldstart/core/fields.h"

namespace coldstart::adapt {

enum class ClipRule : uint8_t { norm, value, rows, percentile, update };

struct ClipOptions {
  ClipRule rule = ClipRule::norm;
  double value = 0.01;
  double row_ratio = 0.01;
  double percentile = 90;
  int64_t window = 200;
  double angle = 0.02;

  template <class V>
  void fields(V&& v) {
    v("rule", rule,
      {"what is clipped: the gradient by its global norm (at train.grad_clip), its values, its "
       "rows against those of the weights, its norm by a percentile of past norms, or the update"});
    v("value", value, {"largest value of the gradient; rule value", above(0)});
    v("row_ratio", row_ratio,
      {"largest gradient norm of a row over its weight norm; rule rows", above(0)});
    v("percentile", percentile, {"of past gradient norms; rule percentile", between(1, 100)});
    v("window", window, {"how many past norms; rule percentile", between(10, 1e6), "steps"});
    v("angle", angle,
      {"largest angle that a matrix turns by in a step; rule update", between(1e-9, 1.5),
       "radians"});
  }
};

}  // namespace coldstart::adapt

template <>
struct coldstart::EnumText<coldstart::adapt::ClipRule> {
  using E = adapt::ClipRule;
  static constexpr auto names = enum_names<E>({{E::norm, "norm"},
                                               {E::value, "value"},
                                               {E::rows, "rows"},
                                               {E::percentile, "percentile"},
                                               {E::update, "update"}});
};
