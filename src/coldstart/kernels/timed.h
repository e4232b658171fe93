// TimedKernels: forwards every call to another kernel set and keeps, per operation, the number of
// calls, the seconds, and the FLOPs and bytes of cost.h. For `coldstart bench kernels` and
// `--profile`. Costs two clock readings a call (about 50 ns). Calls come from one thread, as the
// model makes them. Test: tests/kernels/timed_test.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "coldstart/kernels/cost.h"
#include "coldstart/kernels/kernels.h"

namespace coldstart::kernels {

// In the order of kernels.h, then of updates.h.
enum class Op : uint8_t {
  linear_forward,
  linear_backward_input,
  linear_backward_weight,
  matmul,
  gram,
  residual_norm_forward,
  norm_backward,
  attention_forward,
  attention_backward,
  attention_decode,
  rope,
  swiglu_forward,
  swiglu_backward,
  activation_forward,
  dropout,
  embedding_forward,
  embedding_backward,
  loss_head,
  sum_squares,
  row_dots,
  add,
  scale,
  fill,
  plain_update,
  rotate_update,
  schedule_free_update,
  momentum_mix,
  scale_rows,
};
inline constexpr size_t kOpCount = static_cast<size_t>(Op::scale_rows) + 1;
std::string_view op_name(Op op);  // "linear_forward"

struct OpStats {
  int64_t calls = 0;
  double elapsed_s = 0;
  double flops = 0;
  double bytes = 0;
  double flops_spared = 0;  // of flops

  double gflops() const { return elapsed_s > 0 ? flops / elapsed_s * 1e-9 : 0; }
  double gbytes_per_s() const { return elapsed_s > 0 ? bytes / elapsed_s * 1e-9 : 0; }
};

class TimedKernels final : public Kernels {
 public:
  explicit TimedKernels(Kernels& inner) : inner_(inner) {}  // inner must outlive this

  const OpStats& stats(Op op) const { return stats_[static_cast<size_t>(op)]; }
  OpStats total() const;
  void reset() { stats_ = {}; }

  std::string name() const override { return inner_.name(); }
  void linear_forward(Tensor y, Tensor x, Tensor w, Tensor bias, Activation act,
                      Tensor pre) override;
  void linear_backward_input(Tensor dx, Tensor dy, Tensor w, bool accumulate, Activation act,
                             Tensor pre) override;
  void linear_backward_weight(Tensor dw, Tensor dbias, Tensor dy, Tensor x,
                              bool accumulate) override;
  void matmul(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, double alpha,
              double beta) override;
  void gram(Tensor c, Tensor a, bool transpose_a, double alpha) override;
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
  void loss_head(Tensor losses, Tensor dx, Tensor dw, Tensor x, Tensor w,
                 std::span<const int32_t> targets, const LossRule& rule) override;
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
  // Runs call() and books its time and cost under op.
  template <class Call>
  auto timed(Op op, const Cost& cost, Call&& call);

  Kernels& inner_;
  std::array<OpStats, kOpCount> stats_{};
};

}  // namespace coldstart::kernels
