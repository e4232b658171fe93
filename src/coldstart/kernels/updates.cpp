#include "coldstart/kernels/updates.h"

namespace coldstart::kernels {

UpdateSums& UpdateSums::operator+=(const UpdateSums& other) {
  grad_sq += other.grad_sq;
  weight_sq += other.weight_sq;
  delta_sq += other.delta_sq;
  weight_delta += other.weight_delta;
  momentum_sq += other.momentum_sq;
  grad_momentum += other.grad_momentum;
  grad_weight += other.grad_weight;
  direction_sq += other.direction_sq;
  zero_steps += other.zero_steps;
  return *this;
}

}  // namespace coldstart::kernels
