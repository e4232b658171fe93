#include <gtest/gtest.h>

#include "tests/kernels/compare.h"
#include "tests/kernels/finite_difference.h"

namespace coldstart::kernels {
namespace {

struct Attention {
  explicit Attention(const AttentionShape& s, const Generator& value = {})
      : shape(s),
        qkv(ws.input("qkv", {s.B, s.T, s.qkv_cols()}, value)),
        out(ws.output("out", {s.B, s.T, s.out_cols()})),
        lse(ws.output("lse", {s.B, s.H, s.T})) {
    forward();
  }
  void forward() { ws.oracle().attention_forward(out, lse, qkv, shape); }

  Workspace ws{DType::f64};
  AttentionShape shape;
  Tensor qkv, out, lse;
};

TEST(ReferenceAttention, OneTokenAttendsToItself) {
  const Attention a({.B = 2, .T = 1, .H = 2, .H_kv = 1, .head_size = 3});
  for (int64_t b = 0; b < 2; ++b) {
    const int64_t q = b * 12, k = q + 6, v = q + 9;
    for (int64_t h = 0; h < 2; ++h) {
      double score = 0;
      for (int64_t i = 0; i < 3; ++i) {
        score += a.qkv.at(q + h * 3 + i) * a.qkv.at(k + i) / std::sqrt(3.0);
        EXPECT_DOUBLE_EQ(a.out.at(b * 6 + h * 3 + i), a.qkv.at(v + i));
      }
      EXPECT_DOUBLE_EQ(a.lse.at(b * 2 + h), score);
    }
  }
}

TEST(ReferenceAttention, EqualScoresAverageThePastOnly) {
  // q = 0: every score is 0, so out_t is the mean of v_0 .. v_t and lse_t = log(t + 1).
  const AttentionShape s{.B = 1, .T = 5, .H = 1, .H_kv = 1, .head_size = 2};
  const Attention a(s, [](double z, int64_t i) { return i % 6 < 2 ? 0 : z; });
  double sum = 0;
  for (int64_t t = 0; t < s.T; ++t) {
    sum += a.qkv.at(t * 6 + 4);
    EXPECT_NEAR(a.out.at(t * 2), sum / static_cast<double>(t + 1), 1e-14);
    EXPECT_NEAR(a.lse.at(t), std::log(static_cast<double>(t + 1)), 1e-14);
  }
}

TEST(ReferenceAttention, QueryHeadsOfAGroupShareKeysAndValues) {
  // H_kv = 2 of H = 4 equals H_kv = 4 with every key and value head written twice.
  const AttentionShape grouped{.B = 2, .T = 3, .H = 4, .H_kv = 2, .head_size = 2};
  const AttentionShape full{.B = 2, .T = 3, .H = 4, .H_kv = 4, .head_size = 2};
  const Attention a(grouped);
  const Attention b(full, [&](double, int64_t i) {
    const int64_t row = i / full.qkv_cols(), col = i % full.qkv_cols(), head = col / 2;
    const int64_t source = head < 4 ? head : head < 8 ? 4 + (head - 4) / 2 : 6 + (head - 8) / 2;
    return a.qkv.at(row * grouped.qkv_cols() + source * 2 + col % 2);
  });
  for (int64_t i = 0; i < a.out.size(); ++i) EXPECT_DOUBLE_EQ(a.out.at(i), b.out.at(i));
}

TEST(ReferenceAttention, BackwardAgreesWithFiniteDifferences) {
  for (const AttentionShape& s :
       {AttentionShape{.B = 2, .T = 5, .H = 2, .H_kv = 2, .head_size = 3},
        AttentionShape{.B = 1, .T = 6, .H = 4, .H_kv = 2, .head_size = 2},
        AttentionShape{.B = 1, .T = 4, .H = 3, .H_kv = 1, .head_size = 4}}) {
    Attention a(s);
    const Tensor dout = a.ws.input("dout", {s.B, s.T, s.out_cols()});
    const Tensor dqkv = a.ws.output("dqkv", {s.B, s.T, s.qkv_cols()});
    a.ws.oracle().attention_backward(dqkv, dout, a.qkv, a.out, a.lse, s);
    expect_gradient("qkv", a.qkv, dqkv, [&] {
      a.forward();
      return weighted_sum(a.out, dout);
    });
  }
}

TEST(ReferenceAttention, BackwardOfOneTokenMovesOnlyTheValue) {
  Attention a({.B = 1, .T = 1, .H = 2, .H_kv = 1, .head_size = 2});
  const Tensor dout = a.ws.input("dout", {1, 1, 4}), dqkv = a.ws.output("dqkv", {1, 1, 8});
  a.ws.oracle().attention_backward(dqkv, dout, a.qkv, a.out, a.lse, a.shape);
  for (int64_t i = 0; i < 6; ++i) EXPECT_NEAR(dqkv.at(i), 0, 1e-15);
  for (int64_t i = 0; i < 2; ++i) EXPECT_DOUBLE_EQ(dqkv.at(6 + i), dout.at(i) + dout.at(2 + i));
}

TEST(ReferenceAttention, DecodeEqualsTheLastRowOfForward) {
  const AttentionShape s{.B = 2, .T = 7, .H = 4, .H_kv = 2, .head_size = 3};
  Attention a(s);
  const int64_t kv = s.H_kv * s.head_size, q_cols = s.out_cols(), capacity = 9;
  // Positions beyond the length hold NaN and must not count.
  const auto cached = [&](int64_t first_col) {
    return [&, first_col](double, int64_t i) {
      const int64_t b = i / (capacity * kv), t = i / kv % capacity;
      return t < s.T ? a.qkv.at((b * s.T + t) * s.qkv_cols() + first_col + i % kv) : std::nan("");
    };
  };
  const Tensor k_cache = a.ws.input("k_cache", {s.B, capacity, kv}, cached(q_cols));
  const Tensor v_cache = a.ws.input("v_cache", {s.B, capacity, kv}, cached(q_cols + kv));
  const Tensor q = a.ws.input("q", {s.B, q_cols}, [&](double, int64_t i) {
    return a.qkv.at((i / q_cols * s.T + s.T - 1) * s.qkv_cols() + i % q_cols);
  });
  const Tensor out = a.ws.output("decoded", {s.B, q_cols});
  a.ws.oracle().attention_decode(out, q, k_cache, v_cache, s.T, s);
  for (int64_t i = 0; i < out.size(); ++i) {
    EXPECT_DOUBLE_EQ(out.at(i), a.out.at((i / q_cols * s.T + s.T - 1) * q_cols + i % q_cols));
  }
}

}  // namespace
}  // namespace coldstart::kernels
