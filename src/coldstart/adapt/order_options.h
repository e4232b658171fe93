// OrderOptions: in which order and of which length a run sees its sequences, the table [order].
//
//   shuffled    a new random permutation of all windows in every epoch (default)
//
//   length      the same text in the same order, cut into shorter sequences first: attention and
//               positions see c of the context (Press et al. 2021, "Shortformer"); tokens a step
//               stay equal
//
//   score       windows drawn from the c easiest by compressibility (competence, Platanios et al.
//               2019; Bengio et al. 2009)
//
//   anti        the same from the c hardest: the control
//
//   self_paced  a sequence counts when its loss under the model is below K, so chosen that about
//               the share c of them counts (Kumar et al. 2010)
//
// c is the share of pace.h. What acts on it: data_order.h. Test: tests/train/data_order_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/adapt/pace.h"
#include "coldstart/core/enum_text.h"
#include "coldstart/core/fields.h"
#include "coldstart/core/length.h"

namespace coldstart::adapt {

enum class Curriculum : uint8_t { shuffled, length, score, anti, self_paced };

struct OrderOptions {
  Curriculum curriculum = Curriculum::shuffled;
  Length curriculum_pace = Length::of_percent(30);
  double curriculum_start = 0.25;
  int64_t curriculum_stages = 10;
  PaceShape curriculum_shape = PaceShape::linear;
  int64_t self_paced_window = 256;

  template <class V>
  void fields(V&& v) {
    v("curriculum", curriculum,
      {"order of the training data: shuffled; short contexts first (length); easy text first by a "
       "compression score (score) or hard text first (anti, the control); what the model itself "
       "finds easy (self_paced). Validation never changes"});
    v("curriculum_pace", curriculum_pace,
      {"until when the curriculum lasts: steps, data, or a share of train.steps; with a share "
       "another train.steps is another order from the first stage on",
       between(1, 1e12), "steps"});
    v("curriculum_start", curriculum_start,
      {"share of the context, of the windows or of the sequences that it begins with",
       between(1e-3, 1)});
    v("curriculum_stages", curriculum_stages,
      {"equal stages in which that share grows to 1", between(1, 1000)});
    v("curriculum_shape", curriculum_shape,
      {"how the share grows: by equal amounts, or its square (fast at first)"});
    v("self_paced_window", self_paced_window,
      {"sequences seen last whose spread of losses sets the threshold; self_paced only",
       between(8, 1e5), "sequences"});
  }
};

}  // namespace coldstart::adapt

template <>
struct coldstart::EnumText<coldstart::adapt::Curriculum> {
  using E = adapt::Curriculum;
  static constexpr auto names = enum_names<E>({{E::shuffled, "shuffled"},
                                               {E::length, "length"},
                                               {E::score, "score"},
                                               {E::anti, "anti"},
                                               {E::self_paced, "self_paced"}});
};
template <>
struct coldstart::EnumText<coldstart::adapt::PaceShape> {
  using E = adapt::PaceShape;
  static constexpr auto names = enum_names<E>({{E::linear, "linear"}, {E::root, "root"}});
};
