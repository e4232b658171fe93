#include "coldstart/metrics/stable_rank.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/metrics/small_gpt.h"

namespace coldstart::metrics {
namespace {

class Rank : public testing::Test {
 protected:
  // Of a matrix given row by row; v starts as ones with a ripple.
  std::optional<double> measure(std::vector<float> w, int64_t rows) {
    const int64_t cols = std::ssize(w) / rows;
    std::vector<float> v(static_cast<size_t>(cols));
    for (size_t i = 0; i < v.size(); ++i) v[i] = 1 + 0.1f * static_cast<float>(i % 3);
    return metric_.measure(run_.kernels(), Tensor(w.data(), DType::f32, {rows, cols}),
                           Tensor(v.data(), DType::f32, {cols}));
  }

  SmallRun run_{small_gpt_config()};
  const Layout layout_{run_.gpt.params(), 100};
  StableRank metric_{layout_};
  MetricSink sink_{layout_};
};

TEST_F(Rank, OfKnownMatrices) {
  EXPECT_NEAR(measure({1, 2, 3, 2, 4, 6, 3, 6, 9}, 3).value(), 1, 1e-6) << "rank one";
  EXPECT_NEAR(measure({5, 0, 0, 0, 5, 0, 0, 0, 5}, 3).value(), 3, 1e-5) << "a multiple of I";
  EXPECT_NEAR(measure({4, 0, 0, 2}, 2).value(), 20.0 / 16, 1e-6) << "(16 + 4) / 16";
  EXPECT_NEAR(measure({3, 0, 0, 4, 0, 0}, 2).value(), 1, 1e-6) << "(2, 3): one column";
  EXPECT_NEAR(measure({1, 0, 0, 1, 0, 0, 0, 0}, 4).value(), 2, 1e-6) << "(4, 2)";
}

// U diag(s) V with reflections U and V: sum s^2 / max s^2, whatever the directions.
TEST_F(Rank, OfKnownSingularValues) {
  constexpr size_t K = 24, C = 16;
  std::vector<double> u(K), v(C), s(C);
  for (size_t k = 0; k < K; ++k) u[k] = std::sin(1.0 + static_cast<double>(k));
  for (size_t c = 0; c < C; ++c) v[c] = std::cos(2.0 + static_cast<double>(c));
  const auto reflection = [](const std::vector<double>& x, size_t i, size_t j) {
    double length_sq = 0;
    for (const double value : x) length_sq += value * value;
    return (i == j ? 1 : 0) - 2 * x[i] * x[j] / length_sq;
  };
  double sum_sq = 0;
  for (size_t c = 0; c < C; ++c) {
    s[c] = std::pow(0.8, static_cast<double>(c));
    sum_sq += s[c] * s[c];
  }
  std::vector<float> w;
  for (size_t k = 0; k < K; ++k) {
    for (size_t c = 0; c < C; ++c) {
      double value = 0;
      for (size_t j = 0; j < C; ++j) value += reflection(u, k, j) * s[j] * reflection(v, j, c);
      w.push_back(static_cast<float>(value));
    }
  }
  EXPECT_NEAR(measure(w, K).value(), sum_sq, 1e-4);
}

TEST_F(Rank, OfNothingIsMissing) {
  EXPECT_FALSE(measure({0, 0, 0, 0}, 2));
  EXPECT_FALSE(measure({1, NAN, 0, 1}, 2));
}

// The second measurement starts where the first ended, so it can only be closer.
TEST_F(Rank, WarmStartsFromTheLastMeasurement) {
  const auto once = [&] {
    sink_.begin("stable_rank", all_levels());
    run_.observe(metric_, sink_);
    return value_of(sink_.take(), "stable_rank/h.0.mlp.in.weight").value();
  };
  const double first = once();
  double last = first;
  for (int i = 0; i < 20; ++i) {
    const double next = once();
    EXPECT_LE(next, last * (1 + 1e-6));
    last = next;
  }
  EXPECT_GT(last, 1);
  EXPECT_LT(last, 8);
  EXPECT_EQ(metric_.states().size(), layout_.matrices.params.size());
}

}  // namespace
}  // namespace coldstart::metrics
