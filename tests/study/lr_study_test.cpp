#include "coldstart/study/lr_study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/data/temp_dir.h"
#include "tests/train/small_run.h"

namespace coldstart::study {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

LrStudy wanted() {
  return {.goal = "which rate", .base = train::small_config(""), .steps = 8, .rates = {0.01, 0.03}};
}

TEST(LrStudy, RangesAreHalfDecadesWithBothEnds) {
  const RateRange range = parse_rates("1e-3:1e-1");
  EXPECT_THAT(rates_in(range), ElementsAre(DoubleNear(1e-3, 1e-9), DoubleNear(3.16228e-3, 1e-9),
                                           DoubleNear(1e-2, 1e-7), DoubleNear(3.16228e-2, 1e-7),
                                           DoubleNear(1e-1, 1e-6)));
  for (const char* bad : {"", "1e-3", "1e-1:1e-3", "0:1", "a:b", "1e-3:inf"})
    EXPECT_THROW(parse_rates(bad), ConfigError) << bad;
}

TEST(LrStudy, GrowsByTheRatesThatItLacksAndKeepsTheOrder) {
  const data::TempDir temp;
  LrStudy plan = wanted();
  EXPECT_EQ(open_lr_study(temp / "s", plan).trials(), 2);
  EXPECT_EQ(open_lr_study(temp / "s", plan).trials(), 2) << "asked again";
  plan.rates = {0.03, 0.1, 0.01};
  const auto grown = open_lr_study(temp / "s", plan);
  EXPECT_THAT(rates_of(grown), ElementsAre(0.01, 0.03, 0.1));
  EXPECT_EQ(StudyDirectory::open(temp / "s").spec().space.at(0).param.hi, 0.1)
      << "the range grows with the list";
}

TEST(LrStudy, AnotherSetUpInTheSameDirectoryIsRefused) {
  const data::TempDir temp;
  open_lr_study(temp / "s", wanted());
  LrStudy longer = wanted(), wider = wanted();
  longer.steps = 16;
  wider.base.model.width = 32;
  EXPECT_THROW(open_lr_study(temp / "s", longer), ConfigError);
  try {
    open_lr_study(temp / "s", wider);
    FAIL() << "expected a ConfigError";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("model.width"));
  }
}

TEST(LrStudy, AnAmountOfDataIsNoNumberOfSteps) {
  train::RunConfig config = train::small_config("");
  EXPECT_EQ(steps_of(config), 12);
  config.train.steps = Length::of_epochs(2);
  EXPECT_THROW(steps_of(config), ConfigError);
}

}  // namespace
}  // namespace coldstart::study
