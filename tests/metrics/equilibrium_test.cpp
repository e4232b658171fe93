#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/metrics/formulas.h"
#include "tests/metrics/small_gpt.h"

namespace coldstart::metrics {
namespace {

class EquilibriumMeasure : public testing::Test {
 protected:
  std::vector<NamedValue> step(Metric& metric, double lr = 0.01) {
    sink_.begin("equilibrium", all_levels());
    run_.step(metric, sink_, lr);
    return sink_.take();
  }
  std::unique_ptr<Metric> make(std::optional<Dynamics> dynamics) {
    return equilibrium_metric().make({.layout = layout_, .dynamics = dynamics});
  }

  SmallRun run_{small_gpt_config()};
  const Layout layout_{run_.gpt.params(), 100};
  MetricSink sink_{layout_};
  const Dynamics adamw_ = adamw_dynamics(0.1, 0.9, 0.95);
};

TEST_F(EquilibriumMeasure, StandsBesideWhatIsMeasured) {
  const auto metric = make(adamw_);
  const double rms_before = 0.2;  // the initial standard deviation
  const auto values = step(*metric);
  const double angle = equilibrium(adamw_, 0.01)->angle;
  EXPECT_NEAR(value_of(values, "equilibrium.angle/h.0.attn.q.weight").value(), angle, 1e-8);
  EXPECT_NEAR(value_of(values, "equilibrium.angle/model").value(), angle, 1e-8);
  const auto q = static_cast<size_t>(run_.gpt.params().index_of("h.0.attn.q.weight"));
  EXPECT_NEAR(value_of(values, "equilibrium.ratio/h.0.attn.q.weight").value(),
              angular_update(run_.measured.tensor(q)).value() / angle, 1e-4);
  EXPECT_NEAR(value_of(values, "equilibrium.predicted_angle/h.0.attn.q.weight").value(),
              0.01 / rms_before, 0.3 * 0.01 / rms_before)
      << "lr over RMS of the weights";
  EXPECT_FALSE(value_of(values, "equilibrium.angle/norm_f.gain")) << "gains do not decay";
}

// r^2 <- (1 - lr decay)^2 (r^2 - limit) + limit
TEST_F(EquilibriumMeasure, ThePredictionFollowsItsRecursion) {
  const auto metric = make(adamw_);
  const std::string name = "equilibrium.predicted_rms/h.0.mlp.in.weight";
  const double first = value_of(step(*metric), name).value();
  const double limit = std::pow(equilibrium(adamw_, 0.01)->rms.value(), 2);
  for (int i = 0; i < 9; ++i) step(*metric);
  const double eleventh = value_of(step(*metric), name).value();
  EXPECT_NEAR(eleventh, std::sqrt(limit + (first * first - limit) * std::pow(1 - 0.001, 20)), 1e-6);
}

// A matrix with a rate and a decay of its own has an equilibrium of its own.
TEST_F(EquilibriumMeasure, FollowsTheFactorsOfItsGroup) {
  const ParamList& params = run_.gpt.params();
  optim::GroupFactors factors{.lr = std::vector<double>(params.size(), 1.0),
                              .decay = std::vector<double>(params.size(), 1.0)};
  const auto q = static_cast<size_t>(params.index_of("h.0.attn.q.weight"));
  const auto k = static_cast<size_t>(params.index_of("h.0.attn.k.weight"));
  factors.lr[q] = 4;
  factors.decay[q] = 0.5;
  factors.decay[k] = 0;
  const auto metric =
      equilibrium_metric().make({.layout = layout_, .dynamics = adamw_, .factors = &factors});
  const auto plain = make(adamw_);
  const auto without = step(*plain);
  SmallRun again(small_gpt_config());
  sink_.begin("equilibrium", all_levels());
  again.step(*metric, sink_, 0.01);
  const auto with = sink_.take();
  const Dynamics own = adamw_dynamics(0.05, 0.9, 0.95);
  EXPECT_NEAR(value_of(with, "equilibrium.angle/h.0.attn.q.weight").value(),
              equilibrium(own, 0.04)->angle, 1e-6);
  EXPECT_NEAR(value_of(with, "equilibrium.rms/h.0.attn.q.weight").value(),
              equilibrium(own, 0.04)->rms.value(), 1e-6);
  EXPECT_NEAR(value_of(with, "equilibrium.predicted_angle/h.0.attn.q.weight").value(),
              4 * value_of(without, "equilibrium.predicted_angle/h.0.attn.q.weight").value(), 1e-6)
      << "from the same weights";
  EXPECT_FALSE(value_of(with, "equilibrium.angle/h.0.attn.k.weight")) << "no decay";
  EXPECT_EQ(value_of(with, "equilibrium.angle/h.0.mlp.in.weight"),
            value_of(without, "equilibrium.angle/h.0.mlp.in.weight"));
  // r^2 <- (1 - lr decay)^2 (r^2 - limit) + limit, with its own rate and decay
  const std::string name = "equilibrium.predicted_rms/h.0.attn.q.weight";
  const double first = value_of(with, name).value();
  sink_.begin("equilibrium", all_levels());
  again.step(*metric, sink_, 0.01);
  const double limit = std::pow(equilibrium(own, 0.04)->rms.value(), 2);
  EXPECT_NEAR(value_of(sink_.take(), name).value(),
              std::sqrt(limit + (first * first - limit) * std::pow(1 - 0.04 * 0.05, 2)), 1e-6);
}

TEST_F(EquilibriumMeasure, IsMissingWhereTheTheoryIsSilent) {
  EXPECT_TRUE(step(*make(std::nullopt)).empty());
  EXPECT_TRUE(step(*make(adamw_dynamics(0, 0.9, 0.95))).empty()) << "without decay";
}

TEST_F(EquilibriumMeasure, OfARotationIsTheAngleItAimsAt) {
  for (size_t i = 0; i < run_.gpt.params().size(); ++i) {
    run_.report[i].rotational = true;
    run_.report[i].angle = 0.02;
  }
  const auto metric = make(std::nullopt);
  sink_.begin("equilibrium", all_levels());
  metric->after_update({.step = 1,
                        .lr = 1,
                        .model = run_.gpt,
                        .kernels = run_.kernels(),
                        .measured = run_.measured,
                        .report = run_.report},
                       sink_);
  EXPECT_NEAR(value_of(sink_.take(), "equilibrium.angle/h.0.attn.q.weight").value(),
              std::atan(0.02), 1e-8);
}

}  // namespace
}  // namespace coldstart::metrics
