#include "coldstart/metrics/registry.h"

#include <gtest/gtest.h>

#include <set>

#include "coldstart/metrics/sums_metric.h"

namespace coldstart::metrics {
namespace {

TEST(Registry, EveryMetricSaysWhatItIsAndWhatItCosts) {
  std::set<std::string> names;
  for (const MetricInfo& info : builtin_metrics()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.meaning.empty()) << info.name;
    EXPECT_FALSE(info.cost.empty()) << info.name;
    EXPECT_FALSE(info.parts.empty()) << info.name;
    EXPECT_TRUE(info.make) << info.name;
    EXPECT_EQ(find_metric(info.name, "test").meaning, info.meaning);
  }
}

TEST(Registry, TakesAMetricOnce) {
  const auto mine = [](const std::string& name) {
    return sums_metric(name, "test", [](const Measured&) { return std::optional(1.0); });
  };
  register_metric(mine("registry_test_metric"));
  EXPECT_EQ(find_metric("registry_test_metric", "test").meaning, "test");
  EXPECT_THROW(register_metric(mine("registry_test_metric")), ConfigError);
  EXPECT_THROW(register_metric(mine("update_l2")), ConfigError);
  EXPECT_THROW(register_metric(mine("two words")), ConfigError);
  EXPECT_THROW(register_metric(mine("all")), ConfigError);
}

}  // namespace
}  // namespace coldstart::metrics
