#include "coldstart/optim/rrc_scale.h"

#include <cmath>

namespace coldstart::optim {

// Each form is a ratio of two functions linear in phi; where phi is infinite, that of their slopes.
double rrc_scale(RrcForm form, double phi, double B, double C) {
  const bool infinite = std::isinf(phi);
  switch (form) {
    case RrcForm::none:
      break;
    case RrcForm::exact:
      return infinite ? 1 / std::sqrt(B) : std::sqrt((1 + phi) / (1 + B * phi));
    case RrcForm::simple:
      return infinite ? 0 : 1 / std::sqrt(1 + B * phi);
    case RrcForm::dimension: {
      const double floor = 1 / B + 1 / C;
      return infinite ? std::sqrt(floor) : std::sqrt(floor * (1 + phi) / (phi + floor));
    }
  }
  return 1;
}

}  // namespace coldstart::optim
