// gemm_own and gemm_blas against plain loops in double: sizes around the borders of register tiles,
// strides, every epilogue, every compiled SIMD target, 1, 2 and 3 threads.
#include "coldstart/kernels/cpu/gemm.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "coldstart/core/parallel.h"
#include "coldstart/core/random.h"

namespace coldstart::kernels::cpu {
namespace {

// Drawn once: the oracle's time should go into sums.
std::vector<float> random_floats(int64_t count, int64_t offset) {
  static const std::vector<float> pool = [] {
    const Rng rng(7, Stream::test);
    std::vector<float> values(300'000);
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(rng.normal(i));
    return values;
  }();
  return {pool.begin() + offset, pool.begin() + offset + count};
}

double act_value(Activation act, double z) {
  switch (act) {
    case Activation::none:
      return z;
    case Activation::gelu:
      return 0.5 * z * (1 + std::tanh(std::sqrt(2 / M_PI) * (z + 0.044715 * z * z * z)));
    case Activation::relu:
      return z > 0 ? z : 0;
    case Activation::leaky_relu:
      return z > 0 ? z : kLeakySlope * z;
  }
  return 0;
}

double act_slope(Activation act, double z) {
  const double h = std::min(1e-5, std::abs(z) / 2);  // never across the kink at 0
  return (act_value(act, z + h) - act_value(act, z - h)) / (2 * h);
}

struct Problem {
  int64_t M, N, K;
  bool transpose_a = false, transpose_b = false;
  float alpha = 1;
  bool accumulate = false;
  bool bias = false;
  Activation act = Activation::none;
  Activation gate_act = Activation::none;
};

// Runs one problem with rows of C two floats apart from each other and checks the result, the gaps
// included.
std::vector<float> run(const Problem& p, void (*implementation)(const Gemm&), bool check) {
  const std::vector<float> a = random_floats(p.M * p.K, 1), b = random_floats(p.K * p.N, 2);
  const std::vector<float> bias = random_floats(p.N, 3);
  const int64_t c_row = p.N + 2;
  const std::vector<float> gate = random_floats(p.M * c_row, 4);
  const std::vector<float> before = random_floats(p.M * c_row, 5);
  std::vector<float> c = before, pre(before.size(), -7.0F);
  Gemm g{.M = p.M,
         .N = p.N,
         .K = p.K,
         .a = a.data(),
         .a_row = p.transpose_a ? 1 : p.K,
         .a_col = p.transpose_a ? p.M : 1,
         .b = b.data(),
         .b_row = p.transpose_b ? 1 : p.N,
         .b_col = p.transpose_b ? p.K : 1,
         .c = c.data(),
         .c_row = c_row,
         .alpha = p.alpha,
         .accumulate = p.accumulate};
  if (p.bias) g.bias = bias.data();
  if (p.act != Activation::none) {
    g.act = p.act;
    g.pre = pre.data();
  }
  if (p.gate_act != Activation::none) {
    g.gate_act = p.gate_act;
    g.gate = gate.data();
  }
  implementation(g);
  if (!check) return c;
  const double tolerance = 3e-6 * std::sqrt(static_cast<double>(p.K)) + 3e-6;
  for (int64_t m = 0; m < p.M; ++m) {
    for (int64_t n = 0; n < c_row; ++n) {
      const auto at = static_cast<size_t>(m * c_row + n);
      if (n >= p.N) {
        EXPECT_EQ(c[at], before[at]) << "gap written at " << m << ", " << n;
        continue;
      }
      double sum = 0;
      for (int64_t k = 0; k < p.K; ++k) {
        sum += static_cast<double>(g.a[m * g.a_row + k * g.a_col]) *
               static_cast<double>(g.b[k * g.b_row + n * g.b_col]);
      }
      sum *= static_cast<double>(p.alpha);
      if (p.bias) sum += static_cast<double>(bias[static_cast<size_t>(n)]);
      if (g.pre != nullptr && std::abs(sum - static_cast<double>(pre[at])) > tolerance) {
        ADD_FAILURE() << "pre at " << m << ", " << n;
        return c;
      }
      sum = act_value(p.act, sum);
      if (g.gate != nullptr) sum *= act_slope(p.gate_act, static_cast<double>(gate[at]));
      if (p.accumulate) sum += static_cast<double>(before[at]);
      if (!(std::abs(sum - static_cast<double>(c[at])) <= tolerance * (1 + std::abs(sum)))) {
        ADD_FAILURE() << "c at " << m << ", " << n << ": got " << c[at] << ", expected " << sum
                      << " for M N K " << p.M << ' ' << p.N << ' ' << p.K << " transposed "
                      << p.transpose_a << p.transpose_b;
        return c;
      }
    }
  }
  return c;
}

std::vector<Problem> problems() {
  std::vector<Problem> list;
  for (const auto& [M, N, K] : {std::array<int64_t, 3>{1, 1, 1},
                                {5, 7, 3},
                                {6, 16, 8},
                                {14, 32, 256},
                                {8, 48, 192},
                                {17, 49, 193},
                                {15, 33, 257},
                                {13, 31, 255},
                                {29, 65, 40},
                                {113, 66, 260},
                                {40, 520, 17},
                                {1, 100, 50},
                                {100, 1, 520}}) {
    for (const bool transpose_a : {false, true}) {
      for (const bool transpose_b : {false, true}) {
        const Problem plain{
            .M = M, .N = N, .K = K, .transpose_a = transpose_a, .transpose_b = transpose_b};
        list.push_back(plain);
        Problem p = plain;
        p.accumulate = true;
        p.alpha = 0.5F;
        list.push_back(p);
      }
    }
    for (const Activation act :
         {Activation::none, Activation::gelu, Activation::relu, Activation::leaky_relu}) {
      list.push_back({.M = M, .N = N, .K = K, .transpose_b = true, .bias = true, .act = act});
      list.push_back({.M = M, .N = N, .K = K, .gate_act = act});
      list.push_back({.M = M, .N = N, .K = K, .accumulate = true, .gate_act = act});
    }
  }
  return list;
}

TEST(CpuGemm, OwnMatchesPlainLoopsOnEveryTarget) {
  int targets = 0;
  for (int64_t rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1) {
    const int64_t target = rest & ~(rest - 1);
    hwy::SetSupportedTargetsForTest(target);
    if (gemm_own_name() == hwy::TargetName(target)) {  // else not compiled in
      SCOPED_TRACE(gemm_own_name());
      for (const Problem& p : problems()) run(p, gemm_own, true);
      ++targets;
    }
    hwy::SetSupportedTargetsForTest(0);
  }
  EXPECT_GE(targets, 1);
}

TEST(CpuGemm, BlasMatchesPlainLoops) {
  for (const Problem& p : problems()) run(p, gemm_blas, true);
}

// C = alpha A A^T with rows of C two floats apart; checked against loops, and to be symmetric.
std::vector<float> run_symmetric(int64_t N, int64_t K, bool transpose, float alpha,
                                 void (*implementation)(const Gemm&), bool check) {
  const std::vector<float> a = random_floats(N * K, 1);
  const int64_t c_row = N + 2;
  std::vector<float> c(static_cast<size_t>(N * c_row), -7.0F);
  const Gemm g{.M = N,
               .N = N,
               .K = K,
               .a = a.data(),
               .a_row = transpose ? 1 : K,
               .a_col = transpose ? N : 1,
               .c = c.data(),
               .c_row = c_row,
               .alpha = alpha};
  implementation(g);
  if (!check) return c;
  const double tolerance = 3e-6 * static_cast<double>(K) + 3e-6;
  for (int64_t m = 0; m < N; ++m) {
    for (int64_t n = N; n < c_row; ++n)
      EXPECT_EQ(c[static_cast<size_t>(m * c_row + n)], -7.0F) << "gap";
    for (int64_t n = 0; n < N; ++n) {
      double sum = 0;
      for (int64_t k = 0; k < K; ++k) {
        sum += static_cast<double>(g.a[m * g.a_row + k * g.a_col]) *
               static_cast<double>(g.a[n * g.a_row + k * g.a_col]);
      }
      const float value = c[static_cast<size_t>(m * c_row + n)];
      if (!(std::abs(static_cast<double>(alpha) * sum - static_cast<double>(value)) <= tolerance) ||
          value != c[static_cast<size_t>(n * c_row + m)]) {
        ADD_FAILURE() << "c at " << m << ", " << n << " for N K " << N << ' ' << K << " transposed "
                      << transpose << ": got " << value << ", expected " << sum;
        return c;
      }
    }
  }
  return c;
}

void check_symmetric(void (*implementation)(const Gemm&)) {
  for (const auto& [N, K] : {std::array<int64_t, 2>{1, 1},
                             {3, 5},
                             {7, 1},
                             {16, 16},
                             {47, 30},
                             {48, 193},
                             {97, 20},
                             {145, 200},
                             {150, 7},
                             {290, 12}}) {
    for (const bool transpose : {false, true}) {
      run_symmetric(N, K, transpose, 1, implementation, true);
      run_symmetric(N, K, transpose, -0.5F, implementation, true);
    }
  }
}

TEST(CpuGemm, SymmetricMatchesPlainLoopsOnEveryTarget) {
  for (int64_t rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1) {
    const int64_t target = rest & ~(rest - 1);
    hwy::SetSupportedTargetsForTest(target);
    SCOPED_TRACE(gemm_own_name());
    if (gemm_own_name() == hwy::TargetName(target)) check_symmetric(gemm_symmetric_own);
    hwy::SetSupportedTargetsForTest(0);
  }
  check_symmetric(gemm_symmetric_blas);
}

// Several tiles of rows, of columns and of K.
TEST(CpuGemm, SymmetricInManyTilesIsTheWholeProductAndSymmetric) {
  for (const auto& [N, K] : {std::array<int64_t, 2>{800, 300}, {1000, 20}, {200, 1400}}) {
    for (auto* implementation : {gemm_symmetric_own, gemm_symmetric_blas}) {
      const std::vector<float> c = run_symmetric(N, K, false, 1, implementation, false);
      const std::vector<float> a = random_floats(N * K, 1);
      std::vector<float> whole(static_cast<size_t>(N * (N + 2)), -7.0F);
      gemm_own({.M = N,
                .N = N,
                .K = K,
                .a = a.data(),
                .a_row = K,
                .a_col = 1,
                .b = a.data(),
                .b_row = 1,
                .b_col = K,
                .c = whole.data(),
                .c_row = N + 2});
      const double tolerance = 1e-6 * static_cast<double>(K) + 1e-5;
      int64_t wrong = 0, asymmetric = 0;
      for (int64_t m = 0; m < N; ++m) {
        for (int64_t n = 0; n < N + 2; ++n) {
          const auto at = static_cast<size_t>(m * (N + 2) + n);
          wrong += !(std::abs(static_cast<double>(c[at] - whole[at])) <= tolerance);
          if (n < N) asymmetric += c[at] != c[static_cast<size_t>(n * (N + 2) + m)];
        }
      }
      EXPECT_EQ(wrong, 0) << N << ' ' << K;
      EXPECT_EQ(asymmetric, 0) << N << ' ' << K;
    }
  }
}

TEST(CpuGemm, SameBytesForAnyNumberOfThreads) {
  const int before = thread_count();
  for (auto* implementation : {gemm_own, gemm_blas}) {
    for (const Problem& p : {Problem{.M = 500, .N = 140, .K = 300, .transpose_b = true},
                             Problem{.M = 130, .N = 131, .K = 1900, .transpose_a = true},
                             Problem{.M = 300, .N = 600, .K = 70, .accumulate = true}}) {
      set_thread_count(1);
      const std::vector<float> one = run(p, implementation, false);
      for (const int threads : {2, 3}) {
        set_thread_count(threads);
        const std::vector<float> many = run(p, implementation, false);
        EXPECT_EQ(std::memcmp(one.data(), many.data(), one.size() * sizeof(float)), 0);
      }
    }
  }
  for (auto* implementation : {gemm_symmetric_own, gemm_symmetric_blas}) {
    set_thread_count(1);
    const std::vector<float> one = run_symmetric(500, 300, true, 0.5F, implementation, false);
    for (const int threads : {2, 3}) {
      set_thread_count(threads);
      const std::vector<float> many = run_symmetric(500, 300, true, 0.5F, implementation, false);
      EXPECT_EQ(std::memcmp(one.data(), many.data(), one.size() * sizeof(float)), 0);
    }
  }
  set_thread_count(before);
}

}  // namespace
}  // namespace coldstart::kernels::cpu
