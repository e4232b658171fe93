#include "coldstart/model/orthogonal.h"

#include <gtest/gtest.h>

#include "coldstart/core/parallel.h"
#include "tests/optim/lab.h"

namespace coldstart::model {
namespace {

std::vector<double> made(int64_t rows, int64_t cols, double factor, int threads) {
  const int before = thread_count();
  set_thread_count(threads);
  std::vector<double> w(static_cast<size_t>(rows * cols));
  const Tensor tensor(w.data(), DType::f64, {rows, cols});
  optim::fill_normal(tensor, 3);
  orthogonalize(tensor, factor);
  set_thread_count(before);
  return w;
}

TEST(Orthogonal, RowsOrColumnsAreOrthonormal) {
  for (const auto& [rows, cols] :
       {std::pair<int64_t, int64_t>{40, 70}, {70, 40}, {50, 50}, {1, 9}}) {
    const std::vector<double> w = made(rows, cols, 3, 2);
    const bool by_row = rows <= cols;
    const int64_t count = std::min(rows, cols), length = std::max(rows, cols), width = cols;
    const auto at = [&, by_row, width](int64_t i, int64_t k) {
      return w[static_cast<size_t>(by_row ? i * width + k : k * width + i)];
    };
    for (int64_t i = 0; i < count; ++i) {
      for (int64_t j = 0; j <= i; ++j) {
        double dot = 0;
        for (int64_t k = 0; k < length; ++k) dot += at(i, k) * at(j, k);
        EXPECT_NEAR(dot, i == j ? 9 : 0, 1e-12) << i << " " << j;
      }
    }
  }
}

TEST(Orthogonal, SameBytesForAnyNumberOfThreads) {
  EXPECT_EQ(made(90, 2100, 1, 1), made(90, 2100, 1, 3));
}

}  // namespace
}  // namespace coldstart::model
