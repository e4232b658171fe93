// Shape checks of the kernel seam, shared by every implementation: one function an operation
// family, which refuses wrong shapes, mixed element types and missing tensors (programmer errors)
// and returns the sizes that the loops need. Tests: the Refuses* cases of
// tests/kernels/reference_*_test.cpp.
#pragma once

#include <cstdint>
#include <span>

#include "coldstart/kernels/kernels.h"

namespace coldstart::kernels {

struct LinearShape {
  int64_t N = 0, C = 0, K = 0;  // rows, inputs, outputs
};
LinearShape check_linear_forward(Tensor y, Tensor x, Tensor w, Tensor bias, Tensor pre);
LinearShape check_linear_backward_input(Tensor dx, Tensor dy, Tensor w, Activation act, Tensor pre);
LinearShape check_linear_backward_weight(Tensor dw, Tensor dbias, Tensor dy, Tensor x);

struct MatmulShape {
  int64_t M = 0, N = 0, K = 0;  // c (M, N), K = length of the sums
};
MatmulShape check_matmul(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b);
struct GramShape {
  int64_t N = 0, K = 0;  // c (N, N), K = length of the sums
};
GramShape check_gram(Tensor c, Tensor a, bool transpose_a);

struct RowsShape {
  int64_t N = 0, C = 0;
};
RowsShape check_residual_norm_forward(Tensor sum, Tensor y, Tensor mean, Tensor rstd, Tensor x,
                                      Tensor branch, NormKind kind, Tensor gain, Tensor bias);
RowsShape check_norm_backward(Tensor dx, Tensor dgain, Tensor dbias, Tensor dy, Tensor x,
                              Tensor mean, Tensor rstd, NormKind kind, Tensor gain);

void check_attention_forward(Tensor out, Tensor lse, Tensor qkv, const AttentionShape& shape);
void check_attention_backward(Tensor dqkv, Tensor dout, Tensor qkv, Tensor out, Tensor lse,
                              const AttentionShape& shape);
// Returns the capacity of the caches in positions.
int64_t check_attention_decode(Tensor out, Tensor q, Tensor k_cache, Tensor v_cache, int64_t length,
                               const AttentionShape& shape);
void check_rope(Tensor qkv, const AttentionShape& shape, double theta, int64_t first_position);

// Both return N rows of F columns: gate_up has 2F.
RowsShape check_swiglu_forward(Tensor h, Tensor gate_up);
RowsShape check_swiglu_backward(Tensor dgate_up, Tensor dh, Tensor gate_up);

RowsShape check_embedding_forward(Tensor x, std::span<const int32_t> tokens, Tensor token_table,
                                  Tensor position_table, int64_t T, int64_t first_position);
RowsShape check_embedding_backward(Tensor d_token_table, Tensor d_position_table, Tensor dx,
                                   std::span<const int32_t> tokens, int64_t T);

struct LossHeadShape {
  int64_t N = 0, C = 0, V = 0;
  bool gradients = false;
};
LossHeadShape check_loss_head(Tensor losses, Tensor dx, Tensor dw, Tensor x, Tensor w,
                              std::span<const int32_t> targets);

// Rows of x are those of its first axis.
RowsShape check_dropout(Tensor y, Tensor x, const Dropout& dropout);

// All tensors have the same number of elements, which is returned, and one element type.
int64_t check_elementwise(Tensor first, Tensor second);
// The same, and one number a row; a vector is one row.
RowsShape check_row_dots(Tensor a, Tensor b, std::span<const double> rows);

// The updates: N rows of C weights. Tensors a direction does not use must be absent.
RowsShape check_plain_update(const UpdateTensors& t, const Direction& direction,
                             const PlainStep& step, std::span<const UpdateSums> rows);
RowsShape check_rotate_update(const UpdateTensors& t, const Direction& direction,
                              const Rotation& rotation, std::span<const UpdateSums> rows);
RowsShape check_schedule_free_update(Tensor y, Tensor z, Tensor v, Tensor g,
                                     std::span<const UpdateSums> rows);
RowsShape check_momentum_mix(Tensor out, Tensor m, Tensor g, const Direction& direction,
                             std::span<const UpdateSums> rows);
RowsShape check_scale_rows(Tensor w, std::span<const double> factors);

}  // namespace coldstart::kernels
