// s(phi, B): what an update is multiplied by so that the relative change of representations (RRC)
// stays at its noise-dominated value, however much the samples of a batch agree.
//
//   exact      sqrt((1 + phi) / (1 + B phi))
//   simple     1 / sqrt(1 + B phi)
//   dimension  sqrt((1/B + 1/C)(1 + phi) / (phi + 1/B + 1/C)), C the fan-in of the matrix
//   none       1
// phi is the signal-to-noise ratio |E g|^2 / E|g - E g|^2 of one sample's gradient (0 to infinity),
// B the number of samples in a batch. Derived for normalised gradient descent on a dot product; it
// falls with phi, more so for larger B, from about phi = 1/B on, as reported by Kosson, Messmer &
// Jaggi (NeurIPS 2024), whose own formula is not public. Test: tests/optim/rrc_scale_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/core/enum_text.h"

namespace coldstart::optim {

enum class RrcForm : uint8_t { none, exact, simple, dimension };

double rrc_scale(RrcForm form, double phi, double B, double C);  // C is read by `dimension` only

}  // namespace coldstart::optim

template <>
struct coldstart::EnumText<coldstart::optim::RrcForm> {
  using E = optim::RrcForm;
  static constexpr auto names = enum_names<E>(
      {{E::none, "none"}, {E::exact, "exact"}, {E::simple, "simple"}, {E::dimension, "dimension"}});
};
