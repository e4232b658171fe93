#include "coldstart/optim/step_report.h"

#include <gtest/gtest.h>

namespace coldstart::optim {
namespace {

TEST(StepReport, HasARowForEveryRowOfEveryParameterAndAddsThemUp) {
  const ParamList params({{"matrix", Role::mlp_in, 0, 3, 2}, {"gain", Role::norm_gain, 0, 0, 5}},
                         DType::f32);
  StepReport report(params);
  ASSERT_EQ(report.size(), 2U);
  ASSERT_EQ(report.rows(0).size(), 3U);
  ASSERT_EQ(report.rows(1).size(), 1U);
  double next = 1;
  for (size_t p = 0; p < 2; ++p) {
    for (kernels::UpdateSums& row : report.rows(p)) row = {.delta_sq = next++, .zero_steps = 1};
  }
  EXPECT_EQ(report.total(0).delta_sq, 1 + 2 + 3);
  EXPECT_EQ(report.total(1).delta_sq, 4);
  EXPECT_EQ(report.total().delta_sq, 10);
  EXPECT_EQ(report.total().zero_steps, 4);
  report[1].angle = 0.5;
  EXPECT_EQ(report[0].angle, 0);
}

}  // namespace
}  // namespace coldstart::optim
