#include "coldstart/bench/train_bench.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "coldstart/bench/kernel_table.h"

namespace coldstart::bench {
namespace {

TrainBenchOptions small() {
  return {.model = {.L = 2, .C = 32, .H = 2, .H_kv = 2, .T = 16, .V = 50, .F = 128},
          .B = 2,
          .steps = 3};
}

TEST(TrainBench, FiguresFollowFromTheMedianStep) {
  const auto kernels = kernels::make_cpu_kernels();
  const TrainBenchResult r = bench_train(small(), *kernels);
  EXPECT_GT(r.step_ms, 0);
  EXPECT_LE(r.step_ms_min, r.step_ms);
  EXPECT_GE(r.step_ms_max, r.step_ms);
  EXPECT_NEAR(r.tokens_per_s, 32 / (r.step_ms * 1e-3), 1e-6 * r.tokens_per_s);
  const double flops = model::train_flops_per_token(small().model, 16);
  EXPECT_NEAR(r.gflops, r.tokens_per_s * flops * 1e-9, 1e-6 * r.gflops);
  EXPECT_NEAR(r.fraction_of_peak, r.gflops / r.peak_gflops, 1e-12);
  EXPECT_GE(r.peak_gflops, r.peak_gflops_before);
  EXPECT_GE(r.peak_gflops, r.peak_gflops_after);
  EXPECT_GT(r.peak_rss_bytes, 1 << 20);
  EXPECT_NEAR(r.first_loss, std::log(50.0), 0.2);  // random tokens: nothing to learn yet
}

TEST(TrainBench, JsonHasTheKeysThatThePeersPrint) {
  const auto json = nlohmann::json::parse(to_json(TrainBenchResult{}, "bench-1m"));
  for (const char* key : {"preset", "tokens_per_s", "gflops", "peak_gflops", "fraction_of_peak",
                          "step_ms", "peak_rss_bytes", "threads"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
}

TEST(KernelTable, SharesAddUpToTheStep) {
  const auto kernels = kernels::make_cpu_kernels();
  const KernelTable table = bench_kernels(small(), *kernels);
  double share = 0;
  for (const KernelRow& row : table.rows) share += row.share;
  EXPECT_NEAR(share, 1, 1e-9);
  EXPECT_EQ(table.rows.back().name, "other");
  EXPECT_NE(to_text(table).find("attention_backward"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(to_json(table, "x"))["rows"].size(), table.rows.size());
}

}  // namespace
}  // namespace coldstart::bench
