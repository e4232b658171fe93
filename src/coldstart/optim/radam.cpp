#include "coldstart/optim/radam.h"

#include <cmath>

namespace coldstart::optim {

double radam_rectification(double beta2, double t) {
  const double power = std::pow(beta2, t);
  const double rho_inf = 2 / (1 - beta2) - 1, rho = rho_inf - 2 * t * power / (1 - power);
  if (rho <= 4) return 0;
  return std::sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho));
}

}  // namespace coldstart::optim
