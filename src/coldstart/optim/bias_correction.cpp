#include "coldstart/optim/bias_correction.h"

#include <cmath>

namespace coldstart::optim {

double correction_factor(BiasCorrectionM kind, double b, double t) {
  switch (kind) {
    case BiasCorrectionM::standard:
      return 1 / (1 - std::pow(b, t));
    case BiasCorrectionM::none:
      break;
    case BiasCorrectionM::norm_neutral:
      return 1 / std::sqrt(1 - std::pow(b, 2 * t));
    case BiasCorrectionM::inverse:
      return 1 - std::pow(b, t);
  }
  return 1;
}

double correction_factor(BiasCorrectionV kind, double b, double t) {
  switch (kind) {
    case BiasCorrectionV::standard:
      return 1 / (1 - std::pow(b, t));
    case BiasCorrectionV::none:
      break;
    case BiasCorrectionV::inverse:
      return 1 - std::pow(b, t);
  }
  return 1;
}

double correction_factor(InverseBiasCorrection kind, double b, double t) {
  switch (kind) {
    case InverseBiasCorrection::none:
      break;
    case InverseBiasCorrection::linear:
      return 1 - std::pow(b, t);
    case InverseBiasCorrection::rms:
      return std::sqrt(1 - std::pow(b, 2 * t));
  }
  return 1;
}

}  // namespace coldstart::optim
