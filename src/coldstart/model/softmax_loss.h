// Softmax and cross-entropy of few classes, from logits that are there as a whole:
//   losses[n] = logsumexp(z_n) - z_n[target_n];  dz_n = grad_scale (softmax(z_n) -
//   onehot(target_n))
// target -1: loss and gradient 0. In double, a row at a time. A GPT's head, whose logits never
// exist as a whole, has a kernel of its own. Test: tests/model/softmax_loss_test.cpp.
#pragma once

#include <cstdint>
#include <span>

#include "coldstart/tensor/tensor.h"

namespace coldstart::model {

// losses (N), logits (N, K), dlogits (N, K) or empty; targets (N), below K. Returns the sum of the
// losses, added in the order of the rows.
double softmax_loss(Tensor losses, Tensor dlogits, Tensor logits, std::span<const int32_t> targets,
                    double grad_scale);

// probabilities (N, K): softmax of each row.
void softmax(std::span<double> probabilities, Tensor logits);

}  // namespace coldstart::model
