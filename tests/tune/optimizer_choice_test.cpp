#include "coldstart/tune/optimizer_choice.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/tune/phases.h"
#include "tests/tune/tiny_work.h"

namespace coldstart::tune {
namespace {

using testing::HasSubstr;

OptimizerChoice of(double muon, double lion_ar, double adamw = NAN) {
  return choose_of({{.idea = {.optimizer = "muon"}, .loss = muon, .trunks = {}, .cooled = {}},
                    {.idea = {.optimizer = "lion_ar"}, .loss = lion_ar, .trunks = {}, .cooled = {}},
                    {.idea = {.optimizer = "adamw"}, .loss = adamw, .trunks = {}, .cooled = {}}});
}

TEST(TuneOptimizerChoice, SaysByHowMuchTheDefaultIsAhead) {
  const OptimizerChoice choice = of(2.0, 2.031);
  EXPECT_FALSE(choice.changes());
  EXPECT_NEAR(choice.ahead, 0.031, 1e-12);
  EXPECT_EQ(choice.answer, "muon, the default, 0.031 nats below lion_ar");
  EXPECT_EQ(of(2.0, 2.031, 2.01).answer, "muon, the default, 0.010 nats below adamw");
}

TEST(TuneOptimizerChoice, AnotherOneHasToBeClearlyBetter) {
  EXPECT_EQ(of(2.0, 1.9).answer, "lion_ar, 0.100 nats below muon");
  EXPECT_EQ(of(2.0, 1.9, 1.95).answer, "lion_ar, 0.050 nats below adamw");
  const OptimizerChoice stays = of(2.0, 1.995);
  EXPECT_FALSE(stays.changes());
  EXPECT_NEAR(stays.ahead, -0.005, 1e-12);
  EXPECT_EQ(stays.answer,
            "muon, the default, though lion_ar came out 0.005 nats lower: less than 0.5 % of the "
            "loss");
}

TEST(TuneOptimizerChoice, OneThatDivergedIsNamed) {
  EXPECT_EQ(of(2.0, NAN).answer, "muon, the default; lion_ar diverged");
  EXPECT_EQ(of(NAN, 2.0).answer, "lion_ar; muon diverged");
  EXPECT_THAT(of(NAN, NAN).answer, HasSubstr("none of them trains"));
}

// The phase itself: the decision holds the losses of its trials against each other.
TEST(TuneOptimizerChoice, TheDecisionOfThePhaseGivesTheDifferenceOfItsTrials) {
  TinyWork tiny(1000);
  Work& work = tiny.work;
  work.outline = outline_of(1000);
  choose_optimizer(work);
  const Decision d = work.journal.decision("optimizer").value();
  double muon = NAN, lion_ar = NAN;
  for (const RunRecord& run : work.runs.all())
    if (run.scored)
      (run.name.find("muon") != std::string::npos ? muon : lion_ar) = run.last_val.value();
  EXPECT_DOUBLE_EQ(std::abs(d.number("ahead")), std::abs(lion_ar - muon));
  EXPECT_THAT(d.answer, HasSubstr(fmt::format("{:.3f} nats", std::abs(lion_ar - muon))));
  EXPECT_EQ(work.base.optimizer.name, d.word("optimizer"));
}

}  // namespace
}  // namespace coldstart::tune
