#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/metrics/options.h"
#include "coldstart/metrics/registry.h"

namespace coldstart::metrics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> chosen(const std::string& measure) {
  std::vector<std::string> names;
  for (const ChosenMetric& c : chosen_metrics({.measure = measure})) {
    names.push_back(fmt::format("{}@{}", c.name, c.interval.steps));
  }
  return names;
}

std::string error_of(const MetricsOptions& options) {
  try {
    chosen_metrics(options);
    chosen_levels(options);
  } catch (const ConfigError& error) {
    return error.message();
  }
  return "accepted";
}

TEST(Selection, NamesWithTheirIntervals) {
  EXPECT_THAT(chosen("update_l2, angular_update@25 ,weight_norm@eval"),
              ElementsAre("update_l2@1", "angular_update@25", "weight_norm@0"));
  EXPECT_THAT(chosen("none"), IsEmpty());
  EXPECT_THAT(chosen(""), IsEmpty());
}

TEST(Selection, DefaultIsWhatCostsNothing) {
  const auto names = chosen("default");
  EXPECT_THAT(names, testing::IsSupersetOf({"update_l2@1", "relative_update@1", "angular_update@1",
                                            "grad_momentum_cosine@1", "weight_norm@1"}));
  for (const ChosenMetric& c : chosen_metrics({})) {
    EXPECT_TRUE(find_metric(c.name, "").costs_nothing) << c.name;
  }
  EXPECT_EQ(chosen("all").size(), all_metrics().size());
}

TEST(Selection, LaterWordsWin) {
  auto fewer = chosen("default");
  std::erase(fewer, "weight_norm@1");
  EXPECT_EQ(chosen("default,-weight_norm"), fewer);
  EXPECT_THAT(chosen("all,none,update_l2,update_l2@7"), ElementsAre("update_l2@7"));
  EXPECT_THAT(chosen("default@10"), testing::Contains("update_l2@10"));
}

TEST(Selection, AnUnknownMetricNamesTheNearest) {
  EXPECT_THAT(error_of({.measure = "default,angular_updates"}),
              HasSubstr("[metrics.measure] there is no metric 'angular_updates'\nhint: did you "
                        "mean 'angular_update'?"));
  EXPECT_THAT(error_of({.measure = "update_l2@0"}), HasSubstr("no usable interval; got '0'"));
  EXPECT_THAT(error_of({.measure = "update_l2@ten"}), HasSubstr("got 'ten'"));
  EXPECT_THAT(error_of({.measure = "-updatel2"}), HasSubstr("did you mean 'update_l2'?"));
  EXPECT_THAT(error_of({.granularity = "model,rolle@5"}), HasSubstr("did you mean 'role'?"));
}

TEST(Selection, LevelsHaveIntervalsToo) {
  const auto levels = chosen_levels({.granularity = "model,tensor@50,rows@eval"});
  ASSERT_EQ(levels.size(), 3u);
  EXPECT_EQ(levels[0].level, Level::model);
  EXPECT_EQ(levels[0].every, 1);
  EXPECT_EQ(levels[1].level, Level::tensor);
  EXPECT_EQ(levels[1].every, 50);
  EXPECT_EQ(levels[2].every, 0);
}

}  // namespace
}  // namespace coldstart::metrics
