#include "coldstart/kernels/timed.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/kernels/compare.h"

namespace coldstart::kernels {
namespace {

constexpr AttentionShape kShape{.B = 2, .T = 3, .H = 2, .H_kv = 1, .head_size = 4};

// Calls every operation of the seam once.
void call_everything(Workspace& ws, Kernels& k) {
  constexpr int64_t N = 6, C = 8, V = 5;
  const std::vector<int32_t> ids{0, 1, 2, 3, 4, 0};
  const Tensor x = ws.input("x", {N, C}), w = ws.input("w", {V, C}), gain = ws.input("gain", {C});
  const Tensor dy = ws.input("dy", {N, V}), pre = ws.output("pre", {N, V});
  k.linear_forward(ws.output("y", {N, V}), x, w, ws.input("b", {V}), Activation::gelu, pre);
  k.linear_backward_input(ws.in_out("dx", {N, C}), dy, w, true, Activation::relu, x);
  k.linear_backward_weight(ws.output("dw", {V, C}), ws.output("db", {V}), dy, x, false);
  k.matmul(ws.in_out("c", {V, V}), w, false, w, true, 2, 0.5);
  k.gram(ws.output("gram", {V, V}), w, false, 2);
  const Tensor mean = ws.output("mean", {N}), rstd = ws.output("rstd", {N}),
               sum = ws.output("sum", {N, C});
  k.residual_norm_forward(sum, ws.output("normed", {N, C}), mean, rstd, x, ws.input("r", {N, C}),
                          NormKind::layer, gain, ws.input("nb", {C}));
  k.norm_backward(ws.in_out("dsum", {N, C}), ws.output("dgain", {C}), ws.output("dnb", {C}), x, sum,
                  mean, rstd, NormKind::layer, gain, true);
  const Tensor qkv = ws.in_out("qkv", {N, 16}), out = ws.output("out", {N, 8}),
               lse = ws.output("lse", {2, 2, 3});
  k.rope(qkv, kShape, 100, 1, false);
  k.attention_forward(out, lse, qkv, kShape);
  k.attention_backward(ws.output("dqkv", {N, 16}), x, qkv, out, lse, kShape);
  const Tensor cache = ws.input("cache", {2, 7, 4});
  k.attention_decode(ws.output("decoded", {2, 8}), ws.input("q", {2, 8}), cache, cache, 5, kShape);
  k.swiglu_forward(ws.output("h", {N, 4}), x);
  k.swiglu_backward(ws.output("dgu", {N, 8}), ws.input("dh", {N, 4}), x);
  k.dropout(ws.output("dropped", {N, C}), x, {.rate = 0.5, .seed = 1});
  k.activation_forward(ws.output("act", {N, C}), x, Activation::leaky_relu);
  const Tensor positions = ws.input("positions", {4, C});
  k.embedding_forward(ws.output("embedded", {N, C}), ids, w, positions, 3, 1);
  k.embedding_backward(ws.in_out("dtable", {V, C}), ws.output("dpos", {4, C}), x, ids, 3, true);
  k.loss_head(ws.output("losses", {N}), ws.output("hdx", {N, C}), ws.output("hdw", {V, C}), x, w,
              ids, 0.5);
  ws.result("squares", k.sum_squares(x));
  std::vector<double> dots(N);
  k.row_dots(x, x, dots);
  ws.result("dot", dots[1]);
  k.add(ws.in_out("added", {N, C}), x);
  k.scale(ws.in_out("scaled", {N}), 3);
  k.fill(ws.output("filled", {N}), 3);
  std::vector<UpdateSums> rows(N);
  const std::vector<double> ones(N, 1.0);
  const Tensor m = ws.in_out("m", {N, C}),
               v = ws.in_out("v", {N, C}, [](double z, int64_t) { return z * z; });
  k.plain_update({.w = ws.in_out("uw", {N, C}), .g = x, .m = m, .v = v},
                 {.kind = DirectionKind::adam}, {.size = 0.1}, rows);
  ws.result("grad_sq", rows[0].grad_sq);
  ws.result("unchanged",
            static_cast<double>(k.rotate_update(
                {.w = ws.in_out("rw", {N, C}, [](double, int64_t) { return 0; }), .g = x, .m = m},
                {.kind = DirectionKind::sign}, {.angle = 0.1, .radius = ones}, rows)));
  k.schedule_free_update(ws.in_out("sy", {N, C}), ws.in_out("sz", {N, C}), v, x, {.lr = 0.1}, rows);
  k.momentum_mix(ws.output("mix", {N, C}), m, x, {}, rows);
  k.scale_rows(m, ones);
}

TEST(TimedKernels, ForwardsEveryCallUnchanged) {
  const auto inner = make_reference_kernels();
  TimedKernels timed(*inner);
  EXPECT_EQ(timed.name(), inner->name());
  Workspace direct(DType::f32), through(DType::f32);
  call_everything(direct, *inner);
  call_everything(through, timed);
  through.expect_same_bytes_as(direct);
}

TEST(TimedKernels, CountsEveryOperationOnce) {
  const auto inner = make_reference_kernels();
  TimedKernels timed(*inner);
  Workspace ws(DType::f32);
  call_everything(ws, timed);
  std::set<std::string_view> names;
  for (size_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    names.insert(op_name(op));
    EXPECT_EQ(timed.stats(op).calls, 1) << op_name(op);
    EXPECT_GE(timed.stats(op).elapsed_s, 0) << op_name(op);
    EXPECT_GT(timed.stats(op).bytes, 0) << op_name(op);
  }
  EXPECT_EQ(names.size(), kOpCount);
  EXPECT_EQ(timed.total().calls, static_cast<int64_t>(kOpCount));
  timed.reset();
  EXPECT_EQ(timed.total().calls, 0);
}

TEST(TimedKernels, BooksFlopsAndBytesOfTheCall) {
  const auto inner = make_reference_kernels();
  TimedKernels timed(*inner);
  Workspace ws(DType::f32);
  call_everything(ws, timed);
  EXPECT_EQ(timed.stats(Op::linear_forward).flops, 2 * 6 * 8 * 5);
  EXPECT_EQ(timed.stats(Op::gram).flops, 2 * 5 * 5 * 8);
  EXPECT_EQ(timed.stats(Op::gram).flops_spared, 5 * 4 * 8);
  EXPECT_EQ(timed.total().flops_spared, 5 * 4 * 8) << "the one symmetric product";
  EXPECT_EQ(timed.stats(Op::attention_forward).flops, 2 * 2 * 4 * (2 * 2 * 6));
  EXPECT_EQ(timed.stats(Op::loss_head).flops, 6 * 6 * 8 * 5);
  EXPECT_EQ(timed.stats(Op::plain_update).bytes, 28 * 48) << "28 bytes a parameter with adam";
  EXPECT_EQ(timed.stats(Op::rotate_update).bytes, 20 * 48) << "20 with a sign";
  EXPECT_EQ(timed.stats(Op::schedule_free_update).bytes, 28 * 48);
  EXPECT_EQ(timed.stats(Op::momentum_mix).bytes, 16 * 48);
  EXPECT_EQ(timed.stats(Op::row_dots).bytes, 4 * 48) << "the same tensor moves once";
  EXPECT_EQ(timed.stats(Op::scale_rows).bytes, 8 * 48);
  EXPECT_EQ(timed.stats(Op::rope).bytes, 2 * 4 * 6 * 12) << "q and k, not v";
  EXPECT_EQ(timed.stats(Op::embedding_backward).bytes, 4 * (48 + 32 + 2 * 5 * 8));
  EXPECT_EQ(timed.stats(Op::fill).flops, 0);
  const double flops = timed.stats(Op::linear_forward).flops;
  timed.linear_forward(ws["y"], ws["x"], ws["w"], Tensor(), Activation::none, Tensor());
  EXPECT_EQ(timed.stats(Op::linear_forward).calls, 2);
  EXPECT_EQ(timed.stats(Op::linear_forward).flops, 2 * flops);
}

TEST(TimedKernels, ACallThatThrowsIsNotBooked) {
  const auto inner = make_reference_kernels();
  TimedKernels timed(*inner);
  Workspace ws(DType::f32);
  const Tensor x = ws.input("x", {2, 3});
  EXPECT_THROW(timed.add(x, ws.input("y", {7})), std::logic_error);
  EXPECT_EQ(timed.stats(Op::add).calls, 0);
}

}  // namespace
}  // namespace coldstart::kernels
