#include "coldstart/bench/metrics_bench.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "coldstart/metrics/registry.h"

namespace coldstart::bench {
namespace {

MetricsBenchOptions small() {
  MetricsBenchOptions options;
  options.training = {
      .model =
          {.L = 1, .C = 16, .H = 2, .H_kv = 2, .T = 8, .V = 20, .F = 32, .mlp = model::Mlp::relu},
      .B = 2};
  options.metrics.probe_tokens = 32;
  options.eval_every = 10;
  return options;
}

TEST(MetricsBench, MeasuresEveryMeasureThereIs) {
  const auto kernels = kernels::make_cpu_kernels();
  const MetricsTable table = bench_metrics(small(), *kernels);
  ASSERT_EQ(table.rows.size(), metrics::builtin_metrics().size());
  EXPECT_GT(table.training_ms, 0);
  EXPECT_EQ(table.granularity, metrics::MetricsOptions().granularity);
  for (const MetricCost& cost : table.rows) {
    SCOPED_TRACE(cost.metric);
    EXPECT_GT(cost.measured_ms, 0);
    EXPECT_GT(cost.step_ms, 0);
    EXPECT_NEAR(cost.share, cost.step_ms / table.training_ms, 1e-12);
    if (cost.interval == "evaluations") {
      EXPECT_DOUBLE_EQ(cost.step_ms, cost.measured_ms / 10);
    }
    EXPECT_EQ(cost.on_by_default, metrics::find_metric(cost.metric, "").on_by_default);
  }
  EXPECT_EQ(table.run.metric, "measure = default");
  EXPECT_GT(table.run.step_ms, 0);
  EXPECT_GT(table.early_ms, 0);
}

TEST(MetricsBench, JsonAndTextHaveTheFigures) {
  const MetricsTable table{.kernels = "cpu", .granularity = "model", .threads = 2, .rows = {{}}};
  const auto json = nlohmann::json::parse(to_json(table));
  for (const char* key : {"training_ms", "split_ms", "early_ms", "run", "rows"})
    EXPECT_TRUE(json.contains(key)) << key;
  for (const char* key : {"metric", "interval", "on_by_default", "measured_ms", "step_ms", "share"})
    EXPECT_TRUE(json["rows"][0].contains(key)) << key;
  EXPECT_NE(to_text(table).find("of training"), std::string::npos);
}

}  // namespace
}  // namespace coldstart::bench
