#include <gtest/gtest.h>

#include <algorithm>

#include "coldstart/metrics/formulas.h"
#include "tests/metrics/small_gpt.h"

namespace coldstart::metrics {
namespace {

// Units whose weights see only zeros put out act(0) = 0; units fed by a strong bias are alive.
class DeadUnits : public testing::Test {
 protected:
  std::vector<NamedValue> measure(model::Mlp mlp, bool recompute = false) {
    model::GptConfig config = small_gpt_config(mlp);
    config.bias = mlp != model::Mlp::swiglu;
    config.recompute = recompute;
    SmallRun run(config);
    const ParamList& params = run.gpt.params();
    const auto set_bias = [&](const char* name, size_t unit, float value) {
      if (params.index_of(name) >= 0) params.named(name).weight.f32()[unit] = value;
    };
    // Layer 0: 4 of 16 units never above zero. Layer 1: none.
    for (size_t unit = 0; unit < 16; ++unit) {
      set_bias("h.0.mlp.in.bias", unit, unit < 4 ? -100.0f : 100.0f);
      set_bias("h.1.mlp.in.bias", unit, 100.0f);
    }
    if (mlp == model::Mlp::swiglu) {
      const Tensor in = params.named("h.0.mlp.in.weight").weight;
      run.kernels().fill(in.row_range(0, 2), 0);
    }
    const Probe probe = random_probe(config, 5, 2);  // the last batch is not full
    const Layout layout(params, 100);
    MetricSink sink(layout);
    sink.begin("dead_relu", all_levels());
    run.observe(*dead_relu_metric().make({.layout = layout, .probe = &probe}), sink);
    return sink.take();
  }
};

TEST_F(DeadUnits, OfReluAndLeakyRelu) {
  for (const model::Mlp mlp : {model::Mlp::relu, model::Mlp::leaky_relu}) {
    const auto values = measure(mlp);
    EXPECT_EQ(value_of(values, "dead_relu/h.0.mlp.in.weight"), 0.25);
    EXPECT_EQ(value_of(values, "dead_relu/h.1.mlp.in.weight"), 0.0);
    EXPECT_EQ(value_of(values, "dead_relu/role/mlp_in"), 0.125);
    EXPECT_EQ(value_of(values, "dead_relu/model"), 0.125);
    EXPECT_FALSE(value_of(values, "dead_relu.near_zero/model"));
  }
}

TEST_F(DeadUnits, OfBlocksThatAreComputedAgain) {
  EXPECT_EQ(value_of(measure(model::Mlp::relu, true), "dead_relu/h.0.mlp.in.weight"), 0.25);
}

// Units that are off at some positions and on at others, as the model starts: counted by hand.
TEST_F(DeadUnits, AreOffAtEveryPositionAndNotAtMost) {
  model::GptConfig config = small_gpt_config(model::Mlp::relu);
  SmallRun run(config);
  const Layout layout(run.gpt.params(), 100);
  config.T = 2;  // positions: a quarter of the units is off at both
  const Probe probe = random_probe(config, 1, 1);
  std::vector<bool> alive(16);
  int64_t off = 0;
  run.gpt.forward(run.kernels(), probe.batch(0));
  run.gpt.visit_linears(run.kernels(), [&](const model::LinearSite& site) {
    if (run.gpt.params()[site.first_param].name != "h.1.mlp.out.weight") return;
    for (int64_t i = 0; i < site.input.size(); ++i) {
      if (site.input.at(i) > 0) alive[static_cast<size_t>(i) % 16] = true;
      off += site.input.at(i) > 0 ? 0 : 1;
    }
  });
  MetricSink sink(layout);
  sink.begin("dead_relu", all_levels());
  run.observe(*dead_relu_metric().make({.layout = layout, .probe = &probe}), sink);
  const double dead = value_of(sink.take(), "dead_relu/h.1.mlp.in.weight").value();
  EXPECT_EQ(dead, static_cast<double>(std::ranges::count(alive, false)) / 16);
  EXPECT_GT(dead, 0);
  EXPECT_LT(dead, static_cast<double>(off) / (16 * 2)) << "some are off only at times";
}

// Biases of layer 1 sink, and more of its units die at each of three looks.
TEST_F(DeadUnits, AWarningNamesTheLayerWhereTheyGrow) {
  model::GptConfig config = small_gpt_config(model::Mlp::relu);
  config.bias = true;
  SmallRun run(config);
  const Probe probe = random_probe(config, 5, 2);
  const Layout layout(run.gpt.params(), 100);
  const auto metric = dead_relu_metric().make({.layout = layout, .probe = &probe});
  const auto look = [&](size_t dead) {
    float* bias = run.gpt.params().named("h.1.mlp.in.bias").weight.f32();
    for (size_t unit = 0; unit < 16; ++unit) bias[unit] = unit < dead ? -100.0f : 100.0f;
    MetricSink sink(layout);
    sink.begin("dead_relu", all_levels());
    run.observe(*metric, sink);
    return sink.take_warnings();
  };
  EXPECT_TRUE(look(2).empty()) << "as the model starts";
  EXPECT_TRUE(look(2).empty());
  const auto warnings = look(4);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(warnings[0].starts_with("layer 1: 25% of its 16 units are dead")) << warnings[0];
  EXPECT_NE(warnings[0].find("12% before"), std::string::npos) << warnings[0];
  EXPECT_TRUE(look(4).empty()) << "said once";
  EXPECT_TRUE(look(3).empty()) << "some came back";
  EXPECT_EQ(look(5).size(), 1u);

  // What is known is a state: a resumed run does not say it again.
  const auto resumed = dead_relu_metric().make({.layout = layout, .probe = &probe});
  const Tensor from = metric->states()[0].tensor, to = resumed->states()[0].tensor;
  std::ranges::copy(from.span<double>(), to.span<double>().begin());
  MetricSink sink(layout);
  sink.begin("dead_relu", all_levels());
  run.observe(*resumed, sink);
  EXPECT_TRUE(sink.take_warnings().empty());
}

TEST_F(DeadUnits, OfGeluAreThoseNearZero) {
  const auto values = measure(model::Mlp::gelu);
  EXPECT_EQ(value_of(values, "dead_relu.near_zero/h.0.mlp.in.weight"), 0.25);
  EXPECT_FALSE(value_of(values, "dead_relu/model")) << "GELU has no dead units";
}

TEST_F(DeadUnits, OfSwigluAreThoseNearZero) {
  EXPECT_EQ(value_of(measure(model::Mlp::swiglu), "dead_relu.near_zero/h.0.mlp.in.weight"), 0.125);
}

}  // namespace
}  // namespace coldstart::metrics
