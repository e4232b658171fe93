// ReferenceKernels: the oracle and the textbook. Naive loops, one file a family of operations, each
// opening with its maths. Every sum is taken in double and rounded once, when it is stored; the
// element type is float32 or float64. Serial, so trivially the same for any number of threads.
// Tests: tests/kernels/reference_*_test.cpp.
#pragma once

#include <string>

#include "coldstart/kernels/kernels.h"

namespace coldstart::kernels {

class ReferenceKernels final : public Kernels {
 public:
  std::string name() const override { return "reference"; }

  // linear.cpp
  void linear_forward(Tensor y, Tensor x, Tensor w, Tensor bias, Activation act,
                      Tensor pre) override;
  void linear_backward_input(Tensor dx, Tensor dy, Tensor w, bool accumulate, Activation act,
                             Tensor pre) override;
  void linear_backward_weight(Tensor dw, Tensor dbias, Tensor dy, Tensor x,
                              bool accumulate) override;
  // matmul.cpp
  void matmul(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, double alpha,
              double beta) override;
  void gram(Tensor c, Tensor a, bool transpose_a, double alpha) override;
  // norm.cpp
  void residual_norm_forward(Tensor sum, Tensor y, Tensor mean, Tensor rstd, Tensor x,
                             Tensor branch, NormKind kind, Tensor gain, Tensor bias) override;
  void norm_backward(Tensor dx, Tensor dgain, Tensor dbias, Tensor dy, Tensor x, Tensor mean,
                     Tensor rstd, NormKind kind, Tensor gain, bool accumulate) override;
  // attention.cpp
  void attention_forward(Tensor out, Tensor lse, Tensor qkv, const AttentionShape& shape) override;
  void attention_backward(Tensor dqkv, Tensor dout, Tensor qkv, Tensor out, Tensor lse,
                          const AttentionShape& shape) override;
  void attention_decode(Tensor out, Tensor q, Tensor k_cache, Tensor v_cache, int64_t length,
                        const AttentionShape& shape) override;
  // rope.cpp
  void rope(Tensor qkv, const AttentionShape& shape, double theta, int64_t first_position,
            bool backward) override;
  // activation.cpp
  void swiglu_forward(Tensor h, Tensor gate_up) override;
  void swiglu_backward(Tensor dgate_up, Tensor dh, Tensor gate_up) override;
  void activation_forward(Tensor y, Tensor z, Activation act) override;
  // dropout.cpp
  void dropout(Tensor y, Tensor x, const Dropout& dropout) override;
  // embedding.cpp
  void embedding_forward(Tensor x, std::span<const int32_t> tokens, Tensor token_table,
                         Tensor position_table, int64_t T, int64_t first_position) override;
  void embedding_backward(Tensor d_token_table, Tensor d_position_table, Tensor dx,
                          std::span<const int32_t> tokens, int64_t T,
                          bool accumulate_tokens) override;
  // loss_head.cpp
  void loss_head(Tensor losses, Tensor dx, Tensor dw, Tensor x, Tensor w,
                 std::span<const int32_t> targets, const LossRule& rule) override;
  // arena_ops.cpp
  double sum_squares(Tensor x) override;
  void row_dots(Tensor a, Tensor b, std::span<double> rows) override;
  void add(Tensor y, Tensor x) override;
  void scale(Tensor y, double factor) override;
  void fill(Tensor y, double value) override;
  // plain_update.cpp, rotate_update.cpp, schedule_free_update.cpp, momentum_mix.cpp
  double plain_update(const UpdateTensors& t, const Direction& direction, const PlainStep& step,
                      std::span<UpdateSums> rows) override;
  int64_t rotate_update(const UpdateTensors& t, const Direction& direction,
                        const Rotation& rotation, std::span<UpdateSums> rows) override;
  void schedule_free_update(Tensor y, Tensor z, Tensor v, Tensor g, const ScheduleFreeStep& step,
                            std::span<UpdateSums> rows) override;
  void momentum_mix(Tensor out, Tensor m, Tensor g, const Direction& direction,
                    std::span<UpdateSums> rows) override;
  // arena_ops.cpp
  void scale_rows(Tensor w, std::span<const double> factors) override;
};

}  // namespace coldstart::kernels
