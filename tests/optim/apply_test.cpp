#include "coldstart/optim/apply.h"

#include <gtest/gtest.h>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

TEST(Apply, RowFactorsAreCutOutForEachParameter) {
  ParamList params({matrix_spec(2, 3), vector_spec(3), matrix_spec(1, 3)}, DType::f64);
  const auto groups = group_params(params, {});
  const auto kernels = kernels::make_reference_kernels();
  StepReport report(params);
  const std::vector<double> rows = {1, 2, 3, 4};
  const StepContext context{.step = 6, .row_scale = rows};
  const StepScope step{params, context, *kernels, report};
  EXPECT_EQ(step.t(), 7);
  ASSERT_EQ(step.row_scale(0, groups[0]).size(), 2u);
  EXPECT_EQ(step.row_scale(0, groups[0])[1], 2);
  EXPECT_EQ(step.row_scale(1, groups[1])[0], 3);
  EXPECT_EQ(step.row_scale(2, groups[2])[0], 4);
  EXPECT_EQ(step.param_scale(2), 1);
}

TEST(Apply, APlainStepIsDecayAndAFactorOfTheDirection) {
  ParamList params({matrix_spec(2, 3)}, DType::f64);
  const auto kernels = kernels::make_reference_kernels();
  StepReport report(params);
  fill_normal(params[0].weight, 1);
  fill_normal(params[0].grad, 2);
  std::vector<double> m(6), expected;
  const std::vector<double> factor = {0.5};
  for (int64_t i = 0; i < 6; ++i)
    expected.push_back(params[0].weight.at(i) * (1 - 0.1 * 0.2) -
                       0.1 * 3 * 0.7 * 0.5 * params[0].grad.at(i));
  const StepContext context{.step = 0, .lr = 0.1, .param_scale = factor};
  plain_step(
      {params, context, *kernels, report}, 0, {.group = Group::decayed, .weight_decay = 0.2},
      {.w = params[0].weight, .g = params[0].grad, .m = Tensor(m.data(), DType::f64, {2, 3})},
      {.keep = 0, .add = 1, .mix_m = 0, .mix_g = 1}, {.scale = 3, .factor = 0.7});
  for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(numbers(params[0].weight)[i], expected[i], 1e-15);
  EXPECT_NEAR(report[0].factor, 0.35, 1e-15);
  EXPECT_NEAR(report[0].step_size, 0.1 * 3 * 0.35, 1e-15);
}

}  // namespace
}  // namespace coldstart::optim
