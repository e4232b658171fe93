// What every optimizer does with gradients and weights that leave it nothing to do, or too much:
// zeros, rows of zero norm, denormals, NaN and infinity in one coordinate.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

class EdgeCase : public testing::TestWithParam<std::string> {
 protected:
  std::vector<ParamSpec> specs() const {
    return {matrix_spec(9, 12, Role::token_embedding), matrix_spec(4, 12), vector_spec(12)};
  }
  OptimizerOptions options() const { return {.name = GetParam()}; }
  bool rotates() const { return group_rules(resolve_options(options()).options).rotates; }
};

bool all_finite(const std::vector<double>& x) {
  return std::ranges::all_of(x, [](double value) { return std::isfinite(value); });
}

TEST_P(EdgeCase, ZeroGradientsMoveNothingButTheDecay) {
  for (const DType dtype : {DType::f64, DType::f32}) {
    Lab lab(specs(), options(), dtype);
    lab.draw_gradients(0, 0);
    lab.step(0.01);
    if (rotates()) {
      EXPECT_EQ(lab.report[1].unchanged_rows, 4);
    }
    const auto before = lab.weights(1), vector = lab.weights(2);
    lab.draw_gradients(0, 0);
    lab.step(0.01);
    EXPECT_EQ(lab.weights(2), vector);
    for (size_t i = 0; i < before.size(); ++i) {
      EXPECT_LE(std::abs(lab.weights(1)[i]), std::abs(before[i]));
      EXPECT_NEAR(lab.weights(1)[i], before[i], 0.02 * std::abs(before[i]));
    }
    if (rotates()) {
      EXPECT_EQ(lab.weights(1), before);
    }
  }
}

TEST_P(EdgeCase, ARowOfZerosAndItsGradientStayFinite) {
  for (const DType dtype : {DType::f64, DType::f32}) {
    Lab lab(specs(), options(), dtype);
    for (int64_t c = 0; c < 12; ++c) set(lab.params[1].weight, 12 + c, 0);
    for (uint64_t t = 0; t < 5; ++t) {
      lab.draw_gradients(t);
      lab.step(0.01);
      EXPECT_TRUE(all_finite(numbers(lab.params.weights())));
      if (rotates()) {
        EXPECT_EQ(lab.report[1].unchanged_rows, 1);
      }
    }
    if (rotates()) {
      EXPECT_EQ(norm(row(lab.params[1].weight, 1)), 0);
    }
  }
}

TEST_P(EdgeCase, DenormalGradientsAreHarmless) {
  for (const DType dtype : {DType::f64, DType::f32}) {
    Lab lab(specs(), options(), dtype);
    const double tiny = dtype == DType::f32 ? 1e-40 : 1e-310;
    for (uint64_t t = 0; t < 5; ++t) {
      lab.draw_gradients(t, tiny);
      lab.step(0.01);
      EXPECT_TRUE(all_finite(numbers(lab.params.weights())));
    }
  }
}

// A plain step loses that coordinate, a rotation leaves its row alone, an orthogonalised matrix
// stays as it is; nothing else notices.
TEST_P(EdgeCase, OneCoordinateThatIsNotFiniteStaysContained) {
  for (const DType dtype : {DType::f64, DType::f32}) {
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
      Lab lab(specs(), options(), dtype), clean(specs(), options(), dtype);
      for (uint64_t t = 0; t < 3; ++t) {
        lab.draw_gradients(t);
        clean.draw_gradients(t);
        set(lab.params[1].grad, 15, bad);
        lab.step(0.01);
        clean.step(0.01);
      }
      EXPECT_EQ(lab.weights(0), clean.weights(0));
      EXPECT_EQ(lab.weights(2), clean.weights(2));
      if (GetParam() == "muon") {
        EXPECT_TRUE(all_finite(lab.weights(1)));
        EXPECT_EQ(lab.report[1].unchanged_rows, 4);
        continue;
      }
      for (size_t i = 0; i < 48; ++i) {
        if (i / 12 != 1 || (!rotates() && i != 15)) {
          EXPECT_EQ(lab.weights(1)[i], clean.weights(1)[i]) << i;
        }
      }
      if (rotates()) {
        EXPECT_TRUE(all_finite(lab.weights(1)));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EdgeCase,
                         testing::Values("adamw", "sgd", "lion", "lion_a", "lion_ar",
                                         "rotational_adamw", "rotational_lion", "muon",
                                         "schedule_free_adamw"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace coldstart::optim
