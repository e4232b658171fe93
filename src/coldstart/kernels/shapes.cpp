#include "coldstart/kernels/shapes.h"

#include <initializer_list>

#include "coldstart/kernels/expect.h"

namespace coldstart::kernels {

namespace {

void check_attention_shape(const AttentionShape& s) {
  COLDSTART_CHECK(s.B >= 1 && s.T >= 1 && s.H >= 1 && s.H_kv >= 1 && s.head_size >= 1,
                  "attention needs positive sizes; got B {} T {} H {} H_kv {} head_size {}", s.B,
                  s.T, s.H, s.H_kv, s.head_size);
  COLDSTART_CHECK(s.dropout.rate >= 0 && s.dropout.rate < 1, "a dropout rate of {}",
                  s.dropout.rate);
  COLDSTART_CHECK(s.H % s.H_kv == 0, "{} query heads are no multiple of {} key and value heads",
                  s.H, s.H_kv);
}

void check_ids(const char* name, std::span<const int32_t> ids, int64_t lowest, int64_t size) {
  for (const int32_t id : ids) {
    COLDSTART_CHECK(id >= lowest && id < size, "{} {} is outside {}..{}", name, id, lowest,
                    size - 1);
  }
}

}  // namespace

LinearShape check_linear_forward(Tensor y, Tensor x, Tensor w, Tensor bias, Tensor pre) {
  const RowsShape in = rows_of("x", x), weight = matrix_of("w", w);
  expect("w", w, x, weight.N, in.C);
  expect("y", y, x, in.N, weight.N);
  if (bias) expect_vector("bias", bias, x, weight.N);
  if (pre) expect("pre", pre, x, in.N, weight.N);
  return {in.N, in.C, weight.N};
}

LinearShape check_linear_backward_input(Tensor dx, Tensor dy, Tensor w, Activation act,
                                        Tensor pre) {
  const RowsShape out = rows_of("dy", dy), weight = matrix_of("w", w);
  expect("w", w, dy, out.C, weight.C);
  expect("dx", dx, dy, out.N, weight.C);
  if (act == Activation::none) {
    expect_absent("pre", pre);
  } else {
    expect("pre", pre, dy, out.N, weight.C);
  }
  return {out.N, weight.C, out.C};
}

LinearShape check_linear_backward_weight(Tensor dw, Tensor dbias, Tensor dy, Tensor x) {
  const RowsShape in = rows_of("x", x), out = rows_of("dy", dy);
  expect("dy", dy, x, in.N, out.C);
  expect("dw", dw, x, out.C, in.C);
  if (dbias) expect_vector("dbias", dbias, x, out.C);
  return {in.N, in.C, out.C};
}

MatmulShape check_matmul(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b) {
  const RowsShape am = matrix_of("a", a), bm = matrix_of("b", b);
  const int64_t M = transpose_a ? am.C : am.N;
  const int64_t K = transpose_a ? am.N : am.C;
  const int64_t N = transpose_b ? bm.N : bm.C;
  expect("b", b, a, transpose_b ? N : K, transpose_b ? K : N);
  expect("c", c, a, M, N);
  return {M, N, K};
}

GramShape check_gram(Tensor c, Tensor a, bool transpose_a) {
  const RowsShape am = matrix_of("a", a);
  const int64_t N = transpose_a ? am.C : am.N;
  expect("c", c, a, N, N);
  return {N, transpose_a ? am.N : am.C};
}

RowsShape check_residual_norm_forward(Tensor sum, Tensor y, Tensor mean, Tensor rstd, Tensor x,
                                      Tensor branch, NormKind kind, Tensor gain, Tensor bias) {
  const RowsShape s = rows_of("x", x);
  if (branch) {
    expect("branch", branch, x, s.N, s.C);
    expect("sum", sum, x, s.N, s.C);
  }
  expect("y", y, x, s.N, s.C);
  if (kind == NormKind::layer) expect_vector("mean", mean, x, s.N);
  if (kind == NormKind::rms) expect_absent("bias", bias);
  expect_vector("rstd", rstd, x, s.N);
  expect_vector("gain", gain, x, s.C);
  if (bias) expect_vector("bias", bias, x, s.C);
  return s;
}

RowsShape check_norm_backward(Tensor dx, Tensor dgain, Tensor dbias, Tensor dy, Tensor x,
                              Tensor mean, Tensor rstd, NormKind kind, Tensor gain) {
  const RowsShape s = rows_of("x", x);
  expect("dx", dx, x, s.N, s.C);
  expect("dy", dy, x, s.N, s.C);
  if (kind == NormKind::layer) expect_vector("mean", mean, x, s.N);
  if (kind == NormKind::rms) expect_absent("dbias", dbias);
  expect_vector("rstd", rstd, x, s.N);
  expect_vector("gain", gain, x, s.C);
  expect_vector("dgain", dgain, x, s.C);
  if (dbias) expect_vector("dbias", dbias, x, s.C);
  return s;
}

void check_attention_forward(Tensor out, Tensor lse, Tensor qkv, const AttentionShape& shape) {
  check_attention_shape(shape);
  const int64_t N = shape.B * shape.T;
  expect("qkv", qkv, out, N, shape.qkv_cols());
  expect("out", out, qkv, N, shape.out_cols());
  expect_vector("lse", lse, qkv, N * shape.H);
}

void check_attention_backward(Tensor dqkv, Tensor dout, Tensor qkv, Tensor out, Tensor lse,
                              const AttentionShape& shape) {
  check_attention_forward(out, lse, qkv, shape);
  expect("dqkv", dqkv, qkv, shape.B * shape.T, shape.qkv_cols());
  expect("dout", dout, qkv, shape.B * shape.T, shape.out_cols());
}

int64_t check_attention_decode(Tensor out, Tensor q, Tensor k_cache, Tensor v_cache, int64_t length,
                               const AttentionShape& shape) {
  check_attention_shape(shape);
  expect("q", q, out, shape.B, shape.out_cols());
  expect("out", out, q, shape.B, shape.out_cols());
  COLDSTART_CHECK(k_cache.rank() == 3, "k_cache is {}, expected rank 3", k_cache.shape_text());
  const int64_t capacity = k_cache.dim(1);
  expect("k_cache", k_cache, q, shape.B * capacity, shape.H_kv * shape.head_size);
  expect("v_cache", v_cache, q, shape.B * capacity, shape.H_kv * shape.head_size);
  COLDSTART_CHECK(length >= 1 && length <= capacity, "{} cached positions of {}", length, capacity);
  return capacity;
}

void check_rope(Tensor qkv, const AttentionShape& shape, double theta, int64_t first_position) {
  check_attention_shape(shape);
  COLDSTART_CHECK(shape.head_size % 2 == 0, "rope needs an even head size, got {}",
                  shape.head_size);
  COLDSTART_CHECK(theta > 0 && first_position >= 0, "rope with theta {} and first position {}",
                  theta, first_position);
  expect("qkv", qkv, qkv, shape.B * shape.T, shape.qkv_cols());
}

RowsShape check_swiglu_forward(Tensor h, Tensor gate_up) {
  const RowsShape s = rows_of("h", h);
  expect("gate_up", gate_up, h, s.N, 2 * s.C);
  return s;
}

RowsShape check_swiglu_backward(Tensor dgate_up, Tensor dh, Tensor gate_up) {
  const RowsShape s = check_swiglu_forward(dh, gate_up);
  expect("dgate_up", dgate_up, dh, s.N, 2 * s.C);
  return s;
}

RowsShape check_embedding_forward(Tensor x, std::span<const int32_t> tokens, Tensor token_table,
                                  Tensor position_table, int64_t T, int64_t first_position) {
  const int64_t N = static_cast<int64_t>(tokens.size());
  const RowsShape table = matrix_of("token_table", token_table);
  expect("x", x, token_table, N, table.C);
  COLDSTART_CHECK(T >= 1 && N % T == 0, "{} tokens are no whole number of sequences of {}", N, T);
  if (position_table) {
    expect("position_table", position_table, x, position_table.dim(0), table.C);
    COLDSTART_CHECK(first_position >= 0 && first_position + T <= position_table.dim(0),
                    "positions {}..{} of a table of {}", first_position, first_position + T - 1,
                    position_table.dim(0));
  }
  check_ids("token", tokens, 0, table.N);
  return {N, table.C};
}

RowsShape check_embedding_backward(Tensor d_token_table, Tensor d_position_table, Tensor dx,
                                   std::span<const int32_t> tokens, int64_t T) {
  return check_embedding_forward(dx, tokens, d_token_table, d_position_table, T, 0);
}

LossHeadShape check_loss_head(Tensor losses, Tensor dx, Tensor dw, Tensor x, Tensor w,
                              std::span<const int32_t> targets) {
  const RowsShape in = rows_of("x", x), weight = matrix_of("w", w);
  expect("w", w, x, weight.N, in.C);
  expect_vector("losses", losses, x, in.N);
  COLDSTART_CHECK(static_cast<int64_t>(targets.size()) == in.N, "{} targets for {} rows",
                  targets.size(), in.N);
  COLDSTART_CHECK(dx.empty() == dw.empty(), "dx and dw are asked for together or not at all");
  if (dx) {
    expect("dx", dx, x, in.N, in.C);
    expect("dw", dw, x, weight.N, in.C);
  }
  check_ids("target", targets, -1, weight.N);
  return {in.N, in.C, weight.N, !dx.empty()};
}

RowsShape check_dropout(Tensor y, Tensor x, const Dropout& dropout) {
  COLDSTART_CHECK(dropout.rate >= 0 && dropout.rate < 1, "a dropout rate of {}", dropout.rate);
  COLDSTART_CHECK(x.rank() >= 1 && x.dim(0) >= 1, "x is {}, expected rows", x.shape_text());
  const int64_t size = check_elementwise(y, x);
  return {x.dim(0), size / x.dim(0)};
}

int64_t check_elementwise(Tensor first, Tensor second) {
  expect_vector("second", second, first, first.size());
  return first.size();
}

}  // namespace coldstart::kernels
