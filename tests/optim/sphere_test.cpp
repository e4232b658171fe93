#include "coldstart/optim/sphere.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

std::vector<double> state(Lab& lab, const std::string& name) {
  for (const NamedTensor& state : lab.optimizer->states())
    if (state.name == name) return numbers(state.flat);
  return {};
}

double mean(const std::vector<double>& x) {
  double sum = 0;
  for (const double value : x) sum += value;
  return sum / static_cast<double>(x.size());
}

TEST(Sphere, TheFirstStepCentersAndMeasures) {
  for (const DType dtype : {DType::f64, DType::f32}) {
    Lab lab({vector_spec(3), matrix_spec(4, 10)},
            {.name = "lion_ar", .lr = 1e-12, .rotation_center = true}, dtype);
    for (double& radius : state(lab, "radius")) EXPECT_LE(radius, 0);
    std::vector<double> norms;
    for (int64_t r = 0; r < 4; ++r) norms.push_back(norm(row(lab.params[1].weight, r)));
    lab.draw_gradients(1);
    lab.step();
    const auto radius = state(lab, "radius");
    EXPECT_EQ(radius[0], 0) << "a vector has none";
    for (int64_t r = 0; r < 4; ++r) {
      const double expected = norms[static_cast<size_t>(r)];
      EXPECT_NEAR(radius[static_cast<size_t>(r) + 1], expected, 1e-12);
      EXPECT_NEAR(norm(row(lab.params[1].weight, r)), expected, 1e-8);
      EXPECT_NEAR(mean(row(lab.params[1].weight, r)), 0, 1e-9);
    }
  }
}

TEST(Sphere, AWholeTensorHasOneRadius) {
  Lab lab({matrix_spec(4, 10), matrix_spec(2, 10)},
          {.name = "lion_ar", .rotation_granularity = Granularity::tensor});
  const double first = norm(lab.params[0].weight), second = norm(lab.params[1].weight);
  lab.draw_gradients(1);
  lab.step();
  const auto radius = state(lab, "radius");
  EXPECT_NEAR(radius[0], first, 1e-15);
  EXPECT_NEAR(radius[4], second, 1e-15);
  EXPECT_EQ(radius[1], 0);
}

TEST(Sphere, TheRadiusIsThatOfTheFirstStepForEver) {
  Lab lab({matrix_spec(4, 10)}, {.name = "rotational_adamw", .lr = 0.3});
  std::vector<double> radius;
  for (uint64_t t = 0; t < 50; ++t) {
    lab.draw_gradients(t);
    lab.step();
    if (t == 0) radius = state(lab, "radius");
  }
  EXPECT_EQ(state(lab, "radius"), radius);
  for (int64_t r = 0; r < 4; ++r)
    EXPECT_NEAR(norm(row(lab.params[0].weight, r)), radius[static_cast<size_t>(r)], 1e-15);
}

TEST(Sphere, AConstantRowIsNotCenteredAwayAndAZeroRowStays) {
  Lab lab({matrix_spec(3, 8)}, {.name = "rotational_lion"});
  fill(lab.params[0].weight, [](int64_t i) {
    return i < 8 ? 0 : i < 16 ? 0.5 : 0.01 * static_cast<double>(i);
  });
  lab.draw_gradients(1);
  lab.step();
  EXPECT_EQ(norm(row(lab.params[0].weight, 0)), 0);
  EXPECT_NEAR(norm(row(lab.params[0].weight, 1)), 0.5 * std::sqrt(8), 1e-15);
  EXPECT_GE(lab.report[0].unchanged_rows, 1);
}

}  // namespace
}  // namespace coldstart::optim
