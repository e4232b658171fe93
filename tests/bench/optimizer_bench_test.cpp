#include "coldstart/bench/optimizer_bench.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"
#include "coldstart/optim/registry.h"

namespace coldstart::bench {
namespace {

OptimizerBenchOptions small(std::vector<std::string> optimizers) {
  return {.optimizers = std::move(optimizers),
          .models = {{"small", {.L = 1, .C = 32, .H = 2, .H_kv = 2, .T = 16, .V = 50, .F = 128}}},
          .steps = 3,
          .elapsed_s = 0};
}

TEST(OptimizerBench, MeasuresEveryOptimizerThereIs) {
  const auto kernels = kernels::make_cpu_kernels();
  const OptimizerTable table = bench_optimizers(small({}), *kernels);
  ASSERT_EQ(table.rows.size(), optim::optimizer_names().size());
  for (const OptimizerRow& r : table.rows) {
    SCOPED_TRACE(r.optimizer);
    EXPECT_GT(r.parameters, 0);
    EXPECT_GE(r.bytes_per_parameter, 20) << "weight and momentum read and written, gradient read";
    EXPECT_GT(r.step_ms, 0);
    EXPECT_LE(r.step_ms_min, r.step_ms);
    EXPECT_GE(r.step_ms_max, r.step_ms);
    const double bytes = r.bytes_per_parameter * static_cast<double>(r.parameters);
    EXPECT_NEAR(r.gbytes_per_s, 1e-9 * bytes / (1e-3 * r.step_ms), 1e-6 * r.gbytes_per_s);
    EXPECT_EQ(r.triad_gbs, std::max(r.triad_gbs_before, r.triad_gbs_after));
    EXPECT_NEAR(r.fraction_of_triad, r.gbytes_per_s / r.triad_gbs, 1e-12);
    EXPECT_EQ(r.gflops > 0, r.optimizer == "muon") << "the one with matrix products";
    if (r.gflops == 0) continue;
    EXPECT_LT(r.gflops_done, 0.75 * r.gflops) << "two of three products are symmetric";
    EXPECT_GT(r.gflops_done, 0.6 * r.gflops);
    EXPECT_EQ(r.peak_gflops, std::max(r.peak_gflops_before, r.peak_gflops_after));
    EXPECT_NEAR(r.fraction_of_peak, r.gflops / r.peak_gflops, 1e-12);
  }
}

TEST(OptimizerBench, CountsTheBytesOfOnePass) {
  const auto kernels = kernels::make_cpu_kernels();
  const OptimizerTable table = bench_optimizers(small({"lion_ar", "adamw"}), *kernels);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0].optimizer, "lion_ar");
  EXPECT_DOUBLE_EQ(table.rows[0].bytes_per_parameter, 20);
  EXPECT_DOUBLE_EQ(table.rows[1].bytes_per_parameter, 28);
  EXPECT_THROW(bench_optimizers(small({"lion_arr"}), *kernels), ConfigError);
}

TEST(OptimizerBench, JsonHasTheKeysThatThePeersPrint) {
  const OptimizerTable table{.kernels = "cpu", .threads = 2, .rows = {{}}};
  const auto json = nlohmann::json::parse(to_json(table));
  EXPECT_EQ(json["threads"], 2);
  for (const char* key : {"optimizer", "model", "parameters", "bytes_per_parameter", "step_ms",
                          "step_ms_min", "step_ms_max", "gbytes_per_s"}) {
    EXPECT_TRUE(json["rows"][0].contains(key)) << key;
  }
  EXPECT_NE(to_text(table).find("of triad"), std::string::npos);
}

}  // namespace
}  // namespace coldstart::bench
