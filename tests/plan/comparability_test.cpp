#include "coldstart/plan/comparability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

Trial trial_of(double value, int64_t steps = 1000) {
  Trial trial = point_trial(0.5, value);
  trial.planned_steps = steps;
  trial.evals.step = {steps};
  trial.conditions = {
      .data = "d", .eval_set = "e", .code = "c", .architecture = "a", .batch_tokens = 4096};
  return trial;
}

TEST(Comparability, CB03_WhatHoldsAtOneLengthIsNotEstablishedAtAnother) {
  EXPECT_EQ(comparability_of(1000, 1000), Comparability::comparable);
  EXPECT_EQ(comparability_of(1000, 1250), Comparability::nearly);
  EXPECT_EQ(comparability_of(1000, 2000, 10'000), Comparability::tentative);
  EXPECT_EQ(comparability_of(1000, 10'000, 10'000), Comparability::not_established);
  EXPECT_EQ(comparability_of(1000, 10'000, 10'000, true), Comparability::tentative);

  const Trial a = trial_of(3, 1000), b = trial_of(2.9, 10'000);
  EXPECT_EQ(compare(a, b, {.production = 10'000}).standing, Standing::refused);
  const Verdict across = compare(a, b, {.cross_length = true, .production = 10'000});
  EXPECT_EQ(across.label, "NOT_ESTABLISHED");
  EXPECT_THAT(across.warnings, Contains(StartsWith("W-LENGTH-MISMATCH")));
}

TEST(Comparability, EqualConditionsGiveAGainWithItsInterval) {
  const Verdict verdict = compare(trial_of(3), trial_of(2.9), {.sigma = 0.05, .sigma_n = 5});
  EXPECT_EQ(verdict.label, "COMPARABLE");
  EXPECT_NEAR(verdict.evidence[0].value.mid, 0.1, 1e-12);
  EXPECT_NEAR(verdict.evidence[0].value.lo, 0.1 - 2.776445 * 0.05 * std::sqrt(2.0), 1e-6);
  EXPECT_THAT(compare(trial_of(3), trial_of(2.9), {}).tags, Contains("noise unknown"));
}

TEST(Comparability, WhatElseDiffersIsNamed) {
  const Trial a = trial_of(3);
  Trial b = trial_of(2.9);
  b.values["model.layers"] = "12";
  Trial c = a;
  c.values["model.layers"] = "6";
  const Verdict refused = compare(c, b, {});
  EXPECT_EQ(refused.standing, Standing::refused);
  EXPECT_THAT(refused.text, HasSubstr("model.layers: 6 and 12"));
  EXPECT_EQ(compare(c, b, {.asked = {"layers"}}).label, "COMPARABLE");
  b.conditions.eval_set = "other";
  EXPECT_THAT(compare(c, b, {.asked = {"layers"}}).text, HasSubstr("evaluation set: e and other"));
  b.conditions.eval_set = "";
  EXPECT_THAT(compare(c, b, {.asked = {"layers"}}).warnings, Contains(HasSubstr("not known")));
}

TEST(Comparability, EV06_TheSameDocumentsArePaired) {
  Trial a = trial_of(3), b = trial_of(2.99);
  EXPECT_EQ(compare(a, b, {}).evidence.back().id, "gain") << "no documents, no word of them";
  a.evals.docs = {{1, 2, 3, 4, 5, 6, 7, 8}};
  b.evals.docs = {{0.9F, 1.9F, 2.9F, 3.9F, 4.9F, 5.9F, 6.9F, 7.8F}};
  a.evals.docs_set = b.evals.docs_set = "set/8";
  const Verdict verdict = compare(a, b, {});
  EXPECT_EQ(verdict.evidence.back().id, "documents");
  EXPECT_NEAR(verdict.evidence.back().value.mid, 0.1125, 1e-6);
  EXPECT_THAT(verdict.text, HasSubstr("differ by more than the choice of the text explains"));
  EXPECT_THAT(verdict.tags, Contains("noise unknown")) << "seeds are another matter";
  b.evals.docs[0] = {2, 1, 4, 3, 6, 5, 8, 7};
  EXPECT_THAT(compare(a, b, {}).text, HasSubstr("cannot be told apart"));
}

TEST(ComparabilityBadInput, ACurveThatSaysNothingIsNotCompared) {
  const Trial good = simulated_trial(1, falling());
  const auto refused = [&](const std::function<void(Trial&)>& change) {
    Trial other = simulated_trial(2, falling());
    change(other);
    const Verdict verdict = compare(good, other, {});
    EXPECT_EQ(verdict.standing, Standing::insufficient);
    EXPECT_TRUE(verdict.evidence.empty()) << "no number";
    return verdict.text;
  };
  EXPECT_THAT(refused([](Trial& t) { t.evals.val.assign(100, 3); }), HasSubstr("every evaluation"));
  EXPECT_THAT(refused([](Trial& t) {
                for (size_t i = 20; i < 50; ++i) t.evals.val[i] = NAN;
              }),
              HasSubstr("30 of 100"));
  EXPECT_THAT(refused([](Trial& t) {
                for (size_t i = 50; i < 100; ++i) t.evals.val[i] *= std::log(2.0);
              }),
              HasSubstr("nats and bits"));
}

TEST(ComparabilityBadInput, FewEvaluationsAndAMetricToBeMaximised) {
  const Trial good = simulated_trial(1, falling());
  EXPECT_THAT(compare(good, simulated_trial(2, falling(), {.evals = 10}), {}).warnings,
              Contains(HasSubstr("100 and 10 evaluations")));
  Trial a = trial_of(-0.7), b = trial_of(-0.8);
  EXPECT_THAT(compare(a, b, {}).warnings, Contains(HasSubstr("to be maximised")));
  const Verdict known = compare(a, b, {.maximised = true});
  EXPECT_THAT(known.text, HasSubstr("reaches 0.7 "));
  EXPECT_THAT(known.evidence[0].what, HasSubstr("higher is better"));
  EXPECT_NEAR(known.evidence[0].value.mid, 0.1, 1e-12) << "a gain is a gain";
}

TEST(ComparabilityBS06, BatchSizesAtEquallyManyExamplesAreWarnedOf) {
  Trial a = trial_of(3), b = trial_of(2.9);
  a.conditions.batch_tokens = 4096;
  b.conditions.batch_tokens = 8192;
  b.planned_steps = a.planned_steps / 2;
  const CompareOptions about_batch{.cross_length = true, .asked = {"batch tokens"}};
  EXPECT_THAT(compare(a, b, about_batch).warnings, Contains(HasSubstr("W-EPOCH-BUDGET")));
  b.planned_steps = a.planned_steps;
  EXPECT_THAT(compare(a, b, about_batch).warnings,
              testing::Not(Contains(HasSubstr("W-EPOCH-BUDGET"))));
}

TEST(Comparability, SC02_ATrialChangedByHandIsNotCompared) {
  Trial b = trial_of(2.9);
  b.intervention = true;
  const Verdict verdict = compare(trial_of(3), b, {});
  EXPECT_EQ(verdict.rule, "SC-02");
  EXPECT_EQ(verdict.standing, Standing::refused);
}

TEST(Comparability, TD06_WhatMakesGradientsNoisierMakesADurationStale) {
  const Trial a = trial_of(3);
  Trial b = trial_of(3);
  EXPECT_EQ(compare_configurations(a, b).label, "KEEP");
  b.conditions.batch_tokens = 1024;
  EXPECT_EQ(compare_configurations(a, b).label, "STALE");
  EXPECT_THAT(compare_configurations(a, b).text, HasSubstr("may need to be increased"));
  EXPECT_EQ(compare_configurations(b, a).label, "KEEP");  // a larger batch does not
  Trial dropout = trial_of(3), none = trial_of(3);
  dropout.values["model.dropout"] = "0.1";
  none.values["model.dropout"] = "0";
  EXPECT_EQ(variance_raising(none, dropout).size(), 1u);
  EXPECT_EQ(variance_raising(dropout, none).size(), 0u);
  none.values["lr"] = "1";
  EXPECT_EQ(variance_raising(none, dropout).size(), 1u);
}

TEST(Comparability, AConstantRateUntilThenMayBeComparedUncooled) {
  Trial a = trial_of(3, 1000), b = trial_of(2.9, 2000);
  EXPECT_THAT(compare(a, b, {.cross_length = true}).text,
              HasSubstr("does not stand for the shorter"));
  a.schedule = schedule::Schedule{.hold = 1000, .base = 1};
  b.schedule = schedule::Schedule{.hold = 1500, .decay = 500, .base = 1};
  EXPECT_THAT(compare(a, b, {.cross_length = true}).text, HasSubstr("uncooled"));
}

TEST(Comparability, ATrialWithoutAResult) {
  Trial b = trial_of(NAN);
  EXPECT_EQ(compare(trial_of(3), b, {}).label, "INSUFFICIENT");
  b = trial_of(3);
  b.state = TrialState::infeasible;
  EXPECT_EQ(compare(trial_of(3), b, {}).label, "INSUFFICIENT");
}

}  // namespace
}  // namespace coldstart::plan
