#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "coldstart/tune/phases.h"
#include "tests/tune/tiny_work.h"

namespace coldstart::tune {
namespace {

using testing::Contains;
using testing::HasSubstr;

// The phase alone, after one rate and an optimizer that was chosen by 0.5 nats.
struct Checked {
  TinyWork tiny;
  Decision decision;
  std::vector<Trial> goes_on;

  explicit Checked(int64_t steps) : tiny(steps) {
    Work& work = tiny.work;
    work.base.optimizer.name = "muon";
    work.outline = outline_of(steps);
    work.outline.trial_steps = kFewestTrialSteps;
    settle(work, "optimizer", [] { return Decision{.numbers = {{"ahead", 0.5}}}; });
    const Idea idea{.optimizer = "muon", .lr = 0.02, .seed = 1};
    goes_on = check_warmup(work, {cooled_rung(work, kRateRung, idea, kFewestTrialSteps, "to see")});
    decision = work.journal.decision("warmup").value();
  }
  int64_t scored_runs() const {
    return std::ranges::count_if(tiny.work.runs.all(),
                                 [](const RunRecord& run) { return run.scored; });
  }
};

TEST(TuneCheckWarmup, RunsPairsOfSeedsAndGivesTheDifferenceWithItsInterval) {
  const Checked checked(kFewestPairedSteps);
  EXPECT_EQ(checked.decision.integer("pairs"), kPairs);
  EXPECT_EQ(checked.scored_runs(), 2 * kPairs);
  EXPECT_THAT(checked.decision.answer, HasSubstr("over 3 seeds"));
  for (const char* part : {"seed 3: ", "Student's t with 2 degrees", "standard deviation of",
                           "optimizers lay 0.5000 apart"})
    EXPECT_THAT(checked.decision.evidence, Contains(HasSubstr(part)));
  EXPECT_GT(checked.decision.number("sigma"), 0);
  // The commands of all pairs, so that more seeds can be added by hand.
  EXPECT_EQ(checked.decision.commands.size(), 2u * kPairs);
}

TEST(TuneCheckWarmup, OnePairSaysWhatIsMissingAndWhichBudgetWouldBuyIt) {
  const Checked checked(kFewestTunedSteps);
  EXPECT_EQ(checked.scored_runs(), 2);
  EXPECT_EQ(checked.decision.label, "NOT_ESTABLISHED");
  EXPECT_THAT(checked.decision.caveats,
              Contains(testing::AllOf(HasSubstr("one pair"), HasSubstr("128.0K tokens"),
                                      HasSubstr("3 pairs"))));
}

TEST(TuneCheckWarmup, AFullBudgetTriesAHigherRateWithWarmup) {
  const Checked checked(kFewestFullSteps);
  EXPECT_EQ(checked.scored_runs(), 2 * kPairs + 1);
  EXPECT_THAT(checked.decision.evidence, Contains(HasSubstr("0.04 with warmup")));
}

}  // namespace
}  // namespace coldstart::tune
