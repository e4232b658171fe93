#include "coldstart/plan/checklist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Study sound(size_t n = 20) {
  const Rng rng(4, Stream::test);
  Study study = simulated_study({});
  study.space = {unit_hparam(), {.name = "model.layers", .role = Role::fixed, .lo = 4, .hi = 4}};
  for (uint64_t i = 0; i < n; ++i) {
    const double u = (static_cast<double>(i) + 0.5) / static_cast<double>(n);
    const double optimum = 0.2 * (u - 0.5) * (u - 0.5);
    Trial trial =
        simulated_trial(i, [=](double x) { return falling()(x) + optimum; }, {.noise = 0.02});
    add_losses(trial, i, 500, falling());
    trial.values["x"] = fmt::format("{:.6f}", u);
    study.trials.push_back(std::move(trial));
  }
  study.sigma = 0.02;
  study.sigma_n = 5;
  return study;
}

TEST(Checklist, SD10_TheFiveQuestionsAreAnswered) {
  const Checklist list = run_checklist(sound());
  ASSERT_EQ(list.items.size(), 5u);
  EXPECT_THAT(list.items[0].question, HasSubstr("search space"));
  EXPECT_THAT(list.items[1].question, HasSubstr("points"));
  EXPECT_THAT(list.items[2].question, HasSubstr("infeasible"));
  EXPECT_THAT(list.items[3].question, HasSubstr("optimization"));
  EXPECT_THAT(list.items[4].question, HasSubstr("curves"));
  for (const ChecklistItem& item : list.items) EXPECT_FALSE(item.answer.empty());
  EXPECT_TRUE(list.items[0].good) << list.items[0].answer;
  EXPECT_TRUE(list.items[2].good);
  EXPECT_TRUE(list.may_conclude);
}

TEST(Checklist, SD03_EveryFixedHyperparameterIsACaveat) {
  EXPECT_THAT(run_checklist(sound()).caveats, ElementsAre("valid only at model.layers = 4"));
}

TEST(Checklist, SD11_TheShareOfInfeasibleTrialsHasTwoLimits) {
  Study study = sound(10);
  const auto fail = [&](size_t n) {
    for (size_t i = 0; i < n; ++i) {
      study.trials[i].state = TrialState::infeasible;
      study.trials[i].reason = Reason::diverged;
    }
    return infeasible_share(study);
  };
  EXPECT_EQ(fail(3).label, "KEEP");
  EXPECT_THAT(fail(4).warnings, ElementsAre(StartsWith("W-INFEASIBLE")));
  EXPECT_EQ(fail(8).label, "E-INFEASIBLE");
  EXPECT_THAT(fail(8).text, HasSubstr("8 of 10 trials are infeasible, 8 diverged"));
  EXPECT_FALSE(run_checklist(study).may_conclude);
}

TEST(Checklist, AnEmptyStudyConcludesNothing) {
  const Checklist list = run_checklist({});
  EXPECT_FALSE(list.may_conclude);
  EXPECT_EQ(list.verdict.standing, Standing::insufficient);
}

}  // namespace
}  // namespace coldstart::plan
