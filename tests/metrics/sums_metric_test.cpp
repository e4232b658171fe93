#include "coldstart/metrics/sums_metric.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/metrics/formulas.h"
#include "tests/metrics/small_gpt.h"

namespace coldstart::metrics {
namespace {

class SumsMeasure : public testing::Test {
 protected:
  std::vector<NamedValue> step(const MetricInfo& info) {
    const auto metric = info.make({.layout = layout_});
    sink_.begin(info.name, all_levels());
    run_.step(*metric, sink_);
    return sink_.take();
  }
  double tensor(const char* name, double (*formula)(const Measured&)) {
    return formula(run_.measured.tensor(static_cast<size_t>(run_.gpt.params().index_of(name))));
  }

  SmallRun run_{small_gpt_config()};
  const Layout layout_{run_.gpt.params(), 100};
  MetricSink sink_{layout_};
};

TEST_F(SumsMeasure, EveryLevelIsItsPartOfTheWhole) {
  const auto values = step(update_l2_metric());
  const double a = tensor("h.0.attn.q.weight", update_l2),
               b = tensor("h.1.attn.q.weight", update_l2);
  EXPECT_NEAR(value_of(values, "update_l2/h.0.attn.q.weight").value(), a, 1e-6);
  EXPECT_NEAR(value_of(values, "update_l2/role/attention_query").value(), std::hypot(a, b), 1e-6);
  double all = 0;
  for (size_t i = 0; i < run_.gpt.params().size(); ++i)
    all += run_.measured.tensor(i).sums.delta_sq;
  EXPECT_NEAR(value_of(values, "update_l2/model").value(), std::sqrt(all), 1e-6);
  const auto rows = std::find_if(values.begin(), values.end(), [](const NamedValue& v) {
    return v.first == "update_l2/rows/h.0.attn.q.weight";
  });
  ASSERT_NE(rows, values.end());
  const auto& five = std::get<FiveNumbers>(rows->second);
  EXPECT_LE(five[0], five[4]);
  EXPECT_LE(five[4], a * (1 + 1e-6)) << "no row moves more than the tensor";
  EXPECT_GE(five[4], a / std::sqrt(8.0) * (1 - 1e-6));
}

// The definition itself, from the weights before and after.
TEST_F(SumsMeasure, IsMeasuredFromTheWeights) {
  std::vector<float> before;
  const Param& q = run_.gpt.params().named("h.0.attn.q.weight");
  for (const float w : q.weight.span<float>()) before.push_back(w);
  const auto values = step(update_l2_metric());
  double sum = 0;
  for (size_t i = 0; i < before.size(); ++i)
    sum += std::pow(double{q.weight.f32()[i]} - double{before[i]}, 2);
  EXPECT_NEAR(value_of(values, "update_l2/h.0.attn.q.weight").value(), std::sqrt(sum), 1e-7);
  // AdamW's first step moves every coordinate by lr, and decays: the claim leaves that out.
  EXPECT_NEAR(value_of(values, "update_l2.no_decay/h.0.attn.q.weight").value(), 0.01 * 8, 1e-3);
}

TEST_F(SumsMeasure, AnglesOfTheModelAreThoseOfItsMatrices) {
  const auto values = step(angular_update_metric());
  double sum = 0;
  for (const size_t i : layout_.matrices.params)
    sum += std::pow(angular_update(run_.measured.tensor(i)).value(), 2);
  EXPECT_NEAR(value_of(values, "angular_update/model").value(),
              std::sqrt(sum / static_cast<double>(layout_.matrices.params.size())), 1e-6);
  EXPECT_FALSE(value_of(values, "angular_update/role/norm_gain"));
}

TEST_F(SumsMeasure, AMissingValueIsLeftOut) {
  EXPECT_TRUE(step(grad_momentum_cosine_metric()).empty()) << "the momentum was zero";
  EXPECT_FALSE(step(grad_momentum_cosine_metric()).empty());
}

TEST_F(SumsMeasure, AFormulaOfAUserIsEnough) {
  const auto values = step(sums_metric("mine", "test", [](const Measured& m) {
    return std::optional(static_cast<double>(m.elements));
  }));
  EXPECT_EQ(value_of(values, "mine/h.0.attn.q.weight"), 64);
}

}  // namespace
}  // namespace coldstart::metrics
