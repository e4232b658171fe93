// Cost of a kernel call in theory: floating-point operations and bytes, for GFLOPS and GB/s.
//
// FLOPs count the matrix products only, two a multiply-add, as the textbook has them: everything
// around them is judged by bandwidth and counts 0. Of a product that is known to be symmetric the
// textbook's whole count stands in flops, the half that need not be done in flops_spared as well.
// Bytes count every tensor once where it is read and once where it is
// written, as if the caches were infinite; so a kernel cannot look good by reading twice.
// Test: tests/kernels/cost_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/kernels/kernels.h"

namespace coldstart::kernels {

struct Cost {
  double flops = 0;
  double bytes = 0;
  double flops_spared = 0;  // of flops: what symmetry makes unnecessary
  bool operator==(const Cost&) const = default;
};

// 2 N C K each, for x (N, C), w (K, C), y (N, K).
Cost linear_forward_cost(Tensor y, Tensor x, Tensor w, Tensor bias, Tensor pre);
Cost linear_backward_input_cost(Tensor dx, Tensor dy, Tensor w, bool accumulate, Tensor pre);
Cost linear_backward_weight_cost(Tensor dw, Tensor dbias, Tensor dy, Tensor x, bool accumulate);
// 2 M N K for c (M, N) and sums of length K.
Cost matmul_cost(Tensor c, Tensor a, bool transpose_a, Tensor b, double beta);
// 2 N N K, of which N (N - 1) K are spared.
Cost gram_cost(Tensor c, Tensor a, bool transpose_a);

// Causal: B H T (T + 1) / 2 pairs of query and key; a product over the head size is 2 hs a pair.
// Forward has 2 products (scores, output); backward 5 (scores again, dv, dp, dq, dk).
Cost attention_forward_cost(Tensor qkv, Tensor out, Tensor lse, const AttentionShape& shape);
Cost attention_backward_cost(Tensor qkv, Tensor out, Tensor lse, const AttentionShape& shape);
// One query a sequence against `length` keys: 4 B H hs length.
Cost attention_decode_cost(Tensor q, int64_t length, const AttentionShape& shape);

// 2 N C V for the logits, 6 N C V with gradients.
Cost loss_head_cost(Tensor losses, Tensor dx, Tensor x, Tensor w);

// An optimizer's update reads and writes w, m and v and reads g and a given direction: a parameter
// in float32 costs 20 bytes with a momentum or a sign, 28 with adam, 16 with a given direction.
Cost update_cost(const UpdateTensors& t);

}  // namespace coldstart::kernels
