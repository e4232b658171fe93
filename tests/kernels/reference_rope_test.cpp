#include <gtest/gtest.h>

#include "tests/kernels/compare.h"

namespace coldstart::kernels {
namespace {

constexpr AttentionShape kShape{.B = 2, .T = 5, .H = 2, .H_kv = 1, .head_size = 6};

TEST(ReferenceRope, BackwardUndoesForwardAndValuesAreUntouched) {
  Workspace ws(DType::f64);
  const Tensor before = ws.input("qkv", {2, 5, 24});
  Workspace copy(DType::f64);
  const Tensor qkv = copy.in_out("qkv", {2, 5, 24});
  copy.oracle().rope(qkv, kShape, 10000, 3, false);
  for (int64_t row = 0; row < 10; ++row) {
    for (int64_t i = 18; i < 24; ++i) EXPECT_EQ(qkv.at(row * 24 + i), before.at(row * 24 + i));
  }
  EXPECT_NE(qkv.at(0), before.at(0));
  copy.oracle().rope(qkv, kShape, 10000, 3, true);
  for (int64_t i = 0; i < qkv.size(); ++i) EXPECT_NEAR(qkv.at(i), before.at(i), 1e-14);
}

TEST(ReferenceRope, RotatesPairsByPositionTimesFrequency) {
  Workspace ws(DType::f64);
  const AttentionShape s{.B = 1, .T = 2, .H = 1, .H_kv = 1, .head_size = 4};
  const Tensor qkv = ws.in_out("qkv", {1, 2, 12}, [](double, int64_t i) {
    return i % 4 < 2 ? 1 : 0;  // every pair is (1, 0)
  });
  ws.oracle().rope(qkv, s, 100, 0, false);
  EXPECT_EQ(qkv.at(0), 1);  // position 0 does not turn
  EXPECT_EQ(qkv.at(2), 0);
  for (const int64_t head : {12, 16}) {  // q and k at position 1
    EXPECT_DOUBLE_EQ(qkv.at(head), std::cos(1.0));
    EXPECT_DOUBLE_EQ(qkv.at(head + 2), std::sin(1.0));
    EXPECT_DOUBLE_EQ(qkv.at(head + 1), std::cos(0.1));  // theta^(-2/4) = 0.1
    EXPECT_DOUBLE_EQ(qkv.at(head + 3), std::sin(0.1));
  }
}

TEST(ReferenceRope, KeepsLengthsAndScoresDependOnDistanceOnly) {
  // The same q and k at every position: q_t . k_u may depend on t - u only.
  const AttentionShape s{.B = 1, .T = 4, .H = 1, .H_kv = 1, .head_size = 8};
  Workspace ws(DType::f64);
  const Rng rng(5, Stream::test);
  const Tensor qkv = ws.in_out("qkv", {1, 4, 24}, [&](double, int64_t i) {
    return rng.normal(static_cast<uint64_t>(i % 24));
  });
  const auto dot = [&](int64_t a, int64_t b) {
    double sum = 0;
    for (int64_t i = 0; i < 8; ++i) sum += qkv.at(a + i) * qkv.at(b + i);
    return sum;
  };
  const double length = dot(0, 0);
  ws.oracle().rope(qkv, s, 10000, 0, false);
  for (int64_t t = 0; t < 4; ++t) EXPECT_NEAR(dot(t * 24, t * 24), length, 1e-12);
  EXPECT_NEAR(dot(2 * 24, 1 * 24 + 8), dot(3 * 24, 2 * 24 + 8), 1e-12);
  EXPECT_NEAR(dot(2 * 24, 0 * 24 + 8), dot(3 * 24, 1 * 24 + 8), 1e-12);
  EXPECT_GT(std::abs(dot(2 * 24, 8) - dot(1 * 24, 8)), 1e-3);
}

TEST(ReferenceRope, FirstPositionContinuesASequence) {
  const AttentionShape whole{.B = 1, .T = 4, .H = 1, .H_kv = 1, .head_size = 4};
  AttentionShape last = whole;
  last.T = 1;
  Workspace ws(DType::f64);
  const Tensor qkv = ws.in_out("qkv", {1, 4, 12});
  const Tensor row =
      ws.in_out("row", {1, 1, 12}, [&](double, int64_t i) { return qkv.at(36 + i); });
  ws.oracle().rope(qkv, whole, 500, 0, false);
  ws.oracle().rope(row, last, 500, 3, false);
  for (int64_t i = 0; i < 12; ++i) EXPECT_EQ(row.at(i), qkv.at(36 + i));
}

}  // namespace
}  // namespace coldstart::kernels
