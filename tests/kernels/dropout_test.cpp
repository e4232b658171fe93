// Dropout of every kernel set against the reference: of activations and of attention weights; and
// the masks themselves.
#include "coldstart/kernels/dropout.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/kernels/compare.h"
#include "tests/kernels/finite_difference.h"

namespace coldstart::kernels {
namespace {

constexpr Dropout kDropout{.rate = 0.3, .seed = 7, .site = 5, .first_sequence = 11};

TEST(Dropout, TheRateIsRoundedAndTheScaleFitsIt) {
  EXPECT_FALSE(Dropout().on());
  EXPECT_FALSE(Dropout{.rate = 1e-6}.on());
  EXPECT_EQ(Dropout{.rate = 0.25}.threshold(), 16384u);
  EXPECT_EQ(Dropout{.rate = 0.25}.scale(), 1 / 0.75);
  EXPECT_EQ(Dropout{.rate = 0.9999999}.threshold(), 65535u) << "something is always kept";
}

// Of a counter: words of Philox from the left, their lower halves first.
TEST(Dropout, NumbersAreThoseOfPhilox) {
  const Rng rng(0, static_cast<Stream>(0));  // counter (index, 0, 0, 0), key 0
  const auto block = rng.block(3);
  const auto numbers = dropout_numbers({0, 0}, {3, 0, 0});
  for (size_t k = 0; k < 8; ++k)
    EXPECT_EQ(numbers[k], (block[k / 2] >> (k % 2 == 0 ? 0 : 16)) & 0xFFFF) << k;
}

TEST(Dropout, MasksOfSeedsSitesAndSequencesAreTheirOwn) {
  std::set<std::array<uint32_t, 2>> keys;
  for (const uint64_t seed : {0U, 1U, 2U})
    for (const uint32_t site : {0U, 1U, 2U})
      for (const int64_t b : {0, 1, 2}) keys.insert(Dropout{.seed = seed, .site = site}.key(b));
  EXPECT_EQ(keys.size(), 27u);
  EXPECT_EQ((Dropout{.first_sequence = 5}.key(0)), (Dropout{.first_sequence = 3}.key(2)))
      << "however a step is cut into micro-batches";
}

struct SizeCase {
  int64_t B, S;
  std::string name() const { return fmt::format("B{}_S{}", B, S); }
};
const std::vector<SizeCase> kSizes = {{1, 1},   {3, 7},   {2, 8},      {1, 127},
                                      {5, 128}, {2, 133}, {3, 16'385}, {1, 40'001}};

class DropoutTest : public KernelTest<SizeCase> {};

TEST_P(DropoutTest, Forward) {
  const auto [B, S] = shape();
  expect_matches(
      [b = B, s = S](Workspace& ws, Kernels& kernels) {
        kernels.dropout(ws.output("y", {b, s}), ws.input("x", {b, s}), kDropout);
      },
      2e-7);
}

TEST_P(DropoutTest, InPlaceAndWithoutARate) {
  const auto [B, S] = shape();
  expect_matches(
      [b = B, s = S](Workspace& ws, Kernels& kernels) {
        const Tensor x = ws.in_out("x", {b, s}), same = ws.in_out("same", {b, s});
        kernels.dropout(x, x, kDropout);
        kernels.dropout(same, same, {});
      },
      2e-7);
}

COLDSTART_KERNEL_SUITE(DropoutTest, kSizes);

TEST(Dropout, KeepsItsShareAndItsMean) {
  const auto kernels = make_cpu_kernels();
  Workspace ws(DType::f32);
  constexpr int64_t kCount = 100'000;
  const Tensor x = ws.input("x", {2, kCount / 2}, [](double, int64_t) { return 1; });
  const Tensor y = ws.output("y", {2, kCount / 2});
  for (const double rate : {0.1, 0.5, 0.9}) {
    kernels->dropout(y, x, {.rate = rate, .seed = 3});
    double sum = 0, dropped = 0;
    for (int64_t i = 0; i < kCount; ++i) {
      sum += y.at(i);
      dropped += y.at(i) == 0 ? 1 : 0;
    }
    const double sd = std::sqrt(rate * (1 - rate) / kCount);
    EXPECT_NEAR(dropped / kCount, rate, 4 * sd);
    EXPECT_NEAR(sum / kCount, 1, 4 * sd / (1 - rate));
  }
}

// ---- attention weights

struct AttentionCase {
  AttentionShape s;
  std::string name() const {
    return fmt::format("B{}_T{}_H{}_Hkv{}_hs{}", s.B, s.T, s.H, s.H_kv, s.head_size);
  }
};
const std::vector<AttentionCase> kAttention = {
    {{1, 1, 1, 1, 4}},   {{2, 7, 3, 1, 16}},  {{1, 63, 2, 2, 32}},  {{2, 64, 4, 2, 8}},
    {{1, 65, 2, 1, 64}}, {{1, 129, 2, 2, 6}}, {{1, 200, 4, 2, 32}}, {{1, 600, 1, 1, 16}}};

class AttentionDropout : public KernelTest<AttentionCase> {
 protected:
  AttentionShape with_dropout() const {
    AttentionShape s = shape().s;
    s.dropout = kDropout;
    return s;
  }
};

TEST_P(AttentionDropout, Forward) {
  const AttentionShape s = with_dropout();
  expect_matches(
      [&](Workspace& ws, Kernels& kernels) {
        kernels.attention_forward(ws.output("out", {s.B, s.T, s.out_cols()}),
                                  ws.output("lse", {s.B, s.H, s.T}),
                                  ws.input("qkv", {s.B, s.T, s.qkv_cols()}), s);
      },
      1e-5);
}

TEST_P(AttentionDropout, Backward) {
  const AttentionShape s = with_dropout();
  expect_matches(
      [&](Workspace& ws, Kernels& kernels) {
        const Tensor qkv = ws.input("qkv", {s.B, s.T, s.qkv_cols()});
        const Tensor out = ws.scratch("out", {s.B, s.T, s.out_cols()});
        const Tensor lse = ws.scratch("lse", {s.B, s.H, s.T});
        ws.oracle().attention_forward(out, lse, qkv, s);
        kernels.attention_backward(ws.output("dqkv", {s.B, s.T, s.qkv_cols()}),
                                   ws.input("dout", {s.B, s.T, s.out_cols()}), qkv, out, lse, s);
      },
      2e-5);
}

COLDSTART_KERNEL_SUITE(AttentionDropout, kAttention);

TEST(ReferenceAttentionDropout, BackwardAgreesWithFiniteDifferences) {
  for (AttentionShape s : {AttentionShape{.B = 2, .T = 9, .H = 2, .H_kv = 2, .head_size = 3},
                           AttentionShape{.B = 1, .T = 11, .H = 4, .H_kv = 2, .head_size = 2}}) {
    s.dropout = kDropout;
    Workspace ws(DType::f64);
    const Tensor qkv = ws.input("qkv", {s.B, s.T, s.qkv_cols()});
    const Tensor out = ws.output("out", {s.B, s.T, s.out_cols()});
    const Tensor lse = ws.output("lse", {s.B, s.H, s.T});
    const Tensor dout = ws.input("dout", {s.B, s.T, s.out_cols()});
    const Tensor dqkv = ws.output("dqkv", {s.B, s.T, s.qkv_cols()});
    ws.oracle().attention_forward(out, lse, qkv, s);
    ws.oracle().attention_backward(dqkv, dout, qkv, out, lse, s);
    expect_gradient("qkv", qkv, dqkv, [&] {
      ws.oracle().attention_forward(out, lse, qkv, s);
      return weighted_sum(out, dout);
    });
  }
}

// Equal scores and equal values: out is the scale times the share of weights that are kept.
TEST(ReferenceAttentionDropout, ScalesTheWeightsThatAreKept) {
  AttentionShape s{.B = 1, .T = 64, .H = 1, .H_kv = 1, .head_size = 1};
  s.dropout = {.rate = 0.5, .seed = 1};
  Workspace ws(DType::f64);
  const Tensor qkv =
      ws.input("qkv", {1, 64, 3}, [](double, int64_t i) { return i % 3 == 2 ? 1 : 0; });
  const Tensor out = ws.output("out", {1, 64, 1}), lse = ws.output("lse", {1, 1, 64});
  ws.oracle().attention_forward(out, lse, qkv, s);
  double kept = 0;
  for (uint32_t u = 0; u < 64; ++u)
    kept += dropout_numbers(s.dropout.key(0), {63, u / 8, 0})[u % 8] >= 32768 ? 1 : 0;
  EXPECT_NEAR(out.at(63), 2 * kept / 64, 1e-12);
  EXPECT_NEAR(lse.at(63), std::log(64.0), 1e-12) << "of all scores";
}

TEST(Dropout, RefusesARateThatLeavesNothing) {
  Workspace ws(DType::f64);
  const Tensor x = ws.input("x", {1, 3});
  EXPECT_THROW(ws.oracle().dropout(x, x, {.rate = 1}), std::logic_error);
  EXPECT_THROW(ws.oracle().dropout(x, x, {.rate = -0.1}), std::logic_error);
}

}  // namespace
}  // namespace coldstart::kernels
