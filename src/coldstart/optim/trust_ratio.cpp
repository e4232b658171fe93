#include "coldstart/optim/trust_ratio.h"

#include <cmath>

namespace coldstart::optim {

double lars_ratio(const StepScope& step, size_t i, double decay) {
  const Param& param = step.params[i];
  if (step.context.trust_ratio != TrustRatio::lars || !param.is_matrix()) return 1;
  const double weight = std::sqrt(step.kernels.sum_squares(param.weight));
  const double grad = step.context.grad_scale * std::sqrt(step.kernels.sum_squares(param.grad));
  const double ratio = weight / (grad + decay * weight);
  return grad > 0 && ratio > 0 && std::isfinite(ratio) ? ratio : 1;
}

}  // namespace coldstart::optim
