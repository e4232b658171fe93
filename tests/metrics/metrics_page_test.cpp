#include "coldstart/metrics/metrics_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/files.h"
#include "coldstart/metrics/registry.h"
#include "tests/test_paths.h"

namespace coldstart::metrics {
namespace {

TEST(MetricsPage, TheCommittedPageIsTheGeneratedOne) {
  EXPECT_EQ(read_file(source_dir() / "docs/metrics.md"), metrics_page())
      << "run: coldstart docs metrics > docs/metrics.md";
}

TEST(MetricsPage, WhatIsNotOnByItselfStatesItsCost) {
  for (const MetricInfo& info : builtin_metrics()) {
    if (info.on_by_default) continue;
    EXPECT_THAT(cost_lines(), testing::HasSubstr(info.cost)) << info.name;
  }
}

}  // namespace
}  // namespace coldstart::metrics
