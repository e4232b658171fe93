#include "coldstart/plan/stale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coldstart::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const Conditions kThen{"d", "e", "c", "a", 4096, "adamw", "dropout=0"};

TEST(Stale, TD13_AVerdictAboutDurationHoldsForItsConditions) {
  const auto stale_with = [](auto change) {
    Conditions now = kThen;
    change(now);
    Verdict verdict;
    mark_stale(verdict, Conclusion::duration, changes(kThen, now));
    return testing::Value(verdict.tags, Contains("STALE"));
  };
  EXPECT_FALSE(stale_with([](Conditions&) {}));
  EXPECT_TRUE(stale_with([](Conditions& now) { now.architecture = "b"; }));
  EXPECT_TRUE(stale_with([](Conditions& now) { now.data = "b"; }));
  EXPECT_TRUE(stale_with([](Conditions& now) { now.regularisation = "dropout=0.1"; }));
  EXPECT_TRUE(stale_with([](Conditions& now) { now.batch_tokens = 8192; }));
  EXPECT_TRUE(stale_with([](Conditions& now) { now.optimizer = "lion"; }));
  EXPECT_FALSE(stale_with([](Conditions& now) { now.architecture = ""; }));  // not known
  EXPECT_FALSE(stale_with([](Conditions& now) { now.code = "b"; }));
}

TEST(Stale, TD15_AnOptimizerWinAsksForAShorterRun) {
  Verdict verdict;
  mark_stale(verdict, Conclusion::duration, {Change::optimizer});
  EXPECT_THAT(verdict.next, Contains(HasSubstr("shorter")));
  Verdict noisier;
  mark_stale(noisier, Conclusion::duration, {Change::regularisation});
  EXPECT_THAT(noisier.warnings, Contains(HasSubstr("may need more steps")));
}

TEST(Stale, BS08_AnotherBatchSizeTakesTheGroundFromMost) {
  std::vector<Conclusion> conclusions;
  for (const Stale& stale : stale_after(Change::batch)) conclusions.push_back(stale.conclusion);
  EXPECT_THAT(conclusions, ElementsAre(Conclusion::duration, Conclusion::lr, Conclusion::momentum,
                                       Conclusion::weight_decay, Conclusion::dropout));
}

TEST(Stale, TheTagIsSetOnce) {
  Verdict verdict;
  mark_stale(verdict, Conclusion::noise, {Change::data, Change::code});
  EXPECT_THAT(verdict.tags, ElementsAre("STALE"));
  EXPECT_EQ(verdict.warnings.size(), 2u);
}

}  // namespace
}  // namespace coldstart::plan
