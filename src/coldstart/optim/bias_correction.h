// Bias corrections of the first steps: what a moment that starts at 0 is multiplied by. t is the
// number of the step, from 1; b the moment's decay.
//
// On a moment (AdamW):  standard 1/(1-b^t)   none 1   inverse 1-b^t
//                       norm_neutral 1/sqrt(1-b^(2t)): for independent gradients the update then
//                       has its final size from the first step on
// On a whole update (LionA: the step, LionAR: the angle), f_t of "inverse bias correction": a sign
// or any normalised average takes full steps from t = 1, so early gradients count too often.
//                       none 1   linear 1-b^t   rms sqrt(1-b^(2t))
// With `linear` every gradient counts once where gradients agree, with `rms` where they are
// independent. The corrections of AdamW: Kingma & Ba 2015. The inverse ones follow Kosson, Messmer
// & Jaggi (NeurIPS 2024), whose formula is not public: assumed. Test:
// tests/optim/bias_correction_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/core/enum_text.h"

namespace coldstart::optim {

enum class BiasCorrectionM : uint8_t { standard, none, norm_neutral, inverse };
enum class BiasCorrectionV : uint8_t { standard, none, inverse };
enum class InverseBiasCorrection : uint8_t { none, linear, rms };

double correction_factor(BiasCorrectionM kind, double b, double t);
double correction_factor(BiasCorrectionV kind, double b, double t);
double correction_factor(InverseBiasCorrection kind, double b, double t);  // f_t

}  // namespace coldstart::optim

template <>
struct coldstart::EnumText<coldstart::optim::BiasCorrectionM> {
  using E = optim::BiasCorrectionM;
  static constexpr auto names = enum_names<E>({{E::standard, "standard"},
                                               {E::none, "none"},
                                               {E::norm_neutral, "norm_neutral"},
                                               {E::inverse, "inverse"}});
};
template <>
struct coldstart::EnumText<coldstart::optim::BiasCorrectionV> {
  using E = optim::BiasCorrectionV;
  static constexpr auto names =
      enum_names<E>({{E::standard, "standard"}, {E::none, "none"}, {E::inverse, "inverse"}});
};
template <>
struct coldstart::EnumText<coldstart::optim::InverseBiasCorrection> {
  using E = optim::InverseBiasCorrection;
  static constexpr auto names =
      enum_names<E>({{E::none, "none"}, {E::linear, "linear"}, {E::rms, "rms"}});
};
