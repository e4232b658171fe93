// Rows TD-01, TD-02, TD-03, TD-04, TD-14, R1-03 of the design; section 6.1.
#include "coldstart/plan/classify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/plan/law_runs.h"
#include "tests/plan/synthetic_curves.h"

namespace coldstart::plan {
namespace {

const Evidence* find(const std::vector<Evidence>& evidence, std::string_view id) {
  for (const Evidence& e : evidence)
    if (e.id == id) return &e;
  return nullptr;
}

TEST(ClassifyTD01, ARunThatFollowsThePowerLawIsLimitedByCompute) {
  const TrialClass c = classify_trial(synthetic_trial({.noise = 0.001}), {});
  EXPECT_EQ(c.label, Workload::compute_bound);
  EXPECT_GT(c.gain.lo, c.eps);
}

TEST(ClassifyTD02, TrainingAndValidationGainAreReportedApart) {
  const TrialClass c = classify_trial(synthetic_trial({.noise = 0.001}), {});
  EXPECT_GT(c.train_gain.mid, 0);
  EXPECT_NE(c.train_gain.mid, c.gain.mid);
  EXPECT_TRUE(find(c.evidence, "E1"));
  EXPECT_TRUE(find(c.evidence, "E3"));
}

TEST(ClassifyTD03, ComputeBoundNamesOtherWaysThanLonger) {
  const TrialClass c = classify_trial(synthetic_trial({.noise = 0.001}), {});
  EXPECT_THAT(to_verdict(c, "a").text, testing::HasSubstr("longer is not the only way"));
  EXPECT_THAT(to_verdict(c, "a").text, testing::HasSubstr("single trial"));
}

TEST(ClassifyTD04, AValidationPlateauWithATrainingLossThatGoesOnFallingIsSaturated) {
  const TrialClass c =
      classify_trial(synthetic_trial({.truth = Truth::saturated, .noise = 0.001}), {});
  EXPECT_EQ(c.label, Workload::saturated);
  EXPECT_LT(c.gain.hi, c.eps);
  EXPECT_THAT(to_verdict(c, "a").text, testing::HasSubstr("More steps alone"));
}

TEST(ClassifyTD04, WithoutTheTrainingLossAPlateauIsNotProof) {
  Trial t = synthetic_trial({.truth = Truth::saturated, .noise = 0.001});
  t.evals.train.clear();
  const TrialClass c = classify_trial(t, {});
  EXPECT_EQ(c.label, Workload::ambiguous);
  EXPECT_THAT(c.reasons, testing::ElementsAre(testing::HasSubstr("was not recorded")));
}

TEST(ClassifyTD14, TheFitIsTheUsersCriterion) {
  Trial t = synthetic_trial({.truth = Truth::saturated, .noise = 0.001});
  const double end = t.evals.train.back();
  const TrialClass fitted = classify_trial(t, {}, {.fit_loss = end * 1.05});
  EXPECT_EQ(fitted.label, Workload::saturated);
  EXPECT_EQ(find(fitted.evidence, "E2")->vote, "SATURATED");
  const TrialClass not_fitted = classify_trial(t, {}, {.fit_loss = end / 4});
  EXPECT_NE(find(not_fitted.evidence, "E2")->vote, "SATURATED");
}

TEST(Classify, OtherFindingsComeFirst) {
  const Trial t = synthetic_trial({.noise = 0.001});
  EXPECT_EQ(classify_trial(t, {.unstable = true, .overfitting = true}).label, Workload::unstable);
  EXPECT_EQ(classify_trial(t, {.overfitting = true}).label, Workload::overfitting);
  EXPECT_EQ(to_verdict(classify_trial(t, {.unstable = true}), "a").standing, Standing::unstable);
}

TEST(Classify, AnUncooledRunIsToldToBeComparedWithACooledBranch) {
  const TrialClass c = classify_trial(synthetic_trial({.noise = 0.001, .decay_share = 0}), {});
  EXPECT_THAT(c.warnings, testing::Contains(testing::HasSubstr("cooled branch")));
  const TrialClass cooled_down = classify_trial(synthetic_trial({.noise = 0.001}), {});
  EXPECT_THAT(cooled_down.warnings,
              testing::Not(testing::Contains(testing::HasSubstr("cooled branch"))));
}

TEST(Classify, ManyPassesOverTheDataTakeE1sVoteAlone) {
  Trial t = synthetic_trial({.noise = 0.001});
  t.unique_tokens = 1'000'000;
  t.conditions.batch_tokens = 4096;  // 82 passes
  const TrialClass c = classify_trial(t, {});
  EXPECT_EQ(c.label, Workload::ambiguous);
  EXPECT_THAT(c.warnings, testing::Contains(testing::HasSubstr("W-EPOCHS")));
}

TEST(Classify, TheCheapestRunFollowsTheSchedule) {
  Trial t = law_trial("a", cooled(20'000, 24'000));
  NextRun run = cheapest_run(t);
  EXPECT_NEAR(run.cost, 0.5, 0.01) << "from 0.8 T to 1.3 T";
  EXPECT_THAT(run.what, testing::HasSubstr("checkpoint at step 19200"));
  t.schedule = cosine(24'000);
  EXPECT_NEAR(cheapest_run(t).cost, 1.5, 0.01);
  t.schedule = trunk(24'000);
  EXPECT_NEAR(cheapest_run(t).cost, 0.2, 0.01);
}

// The slope trap: E1 must not take a cooldown for progress (design 4.3).
TEST(Classify, TheGainOfDoublingACooledRunIsNotItsEndSlope) {
  const Trial t = law_trial("wsd", cooled(20'000, 24'000));
  const TrialClass c = classify_trial(t, {});
  const LrTrace now = LrTrace::of(*t.schedule, 24'000);
  const LrTrace twice = LrTrace::of(cooled(44'000, 48'000), 48'000);
  const double truth = law_loss(now, 24'000) - law_loss(twice, 48'000);
  const size_t n = t.evals.size();
  const double slope = (t.evals.val[n - n / 10] - t.evals.val[n - 1]) / std::log(1 / 0.9);
  EXPECT_GT(slope * std::log(2.0), 2.5 * truth) << "what the end slope would promise";
  EXPECT_NEAR(c.gain.mid, truth, 0.3 * truth);
  EXPECT_LE(c.gain.lo, truth);
  EXPECT_GE(c.gain.hi, truth);
}

TEST(TrialFindings, SayWhatOtherRulesFind) {
  Trial trial = synthetic_study({.noise = 0.001}, 1).trials[0];
  const TrialFindings calm = findings_of(trial, 0.001);
  EXPECT_FALSE(calm.unstable);
  EXPECT_FALSE(calm.overfitting);
  EXPECT_GT(calm.best_fraction.value(), 0.5);
  // The second half of the curve mirrored: it rises again.
  for (size_t i = 0, n = trial.evals.size(); i < n / 2; ++i)
    trial.evals.val[n - 1 - i] = trial.evals.val[i];
  const TrialFindings rising = findings_of(trial, 0.001);
  EXPECT_TRUE(rising.overfitting);
  EXPECT_GT(rising.overfit_rise, 0.1);
  trial.reason = Reason::nan;
  EXPECT_TRUE(findings_of(trial, 0).unstable);
}

TEST(ClassifyStudy, TheBestQuarterVotes) {
  const Study study = synthetic_study({.noise = 0.001}, 16);
  const std::vector<TrialFindings> none(study.trials.size());
  const StudyClass s = classify_study(study, none);
  EXPECT_EQ(s.label, Workload::compute_bound);
  EXPECT_EQ(s.trials.size(), 4u);
  EXPECT_THAT(s.verdict.text, testing::HasSubstr("4 of 4 top trials"));
}

TEST(ClassifyStudy, NoThreeQuartersIsAmbiguous) {
  Study study = synthetic_study({.noise = 0.001}, 4);
  std::vector<TrialFindings> findings(4);
  findings[0].overfitting = findings[1].overfitting = findings[2].overfitting = true;
  const StudyClass s = classify_study(study, findings);
  EXPECT_EQ(s.classes.size(), 3u);
  findings[0].overfitting = findings[1].overfitting = false;
  findings[3].overfitting = true;
  EXPECT_EQ(classify_study(study, findings).label, Workload::ambiguous);
}

// At this noise two of the three best trials are not certain of a gain; all good ones together are.
TEST(ClassifyStudy, WhereNoTrialIsCertainTheMeansMayBe) {
  const Study study = synthetic_study({.noise = 0.01, .seed = 5, .decay_share = 0}, 8);
  const std::vector<TrialFindings> none(8);
  const StudyClass s = classify_study(study, none, {.sigma = 0.034});
  EXPECT_TRUE(s.by_means);
  EXPECT_EQ(s.label, Workload::compute_bound);
  EXPECT_THAT(s.verdict.text, testing::HasSubstr("on average"));
  const Interval &one = s.classes.front().gain, &all = s.means.gain;
  EXPECT_LT(all.hi - all.lo, one.hi - one.lo);
}

TEST(ClassifyStudy, TheMeansDoNotOverruleATrialThatSaysOtherwise) {
  const Study study = synthetic_study({.noise = 0.01, .seed = 5, .decay_share = 0}, 8);
  std::vector<TrialFindings> findings(8);
  const std::vector<size_t> best = classify_study(study, findings, {.sigma = 0.034}).trials;
  findings[best[1]].overfitting = true;
  const StudyClass s = classify_study(study, findings, {.sigma = 0.034});
  EXPECT_FALSE(s.by_means);
  EXPECT_EQ(s.label, Workload::ambiguous);
}

TEST(ClassifyStudyBadInput, OneTrialSaysSoAndNoFeasibleTrialIsInsufficient) {
  Study study = synthetic_study({.noise = 0.001}, 1);
  EXPECT_THAT(classify_study(study, std::vector<TrialFindings>(1)).verdict.text,
              testing::HasSubstr("single trial"));
  study.trials[0].state = TrialState::infeasible;
  const StudyClass none = classify_study(study, std::vector<TrialFindings>(1));
  EXPECT_EQ(none.verdict.label, "INSUFFICIENT");
  EXPECT_EQ(none.verdict.standing, Standing::insufficient);
}

TEST(ClassifyStudyBadInput, TrialsThatCannotBeJudgedAreNamed) {
  Study study = synthetic_study({.noise = 0.001}, 3);
  study.trials[1].evals.val.assign(100, 0.5);  // constant, and the lowest
  const StudyClass s = classify_study(study, std::vector<TrialFindings>(3));
  EXPECT_EQ(s.classes.size(), 2u);
  EXPECT_THAT(s.skipped, testing::ElementsAre(testing::HasSubstr("throughout")));
}

}  // namespace
}  // namespace coldstart::plan
