#include "coldstart/kernels/timed.h"

#include <algorithm>
#include <type_traits>

#include "coldstart/core/clock.h"

namespace coldstart::kernels {

namespace {

// Cost of an operation that is judged by bandwidth: every listed tensor moves once.
Cost moves(std::initializer_list<Tensor> tensors) {
  Cost cost;
  for (const Tensor& t : tensors) cost.bytes += static_cast<double>(t.bytes());
  return cost;
}

Cost embedding_backward_cost(Tensor d_token_table, Tensor d_position_table, Tensor dx,
                             std::span<const int32_t> tokens, bool accumulate_tokens) {
  Cost cost = moves({dx, d_position_table});
  // Accumulating reads and writes one row a token; overwriting writes the whole table.
  const int64_t rows = accumulate_tokens
                           ? 2 * std::min(d_token_table.dim(0), static_cast<int64_t>(tokens.size()))
                           : d_token_table.dim(0);
  cost.bytes += static_cast<double>(rows * d_token_table.cols() * dtype_size(dx.dtype()));
  return cost;
}

}  // namespace

std::string_view op_name(Op op) {
  constexpr std::array<std::string_view, kOpCount> names = {"linear_forward",
                                                            "linear_backward_input",
                                                            "linear_backward_weight",
                                                            "matmul",
                                                            "gram",
                                                            "residual_norm_forward",
                                                            "norm_backward",
                                                            "attention_forward",
                                                            "attention_backward",
                                                            "attention_decode",
                                                            "rope",
                                                            "swiglu_forward",
                                                            "swiglu_backward",
                                                            "activation_forward",
                                                            "dropout",
                                                            "embedding_forward",
                                                            "embedding_backward",
                                                            "loss_head",
                                                            "sum_squares",
                                                            "row_dots",
                                                            "add",
                                                            "scale",
                                                            "fill",
                                                            "plain_update",
                                                            "rotate_update",
                                                            "schedule_free_update",
                                                            "momentum_mix",
                                                            "scale_rows"};
  return names[static_cast<size_t>(op)];
}

OpStats TimedKernels::total() const {
  OpStats sum;
  for (const OpStats& s : stats_) {
    sum.calls += s.calls;
    sum.elapsed_s += s.elapsed_s;
    sum.flops += s.flops;
    sum.bytes += s.bytes;
    sum.flops_spared += s.flops_spared;
  }
  return sum;
}

template <class Call>
auto TimedKernels::timed(Op op, const Cost& cost, Call&& call) {
  OpStats& stats = stats_[static_cast<size_t>(op)];
  const double start_s = now_s();
  const auto book = [&] {
    stats.elapsed_s += now_s() - start_s;
    stats.calls += 1;
    stats.flops += cost.flops;
    stats.bytes += cost.bytes;
    stats.flops_spared += cost.flops_spared;
  };
  if constexpr (std::is_void_v<decltype(call())>) {
    call();
    book();
  } else {
    const auto result = call();
    book();
    return result;
  }
}

void TimedKernels::linear_forward(Tensor y, Tensor x, Tensor w, Tensor bias, Activation act,
                                  Tensor pre) {
  timed(Op::linear_forward, linear_forward_cost(y, x, w, bias, pre),
        [&] { inner_.linear_forward(y, x, w, bias, act, pre); });
}

void TimedKernels::linear_backward_input(Tensor dx, Tensor dy, Tensor w, bool accumulate,
                                         Activation act, Tensor pre) {
  timed(Op::linear_backward_input, linear_backward_input_cost(dx, dy, w, accumulate, pre),
        [&] { inner_.linear_backward_input(dx, dy, w, accumulate, act, pre); });
}

void TimedKernels::linear_backward_weight(Tensor dw, Tensor dbias, Tensor dy, Tensor x,
                                          bool accumulate) {
  timed(Op::linear_backward_weight, linear_backward_weight_cost(dw, dbias, dy, x, accumulate),
        [&] { inner_.linear_backward_weight(dw, dbias, dy, x, accumulate); });
}

void TimedKernels::matmul(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b,
                          double alpha, double beta) {
  timed(Op::matmul, matmul_cost(c, a, transpose_a, b, beta),
        [&] { inner_.matmul(c, a, transpose_a, b, transpose_b, alpha, beta); });
}

void TimedKernels::gram(Tensor c, Tensor a, bool transpose_a, double alpha) {
  timed(Op::gram, gram_cost(c, a, transpose_a), [&] { inner_.gram(c, a, transpose_a, alpha); });
}

void TimedKernels::residual_norm_forward(Tensor sum, Tensor y, Tensor mean, Tensor rstd, Tensor x,
                                         Tensor branch, NormKind kind, Tensor gain, Tensor bias) {
  timed(Op::residual_norm_forward,
        branch ? moves({x, branch, sum, y, mean, rstd}) : moves({x, y, mean, rstd}),
        [&] { inner_.residual_norm_forward(sum, y, mean, rstd, x, branch, kind, gain, bias); });
}

void TimedKernels::norm_backward(Tensor dx, Tensor dgain, Tensor dbias, Tensor dy, Tensor x,
                                 Tensor mean, Tensor rstd, NormKind kind, Tensor gain,
                                 bool accumulate) {
  timed(Op::norm_backward,
        moves({dx, accumulate ? dx : Tensor(), dgain, dbias, dy, x, mean, rstd, gain}),
        [&] { inner_.norm_backward(dx, dgain, dbias, dy, x, mean, rstd, kind, gain, accumulate); });
}

void TimedKernels::attention_forward(Tensor out, Tensor lse, Tensor qkv,
                                     const AttentionShape& shape) {
  timed(Op::attention_forward, attention_forward_cost(qkv, out, lse, shape),
        [&] { inner_.attention_forward(out, lse, qkv, shape); });
}

void TimedKernels::attention_backward(Tensor dqkv, Tensor dout, Tensor qkv, Tensor out, Tensor lse,
                                      const AttentionShape& shape) {
  timed(Op::attention_backward, attention_backward_cost(qkv, out, lse, shape),
        [&] { inner_.attention_backward(dqkv, dout, qkv, out, lse, shape); });
}

void TimedKernels::attention_decode(Tensor out, Tensor q, Tensor k_cache, Tensor v_cache,
                                    int64_t length, const AttentionShape& shape) {
  timed(Op::attention_decode, attention_decode_cost(q, length, shape),
        [&] { inner_.attention_decode(out, q, k_cache, v_cache, length, shape); });
}

void TimedKernels::rope(Tensor qkv, const AttentionShape& shape, double theta,
                        int64_t first_position, bool backward) {
  // The q and k heads are read and written; v is not touched.
  const double heads = static_cast<double>(shape.H + shape.H_kv);
  const double share = heads / (heads + static_cast<double>(shape.H_kv));
  timed(Op::rope, {0, 2 * share * static_cast<double>(qkv.bytes())},
        [&] { inner_.rope(qkv, shape, theta, first_position, backward); });
}

void TimedKernels::swiglu_forward(Tensor h, Tensor gate_up) {
  timed(Op::swiglu_forward, moves({h, gate_up}), [&] { inner_.swiglu_forward(h, gate_up); });
}

void TimedKernels::swiglu_backward(Tensor dgate_up, Tensor dh, Tensor gate_up) {
  timed(Op::swiglu_backward, moves({dgate_up, dh, gate_up}),
        [&] { inner_.swiglu_backward(dgate_up, dh, gate_up); });
}

void TimedKernels::activation_forward(Tensor y, Tensor z, Activation act) {
  timed(Op::activation_forward, moves({y, z}), [&] { inner_.activation_forward(y, z, act); });
}

void TimedKernels::dropout(Tensor y, Tensor x, const Dropout& dropout) {
  timed(Op::dropout, moves({y, x}), [&] { inner_.dropout(y, x, dropout); });
}

void TimedKernels::embedding_forward(Tensor x, std::span<const int32_t> tokens, Tensor token_table,
                                     Tensor position_table, int64_t T, int64_t first_position) {
  // A row of each table is read for every row of x.
  timed(Op::embedding_forward, moves({x, x, position_table ? x : Tensor()}), [&] {
    inner_.embedding_forward(x, tokens, token_table, position_table, T, first_position);
  });
}

void TimedKernels::embedding_backward(Tensor d_token_table, Tensor d_position_table, Tensor dx,
                                      std::span<const int32_t> tokens, int64_t T,
                                      bool accumulate_tokens) {
  timed(Op::embedding_backward,
        embedding_backward_cost(d_token_table, d_position_table, dx, tokens, accumulate_tokens),
        [&] {
          inner_.embedding_backward(d_token_table, d_position_table, dx, tokens, T,
                                    accumulate_tokens);
        });
}

void TimedKernels::loss_head(Tensor losses, Tensor dx, Tensor dw, Tensor x, Tensor w,
                             std::span<const int32_t> targets, const LossRule& rule) {
  timed(Op::loss_head, loss_head_cost(losses, dx, x, w),
        [&] { inner_.loss_head(losses, dx, dw, x, w, targets, rule); });
}

void TimedKernels::row_dots(Tensor a, Tensor b, std::span<double> rows) {
  const bool same = a.raw() == b.raw();
  timed(Op::row_dots, same ? moves({a}) : moves({a, b}), [&] { inner_.row_dots(a, b, rows); });
}

double TimedKernels::sum_squares(Tensor x) {
  return timed(Op::sum_squares, moves({x}), [&] { return inner_.sum_squares(x); });
}

void TimedKernels::add(Tensor y, Tensor x) {
  timed(Op::add, moves({y, y, x}), [&] { inner_.add(y, x); });
}

void TimedKernels::scale(Tensor y, double factor) {
  timed(Op::scale, moves({y, y}), [&] { inner_.scale(y, factor); });
}

void TimedKernels::fill(Tensor y, double value) {
  timed(Op::fill, moves({y}), [&] { inner_.fill(y, value); });
}

double TimedKernels::plain_update(const UpdateTensors& t, const Direction& direction,
                                  const PlainStep& step, std::span<UpdateSums> rows) {
  return timed(Op::plain_update, update_cost(t),
               [&] { return inner_.plain_update(t, direction, step, rows); });
}

int64_t TimedKernels::rotate_update(const UpdateTensors& t, const Direction& direction,
                                    const Rotation& rotation, std::span<UpdateSums> rows) {
  return timed(Op::rotate_update, update_cost(t),
               [&] { return inner_.rotate_update(t, direction, rotation, rows); });
}

void TimedKernels::schedule_free_update(Tensor y, Tensor z, Tensor v, Tensor g,
                                        const ScheduleFreeStep& step, std::span<UpdateSums> rows) {
  timed(Op::schedule_free_update, moves({y, y, z, z, v, v, g}),
        [&] { inner_.schedule_free_update(y, z, v, g, step, rows); });
}

void TimedKernels::momentum_mix(Tensor out, Tensor m, Tensor g, const Direction& direction,
                                std::span<UpdateSums> rows) {
  timed(Op::momentum_mix, moves({out, m, m, g}),
        [&] { inner_.momentum_mix(out, m, g, direction, rows); });
}

void TimedKernels::scale_rows(Tensor w, std::span<const double> factors) {
  timed(Op::scale_rows, moves({w, w}), [&] { inner_.scale_rows(w, factors); });
}

}  // namespace coldstart::kernels
