#include "coldstart/study/warmup_study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "coldstart/core/error.h"
#include "coldstart/train/config.h"
#include "tests/data/temp_dir.h"

namespace coldstart::study {
namespace {

WarmupPlan small_plan() {
  return {.config = "tiny",
          .optimizers = {"adamw", "lion_ar"},
          .warmups = {"0", "5%"},
          .rates = {1e-3, 1e-1},
          .levels = 3,
          .seeds = 2};
}

TEST(WarmupStudy, CrossesOptimizerWarmupRateAndSeed) {
  const data::TempDir temp;
  const auto study = StudyDirectory::create(temp / "w", warmup_spec(small_plan()), temp.path());
  ASSERT_EQ(study.trials(), 2 * 2 * 3 * 2);
  std::set<std::string> seen;
  for (int64_t i = 0; i < study.trials(); ++i) {
    const TrialPlan plan = study.plan(i);
    seen.insert(plan.values.at("optimizer.name") + " " + plan.values.at("schedule.warmup") + " " +
                plan.values.at("optimizer.lr") + " " + std::to_string(plan.seed));
  }
  EXPECT_EQ(seen.size(), 24u);
  EXPECT_TRUE(seen.contains("lion_ar 5% 0.01 2"));
  EXPECT_EQ(StudyDirectory::open(temp / "w").trials(), 24) << "study.toml says it all";
}

TEST(WarmupStudy, ItsRunsMeasureWhatTheCausesAreFoundFrom) {
  const data::TempDir temp;
  const auto study = StudyDirectory::create(temp / "w", warmup_spec(small_plan()), temp.path());
  EXPECT_EQ(study.base()->metrics.measure, "default,snr@5,rrc@10");
  EXPECT_EQ(StudyDirectory::open(temp / "w").base()->metrics.measure, "default,snr@5,rrc@10");
}

// Two seeds a side, sigma 0.02: se = 0.02, and t(0.975, 6 degrees) = 2.4469.
TEST(WarmupStudy, TheAdviceHasAnInterval) {
  const WarmupCell a{.optimizer = "a", .warmup = "0", .loss = 2.6, .se = 0.02 / std::sqrt(2)};
  const WarmupCell b{.optimizer = "b", .warmup = "5%", .loss = 2.5, .se = 0.02 / std::sqrt(2)};
  const plan::Interval d = difference_of(a, b, 6);
  EXPECT_NEAR(d.mid, 0.1, 1e-12);
  EXPECT_NEAR(d.hi - d.mid, 2.4469 * 0.02, 1e-5);
  EXPECT_NEAR(d.mid - d.lo, 2.4469 * 0.02, 1e-5);
  EXPECT_TRUE(std::isnan(difference_of(a, b, 0).lo)) << "one seed each";
}

TEST(WarmupStudy, RefusesWhatGivesNoVerdict) {
  WarmupPlan plan = small_plan();
  plan.warmups = {"5%", "0"};
  EXPECT_THROW(warmup_spec(plan), ConfigError);
  plan = small_plan();
  plan.levels = 2;
  EXPECT_THROW(warmup_spec(plan), ConfigError);
  for (const char* range : {"1e-3", "1e-2:1e-3", "0:1", "a:b", "1e-3:inf"})
    EXPECT_THROW(set_rates(plan, range), ConfigError) << range;
  set_rates(plan, "1e-4:3e-2");
  EXPECT_EQ(plan.rates.hi, 3e-2);
  for (const char* ranges : {"adamw=1e-3:1e-2", "adamw=1e-3:1e-2,lion=1:2", "adamw=1,lion_ar=1:2"})
    EXPECT_THROW(set_rates(plan, ranges), ConfigError) << ranges;
}

TEST(WarmupStudy, GivesEachOptimizerARangeOfItsOwn) {
  const data::TempDir temp;
  WarmupPlan plan = small_plan();
  set_rates(plan, "adamw=1e-3:4e-3,lion_ar=0.1:0.4");
  const auto study = StudyDirectory::create(temp / "w", warmup_spec(plan), temp.path());
  ASSERT_EQ(study.trials(), 2 * 2 * 3 * 2);
  std::map<std::string, std::set<std::string>> rates;
  for (int64_t i = 0; i < study.trials(); ++i) {
    const Values values = study.plan(i).values;
    rates[values.at("optimizer.name")].insert(values.at("optimizer.lr"));
  }
  EXPECT_THAT(rates["adamw"], testing::ElementsAre("0.001", "0.002", "0.004"));
  EXPECT_THAT(rates["lion_ar"], testing::ElementsAre("0.1", "0.2", "0.4"));
}

TEST(WarmupStudy, TheAdviceIsAConfigurationThatIsRead) {
  const data::TempDir temp;
  const auto study = StudyDirectory::create(temp / "w", warmup_spec(small_plan()), temp.path());
  WarmupReport report;
  report.cells = {{.optimizer = "adamw", .warmup = "0", .loss = 3.0, .lr = 1e-3},
                  {.optimizer = "adamw", .warmup = "5%", .loss = 2.5, .lr = 1e-2},
                  {.optimizer = "lion_ar", .warmup = "0", .loss = 2.25, .lr = 1e-2}};
  report.verdicts = {{.optimizer = "lion_ar", .need = Need::not_needed}};
  const NoWarmup best = without_warmup(study, report);
  EXPECT_EQ(best.optimizer, "lion_ar");
  EXPECT_EQ(best.against, "adamw with warmup 5%");
  EXPECT_DOUBLE_EQ(best.difference.mid, -0.25);
  EXPECT_EQ(best.need, Need::not_needed);
  EXPECT_THAT(advice_text(best),
              testing::HasSubstr("lion_ar at lr 0.01 reaches 2.2500 (warmup NOT_NEEDED for it); "
                                 "against adamw with warmup 5% it gains 0.2500"));
  train::RunConfig config;
  train::apply_toml(config, best.config, "advice");
  EXPECT_EQ(config.optimizer.lr, 1e-2);
  EXPECT_EQ(config.schedule.warmup, Length(0));
}

}  // namespace
}  // namespace coldstart::study
