#include "coldstart/metrics/measured.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/metrics/formulas.h"
#include "tests/metrics/small_model.h"

namespace coldstart::metrics {
namespace {

class Measurements : public testing::Test {
 protected:
  Measurements() { measurements_.take(random_.report, 0.5); }

  // |dw|^2 of a whole parameter, from the numbers themselves.
  double delta_sq(size_t param) const {
    double sum = 0;
    for (const Step& row : random_.rows_of[param]) {
      for (const double x : row.dw) sum += x * x;
    }
    return sum;
  }

  const ParamList params_ = attention_params();
  const Layout layout_{params_, 100};
  RandomReport random_{params_};
  StepMeasurements measurements_{params_};
};

TEST_F(Measurements, ATensorIsTheSumOfItsRows) {
  for (size_t i = 0; i < params_.size(); ++i) {
    EXPECT_NEAR(measurements_.tensor(i).sums.delta_sq, delta_sq(i), 1e-12);
    EXPECT_EQ(measurements_.tensor(i).elements, params_[i].size());
  }
  EXPECT_EQ(measurements_.row(0, 2).sums.delta_sq, random_.report.rows(0)[2].delta_sq);
  EXPECT_EQ(measurements_.row(0, 2).elements, 4);
  EXPECT_EQ(measurements_.tensor(1).clip, 0.5);
}

TEST_F(Measurements, AGroupIsTheSumOfItsTensors) {
  const Measured queries = measurements_.group(layout_.roles[0]);
  EXPECT_NEAR(queries.sums.delta_sq, delta_sq(0) + delta_sq(3), 1e-12);
  EXPECT_EQ(queries.elements, 32);
  double all = 0;
  for (size_t i = 0; i < params_.size(); ++i) all += delta_sq(i);
  EXPECT_NEAR(update_l2(measurements_.group(layout_.model)), std::sqrt(all), 1e-12);
}

TEST_F(Measurements, QueryKeyAndValueStandApart) {
  EXPECT_NE(update_l2(measurements_.tensor(0)), update_l2(measurements_.tensor(1)));
  EXPECT_NEAR(update_l2(measurements_.tensor(1)), std::sqrt(delta_sq(1)), 1e-12);
}

TEST_F(Measurements, ClaimsArePlainStepsOrAngles) {
  const double direction = measurements_.tensor(0).sums.direction_sq;
  EXPECT_NEAR(claimed_update_l2(measurements_.tensor(0)), 0.01 * std::sqrt(direction), 1e-12);
  random_.report[0].rotational = true;
  random_.report[0].angle = 0.02;
  measurements_.take(random_.report, 1);
  EXPECT_NEAR(claimed_update_l2(measurements_.tensor(0)),
              0.02 * weight_norm(measurements_.tensor(0)), 1e-12);
  std::vector<double> row_scale(4 * 4 + 1, 1.0);
  row_scale[1] = 3;  // the second row of the first parameter
  measurements_.take(random_.report, 1, row_scale);
  EXPECT_NEAR(claimed_update_l2(measurements_.row(0, 1)),
              0.06 * weight_norm(measurements_.row(0, 1)), 1e-12);
  EXPECT_NEAR(claimed_update_l2(measurements_.row(0, 0)),
              0.02 * weight_norm(measurements_.row(0, 0)), 1e-12);
}

TEST_F(Measurements, AGroupWithoutOneMomentumHasNone) {
  EXPECT_TRUE(measurements_.group(layout_.model).has_momentum);
  EXPECT_EQ(measurements_.group(layout_.model).momentum_decay, 0.9);
  random_.report[1].momentum_decay = 0.95;
  random_.report[4].has_momentum = false;
  measurements_.take(random_.report, 1);
  const Measured model = measurements_.group(layout_.model);
  EXPECT_FALSE(model.has_momentum);
  EXPECT_TRUE(std::isnan(model.momentum_decay));
  EXPECT_TRUE(measurements_.group(layout_.roles[0]).has_momentum);
}

}  // namespace
}  // namespace coldstart::metrics
