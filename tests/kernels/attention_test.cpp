// Attention and rotary embedding of every kernel set against the reference.
#include <gtest/gtest.h>

#include "tests/kernels/compare.h"

namespace coldstart::kernels {
namespace {

constexpr double kTolerance = 1e-5;

struct AttentionCase {
  AttentionShape s;
  std::string name() const {
    return fmt::format("B{}_T{}_H{}_Hkv{}_hs{}", s.B, s.T, s.H, s.H_kv, s.head_size);
  }
};

// Every length and head size of interest, the lengths around the tiles of 64 with several heads.
const std::vector<AttentionCase> kCases = {
    {{1, 1, 1, 1, 4}},    {{2, 2, 1, 1, 8}},   {{1, 7, 3, 1, 16}},   {{2, 7, 2, 2, 20}},
    {{1, 63, 2, 2, 32}},  {{2, 64, 4, 2, 8}},  {{1, 65, 2, 1, 64}},  {{1, 128, 2, 2, 16}},
    {{1, 129, 1, 1, 80}}, {{2, 65, 3, 3, 4}},  {{1, 200, 4, 2, 32}}, {{3, 1, 4, 4, 96}},
    {{1, 64, 1, 1, 128}}, {{1, 33, 6, 2, 64}}, {{1, 129, 2, 2, 64}}, {{1, 17, 1, 1, 2}},
    {{1, 70, 2, 2, 6}}};

class AttentionTest : public KernelTest<AttentionCase> {};

TEST_P(AttentionTest, Forward) {
  const AttentionShape s = shape().s;
  expect_matches(
      [&](Workspace& ws, Kernels& kernels) {
        kernels.attention_forward(ws.output("out", {s.B, s.T, s.out_cols()}),
                                  ws.output("lse", {s.B, s.H, s.T}),
                                  ws.input("qkv", {s.B, s.T, s.qkv_cols()}), s);
      },
      kTolerance);
}

TEST_P(AttentionTest, Backward) {
  const AttentionShape s = shape().s;
  expect_matches(
      [&](Workspace& ws, Kernels& kernels) {
        const Tensor qkv = ws.input("qkv", {s.B, s.T, s.qkv_cols()});
        const Tensor out = ws.scratch("out", {s.B, s.T, s.out_cols()});
        const Tensor lse = ws.scratch("lse", {s.B, s.H, s.T});
        ws.oracle().attention_forward(out, lse, qkv, s);
        kernels.attention_backward(ws.output("dqkv", {s.B, s.T, s.qkv_cols()}),
                                   ws.input("dout", {s.B, s.T, s.out_cols()}), qkv, out, lse, s);
      },
      2 * kTolerance);
}

TEST_P(AttentionTest, Decode) {
  const AttentionShape s = shape().s;
  const int64_t kv = s.H_kv * s.head_size, capacity = s.T + 3;
  // What lies behind the length is not read: NaN there must not reach the output.
  const Generator cached = [&](double z, int64_t i) {
    return i / kv % capacity < s.T ? z : std::nan("");
  };
  expect_matches(
      [&](Workspace& ws, Kernels& kernels) {
        kernels.attention_decode(ws.output("out", {s.B, s.out_cols()}),
                                 ws.input("q", {s.B, s.out_cols()}),
                                 ws.input("k_cache", {s.B, capacity, kv}, cached),
                                 ws.input("v_cache", {s.B, capacity, kv}, cached), s.T, s);
      },
      kTolerance);
}

TEST_P(AttentionTest, Rope) {
  const AttentionShape s = shape().s;
  for (const bool backward : {false, true}) {
    for (const int64_t first_position : {0, 1000}) {
      SCOPED_TRACE(fmt::format("backward {} first {}", backward, first_position));
      expect_matches(
          [&](Workspace& ws, Kernels& kernels) {
            kernels.rope(ws.in_out("qkv", {s.B, s.T, s.qkv_cols()}), s, 10000, first_position,
                         backward);
          },
          kTolerance);
    }
  }
}

COLDSTART_KERNEL_SUITE(AttentionTest, kCases);

}  // namespace
}  // namespace coldstart::kernels
