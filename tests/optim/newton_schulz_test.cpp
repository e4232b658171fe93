#include "coldstart/optim/newton_schulz.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

struct Matrix {
  Arena arena;
  Tensor x;
  Matrix(int64_t rows, int64_t cols, DType dtype)
      : arena(rows * cols * dtype_size(dtype)), x(arena.allocate(dtype, {rows, cols})) {}
};

// The scalar map that every singular value goes through.
double polynomial(double s) {
  for (int i = 0; i < NewtonSchulz::kIterations; ++i)
    s = NewtonSchulz::kA * s + NewtonSchulz::kB * std::pow(s, 3) +
        NewtonSchulz::kC * std::pow(s, 5);
  return s;
}

// X = sum_k s_k u_k v_k^T with known singular vectors: columns of a Hadamard-like basis.
double entry(int64_t row, int64_t k) {
  return std::popcount(static_cast<uint64_t>(row & k)) % 2 ? -1 : 1;
}

TEST(NewtonSchulz, MapsSingularValuesAndKeepsTheVectors) {
  const auto kernels = kernels::make_reference_kernels();
  const int64_t small = 4, large = 8;
  const double values[] = {3, 1, 0.4, 0.05};
  for (const bool tall : {false, true}) {
    Matrix m(tall ? large : small, tall ? small : large, DType::f64);
    const auto assemble = [&](const auto& value_of) {
      std::vector<double> x;
      for (int64_t r = 0; r < m.x.dim(0); ++r) {
        for (int64_t c = 0; c < m.x.dim(1); ++c) {
          double sum = 0;
          for (int64_t k = 0; k < small; ++k)
            sum += value_of(values[k]) * entry(r, k) * entry(c, k) / std::sqrt(small * large);
          x.push_back(sum);
        }
      }
      return x;
    };
    const auto input = assemble([](double s) { return s; });
    fill(m.x, [&](int64_t i) { return input[static_cast<size_t>(i)]; });
    NewtonSchulz newton_schulz(m.x.size(), small, DType::f64);
    ASSERT_TRUE(newton_schulz.orthogonalize(*kernels, m.x));
    const double frobenius = norm(input);
    const auto expected = assemble([&](double s) { return polynomial(s / frobenius); });
    for (int64_t i = 0; i < m.x.size(); ++i)
      EXPECT_NEAR(m.x.at(i), expected[static_cast<size_t>(i)], 1e-13) << tall;
  }
}

TEST(NewtonSchulz, RowsEndNearlyOrthonormal) {
  for (const DType dtype : {DType::f64, DType::f32}) {
    const auto kernels =
        dtype == DType::f64 ? kernels::make_reference_kernels() : kernels::make_cpu_kernels();
    Matrix m(24, 96, dtype);
    fill_normal(m.x, 1);
    NewtonSchulz newton_schulz(m.x.size(), 24, dtype);
    ASSERT_TRUE(newton_schulz.orthogonalize(*kernels, m.x));
    for (int64_t r = 0; r < 24; ++r) {
      EXPECT_NEAR(norm(row(m.x, r)), 0.95, 0.27);
      for (int64_t s = 0; s < r; ++s) {
        double product = 0;
        for (size_t c = 0; c < 96; ++c) product += row(m.x, r)[c] * row(m.x, s)[c];
        EXPECT_LT(std::abs(product), 0.25);
      }
    }
  }
}

TEST(NewtonSchulz, TheScaleOfTheInputDoesNotMatter) {
  const auto kernels = kernels::make_reference_kernels();
  Matrix a(5, 7, DType::f64), b(5, 7, DType::f64);
  fill_normal(a.x, 2);
  fill_normal(b.x, 2, 1e-12);
  NewtonSchulz newton_schulz(35, 5, DType::f64);
  newton_schulz.orthogonalize(*kernels, a.x);
  newton_schulz.orthogonalize(*kernels, b.x);
  for (int64_t i = 0; i < 35; ++i) EXPECT_NEAR(a.x.at(i), b.x.at(i), 1e-12);
}

TEST(NewtonSchulz, ZerosStayAndWhatIsNotFiniteIsLeftAlone) {
  const auto kernels = kernels::make_reference_kernels();
  Matrix m(3, 4, DType::f64);
  NewtonSchulz newton_schulz(12, 3, DType::f64);
  EXPECT_TRUE(newton_schulz.orthogonalize(*kernels, m.x));
  EXPECT_EQ(norm(m.x), 0);
  set(m.x, 5, INFINITY);
  EXPECT_FALSE(newton_schulz.orthogonalize(*kernels, m.x));
  EXPECT_EQ(m.x.at(0), 0);
}

}  // namespace
}  // namespace coldstart::optim
