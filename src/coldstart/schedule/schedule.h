// Schedule: the learning rate as a function of the step; a value that is compared, printed, stored
// and extended.
//
// Three phases: warmup W, hold H, decay D; total = W + H + D steps, step counts from 0.
//   warmup  lr = base * (step+1)/W      (first = one, the default: the first step has factor 1/W,
//   no batch is wasted)
//           lr = base * step/W          (first = zero, the form of nanoGPT: the first step has rate
//           0)
//   hold    lr = base
//   decay   j = 0..D-1 with step = W+H+j:   lr = base * (r + (1-r) * s(j/D)),   r = final_ratio
//           linear s(p) = 1-p,  cosine s(p) = (1+cos(pi p))/2 : the rate reaches base * r at step
//           total(), just after the last one, so that a decay to 0 wastes no step
// Steps at or beyond total() keep the final rate. W = 0: no warmup; D = 0: constant.
// WarmupMode says how a length given by the user became W + H + D: `inside` takes W out of the
// total, `prepend` adds it (tuning playbook, "Determining the number of steps"; both are printed).
// Test: tests/schedule/schedule_test.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "coldstart/core/enum_text.h"
#include "coldstart/core/fields.h"

namespace coldstart::schedule {

enum class WarmupMode : uint8_t { inside, prepend };
enum class WarmupFirst : uint8_t { one, zero };
enum class DecayShape : uint8_t { none, linear, cosine };

struct Schedule {
  int64_t warmup = 0, hold = 0, decay = 0;  // steps
  WarmupMode mode = WarmupMode::inside;
  WarmupFirst first = WarmupFirst::one;
  DecayShape shape = DecayShape::linear;
  double base = 0;         // peak learning rate
  double final_ratio = 0;  // final rate / base

  int64_t total() const { return warmup + hold + decay; }
  double factor(int64_t step) const;  // lr(step) / base
  double lr(int64_t step) const { return base * factor(step); }
  double area(int64_t from, int64_t to) const;  // sum of lr over [from, to)
  bool operator==(const Schedule&) const = default;

  // For checkpoints and records; names and meaning as above.
  template <class V>
  void fields(V&& v) {
    v("warmup", warmup, {"warmup", at_least(0), "steps"});
    v("hold", hold, {"constant rate", at_least(0), "steps"});
    v("decay", decay, {"decay", at_least(0), "steps"});
    v("mode", mode, {"warmup taken out of the total, or added to it"});
    v("first", first, {"factor of the first warmup step: one = 1/W, zero = 0"});
    v("shape", shape, {"shape of the decay"});
    v("base", base, {"peak learning rate", at_least(0)});
    v("final_ratio", final_ratio, {"final rate / peak rate", between(0, 1)});
  }
};

std::string describe(const Schedule& schedule);  // "100 warmup (inside) + 400 hold + 500 linear
                                                 // decay to 0, peak 1e-3"

}  // namespace coldstart::schedule

template <>
struct coldstart::EnumText<coldstart::schedule::WarmupMode> {
  using E = schedule::WarmupMode;
  static constexpr auto names = enum_names<E>({{E::inside, "inside"}, {E::prepend, "prepend"}});
};
template <>
struct coldstart::EnumText<coldstart::schedule::WarmupFirst> {
  using E = schedule::WarmupFirst;
  static constexpr auto names = enum_names<E>({{E::one, "one"}, {E::zero, "zero"}});
};
template <>
struct coldstart::EnumText<coldstart::schedule::DecayShape> {
  using E = schedule::DecayShape;
  static constexpr auto names =
      enum_names<E>({{E::none, "none"}, {E::linear, "linear"}, {E::cosine, "cosine"}});
};
