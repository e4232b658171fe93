#include "coldstart/study/warmup_verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"
#include "tests/study/warmup_grid.h"

namespace coldstart::study {
namespace {

using testing::HasSubstr;

OptimizerVerdict verdict_of(const plan::Study& study, size_t optimizer = 0) {
  return judge_warmup(study).verdicts.at(optimizer);
}

TEST(WarmupVerdict, TheTableHoldsWhatWasMeasured) {
  const WarmupReport report =
      judge_warmup(warmup_grid([](auto&, auto& w) { return w == "0" ? 3.0 : 2.5; }));
  EXPECT_NEAR(report.sigma, 0.01, 1e-12);
  EXPECT_EQ(report.degrees, 12);
  ASSERT_EQ(report.cells.size(), 6u);
  const WarmupCell& none = report.cells[0];
  EXPECT_EQ(none.optimizer + none.warmup, "adamw0");
  EXPECT_NEAR(none.loss, 3.0, 1e-12);
  EXPECT_NEAR(none.se, 0.01 / std::sqrt(3), 1e-12);
  EXPECT_NEAR(none.lr, 1e-3, 1e-15);
  EXPECT_EQ(none.width_decades, 0) << "the neighbours are 0.05 worse";
  EXPECT_EQ(none.finished, 15);
  EXPECT_THAT(warmup_table(report), HasSubstr("adamw: NEEDED: "));
}

TEST(WarmupVerdict, Labels) {
  const auto with_gap = [](double gap) {
    return warmup_grid([gap](auto&, auto& w) { return w == "0" ? 2.5 + gap : 2.5; });
  };
  EXPECT_EQ(verdict_of(with_gap(0.2)).need, Need::needed);
  EXPECT_EQ(verdict_of(with_gap(0.035)).need, Need::helps)
      << "surely above 0, not surely above 1 %";
  EXPECT_EQ(verdict_of(with_gap(-0.2)).need, Need::harmful);
  EXPECT_EQ(verdict_of(with_gap(0.02)).need, Need::not_established) << "within the interval";
  EXPECT_EQ(verdict_of(with_gap(0.2)).shortest_warmup, "2%");
  // sigma 0.01, three seeds a side, 12 degrees of freedom, two warmups compared with none.
  const OptimizerVerdict v = verdict_of(with_gap(0.035));
  EXPECT_NEAR(v.t, 0.035 / (0.01 * std::sqrt(2.0 / 3)), 1e-9);
  EXPECT_NEAR(v.p, 2 * 0.0010565982, 1e-9) << "twice the two-sided p of t = 4.2866";
  EXPECT_LT(verdict_of(with_gap(0.2)).p, 1e-9);
  EXPECT_EQ(verdict_of(with_gap(-0.2)).shortest_warmup, "0");
}

TEST(WarmupVerdict, NotNeededIsShownAndNotAssumed) {
  plan::Study study = warmup_grid([](auto&, auto&) { return 2.5; });
  EXPECT_EQ(verdict_of(study).need, Need::not_established)
      << "three seeds with this noise are not enough";
  for (plan::Trial& trial : study.trials)
    for (double& value : trial.evals.val)
      value += -0.9 * kNoise[static_cast<size_t>(trial.seed) - 1];
  EXPECT_EQ(verdict_of(study).need, Need::not_needed)
      << "0.25 % of the loss is more than the interval";
}

TEST(WarmupVerdict, WhereNothingTrainsWithoutItIsNeeded) {
  const OptimizerVerdict v = verdict_of(warmup_grid([](auto&, auto& w) {
    return w == "0" ? NAN : w == "2%" ? 3.0 : 2.5;
  }));
  EXPECT_EQ(v.need, Need::needed);
  EXPECT_EQ(v.shortest_warmup, "5%") << "2 % trains, and does not close the gap";
  EXPECT_THAT(v.text,
              HasSubstr("no learning rate of the range trains (15 of 15 trials infeasible)"));
}

TEST(WarmupVerdict, EachOptimizerHasItsOwn) {
  const plan::Study study =
      warmup_grid([](auto& o, auto& w) { return o == "adamw" && w == "0" ? 3.0 : 2.5; });
  EXPECT_EQ(verdict_of(study, 0).need, Need::needed);
  EXPECT_NE(verdict_of(study, 1).need, Need::needed);
}

TEST(WarmupVerdict, ABestRateAtTheEdgeGivesNone) {
  const OptimizerVerdict v =
      verdict_of(warmup_grid([](auto&, auto& w) { return w == "0" ? 3.0 : 2.5; }, -2));
  EXPECT_EQ(v.need, Need::not_established);
  EXPECT_THAT(v.text, HasSubstr("lies at the edge of the range (0.01): extend it"));
}

TEST(WarmupVerdict, TheEdgeOfStabilityIsNotTheEdgeOfTheRange) {
  plan::Study study = warmup_grid([](auto&, auto& w) { return w == "0" ? 3.0 : 2.5; }, -2.5);
  diverge_at(study, -2);
  const WarmupReport report = judge_warmup(study);
  EXPECT_EQ(report.cells[0].end, RangeEnd::stability);
  EXPECT_FALSE(report.cells[0].at_edge());
  EXPECT_EQ(report.verdicts[0].need, Need::needed);
  EXPECT_THAT(report.verdicts[0].text, HasSubstr("edge of stability"));
}

// A range that is too narrow on either side, as against one that ends where nothing trains.
TEST(WarmupVerdict, SaysOnWhichSideTheRangeIsTooNarrow) {
  const auto end_of = [](plan::Study study) { return judge_warmup(study).cells[0].end; };
  const auto loss = [](auto&, auto&) { return 2.5; };
  EXPECT_EQ(end_of(warmup_grid(loss)), RangeEnd::inside);
  EXPECT_EQ(end_of(warmup_grid(loss, -4)), RangeEnd::low);
  EXPECT_EQ(end_of(warmup_grid(loss, -2)), RangeEnd::high);
  plan::Study study = warmup_grid(loss, -4);
  diverge_at(study, -3.5);
  EXPECT_EQ(end_of(study), RangeEnd::low) << "below it the range still ends";
  for (const double log_lr : {-4.0, -3.0, -2.5, -2.0}) diverge_at(study, log_lr);
  EXPECT_EQ(end_of(study), RangeEnd::nothing);
}

TEST(WarmupVerdict, OneSeedOrAMissingTrialGivesNone) {
  plan::Study study = warmup_grid([](auto&, auto& w) { return w == "0" ? 3.0 : 2.5; });
  study.trials[7].state = plan::TrialState::stopped;
  EXPECT_THAT(verdict_of(study).text, HasSubstr("1 trials are not over"));
  study = warmup_grid([](auto&, auto& w) { return w == "0" ? 3.0 : 2.5; });
  std::erase_if(study.trials, [](const plan::Trial& t) { return t.seed > 1; });
  EXPECT_EQ(verdict_of(study).need, Need::not_established);
  EXPECT_THAT(verdict_of(study).text, HasSubstr("one seed each"));
}

TEST(WarmupVerdict, AnotherKindOfStudyIsRefused) {
  plan::Study study = warmup_grid([](auto&, auto&) { return 2.5; });
  study.space[1].choices = {"2%", "5%"};
  EXPECT_THROW(judge_warmup(study), DataError);
  study.space.erase(study.space.begin());
  EXPECT_THROW(judge_warmup(study), DataError);
}

}  // namespace
}  // namespace coldstart::study
