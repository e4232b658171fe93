#include "coldstart/kernels/cost.h"

namespace coldstart::kernels {

namespace {

double numbers(const Tensor& t) { return static_cast<double>(t.size()); }

double bytes(const Tensor& t) { return static_cast<double>(t.bytes()); }

// A result: written, and read first when it is added to.
double result_bytes(const Tensor& t, bool accumulate) { return (accumulate ? 2 : 1) * bytes(t); }

double causal_pairs(const AttentionShape& s) {
  return static_cast<double>(s.B * s.H) * static_cast<double>(s.T * (s.T + 1)) / 2;
}

}  // namespace

Cost linear_forward_cost(Tensor y, Tensor x, Tensor w, Tensor bias, Tensor pre) {
  return {2 * numbers(x) * static_cast<double>(w.dim(0)),
          bytes(x) + bytes(w) + bytes(bias) + bytes(y) + bytes(pre)};
}

Cost linear_backward_input_cost(Tensor dx, Tensor dy, Tensor w, bool accumulate, Tensor pre) {
  return {2 * numbers(dx) * static_cast<double>(w.dim(0)),
          bytes(dy) + bytes(w) + bytes(pre) + result_bytes(dx, accumulate)};
}

Cost linear_backward_weight_cost(Tensor dw, Tensor dbias, Tensor dy, Tensor x, bool accumulate) {
  return {2 * numbers(x) * static_cast<double>(dw.dim(0)),
          bytes(dy) + bytes(x) + result_bytes(dw, accumulate) + result_bytes(dbias, accumulate)};
}

Cost matmul_cost(Tensor c, Tensor a, bool transpose_a, Tensor b, double beta) {
  const int64_t length = a.dim(transpose_a ? 0 : 1);
  return {2 * numbers(c) * static_cast<double>(length),
          bytes(a) + bytes(b) + result_bytes(c, beta != 0)};
}

Cost gram_cost(Tensor c, Tensor a, bool transpose_a) {
  const double N = static_cast<double>(c.dim(0));
  const double K = static_cast<double>(a.dim(transpose_a ? 0 : 1));
  return {.flops = 2 * N * N * K, .bytes = bytes(a) + bytes(c), .flops_spared = N * (N - 1) * K};
}

Cost attention_forward_cost(Tensor qkv, Tensor out, Tensor lse, const AttentionShape& shape) {
  return {2 * 2 * static_cast<double>(shape.head_size) * causal_pairs(shape),
          bytes(qkv) + bytes(out) + bytes(lse)};
}

Cost attention_backward_cost(Tensor qkv, Tensor out, Tensor lse, const AttentionShape& shape) {
  // dqkv is as large as qkv, dout as out.
  return {5 * 2 * static_cast<double>(shape.head_size) * causal_pairs(shape),
          2 * bytes(qkv) + 2 * bytes(out) + bytes(lse)};
}

Cost attention_decode_cost(Tensor q, int64_t length, const AttentionShape& shape) {
  const double pairs = static_cast<double>(shape.B * shape.H * length);
  const double cached = static_cast<double>(shape.B * shape.H_kv * shape.head_size * length);
  return {2 * 2 * static_cast<double>(shape.head_size) * pairs,
          2 * bytes(q) + 2 * cached * static_cast<double>(dtype_size(q.dtype()))};
}

Cost loss_head_cost(Tensor losses, Tensor dx, Tensor x, Tensor w) {
  const double product = 2 * numbers(x) * static_cast<double>(w.dim(0));
  const double once = bytes(x) + bytes(w);
  return dx ? Cost{3 * product, 2 * once + bytes(losses)} : Cost{product, once + bytes(losses)};
}

Cost update_cost(const UpdateTensors& t) {
  Cost cost;
  for (const Tensor& x : {t.w, t.w, t.m, t.m, t.v, t.v, t.g, t.direction}) {
    cost.bytes += bytes(x);
  }
  return cost;
}

}  // namespace coldstart::kernels
