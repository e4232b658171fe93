// CpuKernels: the fast float32 implementation of the kernel seam.
//
// One class overrides everything; every member function is defined in the .cpp named after its
// operation (linear, matmul, loss_head, norm, attention, rope, activation, dropout, embedding,
// arena_ops, plain_update, rotate_update, schedule_free_update, momentum_mix). Matrix products go
// through gemm.h, loops through Highway with run-time dispatch, threads through parallel_for over
// fixed chunks. Test: tests/kernels/, against the reference.
#pragma once

#include "coldstart/kernels/cpu/rope_table.h"
#include "coldstart/kernels/cpu/update_tiles.h"
#include "coldstart/kernels/kernels.h"

namespace coldstart::kernels::cpu {

class CpuKernels final : public Kernels {
 public:
  std::string name() const override;

  void linear_forward(Tensor y, Tensor x, Tensor w, Tensor bias, Activation act,
                      Tensor pre) override;
  void linear_backward_input(Tensor dx, Tensor dy, Tensor w, bool accumulate, Activation act,
                             Tensor pre) override;
  void linear_backward_weight(Tensor dw, Tensor dbias, Tensor dy, Tensor x,
                              bool accumulate) override;
  void matmul(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, double alpha,
              double beta) override;
  void gram(Tensor c, Tensor a, bool transpose_a, double alpha) override;
  void loss_head(Tensor losses, Tensor dx, Tensor dw, Tensor x, Tensor w,
                 std::span<const int32_t> targets, const LossRule& rule) override;

  void residual_norm_forward(Tensor sum, Tensor y, Tensor mean, Tensor rstd, Tensor x,
                             Tensor branch, NormKind kind, Tensor gain, Tensor bias) override;
  void norm_backward(Tensor dx, Tensor dgain, Tensor dbias, Tensor dy, Tensor x, Tensor mean,
                     Tensor rstd, NormKind kind, Tensor gain, bool accumulate) override;

  void attention_forward(Tensor out, Tensor lse, Tensor qkv, const AttentionShape& shape) override;
  void attention_backward(Tensor dqkv, Tensor dout, Tensor qkv, Tensor out, Tensor lse,
                          const AttentionShape& shape) override;
  void attention_decode(Tensor out, Tensor q, Tensor k_cache, Tensor v_cache, int64_t length,
                        const AttentionShape& shape) override;
  void rope(Tensor qkv, const AttentionShape& shape, double theta, int64_t first_position,
            bool backward) override;

  void swiglu_forward(Tensor h, Tensor gate_up) override;
  void swiglu_backward(Tensor dgate_up, Tensor dh, Tensor gate_up) override;
  void activation_forward(Tensor y, Tensor z, Activation act) override;
  void dropout(Tensor y, Tensor x, const Dropout& dropout) override;

  void embedding_forward(Tensor x, std::span<const int32_t> tokens, Tensor token_table,
                         Tensor position_table, int64_t T, int64_t first_position) override;
  void embedding_backward(Tensor d_token_table, Tensor d_position_table, Tensor dx,
                          std::span<const int32_t> tokens, int64_t T,
                          bool accumulate_tokens) override;

  double sum_squares(Tensor x) override;
  void row_dots(Tensor a, Tensor b, std::span<double> rows) override;
  void add(Tensor y, Tensor x) override;
  void scale(Tensor y, double factor) override;
  void fill(Tensor y, double value) override;

  double plain_update(const UpdateTensors& t, const Direction& direction, const PlainStep& step,
                      std::span<UpdateSums> rows) override;
  int64_t rotate_update(const UpdateTensors& t, const Direction& direction,
                        const Rotation& rotation, std::span<UpdateSums> rows) override;
  void schedule_free_update(Tensor y, Tensor z, Tensor v, Tensor g, const ScheduleFreeStep& step,
                            std::span<UpdateSums> rows) override;
  void momentum_mix(Tensor out, Tensor m, Tensor g, const Direction& direction,
                    std::span<UpdateSums> rows) override;
  void scale_rows(Tensor w, std::span<const double> factors) override;

 private:
  RopeTable rope_table_;
  UpdateScratch update_scratch_;
};

}  // namespace coldstart::kernels::cpu
