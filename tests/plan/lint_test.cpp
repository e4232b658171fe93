#include "coldstart/plan/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const HParam kLr{.name = "optimizer.lr",
                 .kind = Kind::base_lr,
                 .role = Role::nuisance,
                 .scale = Scale::log,
                 .lo = 1e-4,
                 .hi = 1e-2};
const HParam kLayers{.name = "model.layers",
                     .kind = Kind::architecture,
                     .role = Role::scientific,
                     .scale = Scale::choice,
                     .choices = {"4", "8"}};

StudyDesign sound() {
  return {.goal = "are 8 layers better than 4?",
          .space = {kLr, kLayers},
          .trials = 20,
          .max_steps = 10'000,
          .eval_every = 100};
}
std::vector<std::string> codes(const StudyDesign& design) {
  std::vector<std::string> list;
  for (const LintFinding& finding : lint(design))
    list.push_back(finding.code.empty() ? finding.rule : finding.code);
  return list;
}
HParam with_role(HParam hparam, Role role) {
  hparam.role = role;
  return hparam;
}

TEST(Lint, ASoundDesignPasses) {
  EXPECT_THAT(codes(sound()), IsEmpty());
  EXPECT_EQ(lint_verdict(sound()).label, "KEEP");
}

TEST(Lint, SD01_AStudyHasOneGoal) {
  StudyDesign design = sound();
  design.goal = " ";
  EXPECT_THAT(codes(design), ElementsAre("E-GOAL"));
  EXPECT_EQ(exit_code(lint_verdict(design).standing), 3);
  design = sound();
  design.space.push_back(kLayers);
  design.space.back().name = "model.heads";
  EXPECT_THAT(codes(design), ElementsAre("W-GOAL-WIDE"));
  design.joint = true;
  EXPECT_THAT(codes(design), ElementsAre("SD-01"));  // a remark
}

TEST(Lint, SD04_TheLearningRateIsANuisance) {
  StudyDesign design = sound();
  design.space[0] = with_role(kLr, Role::fixed);
  EXPECT_THAT(codes(design), ElementsAre("W-LR-FIXED"));
  design.space = {with_role(kLr, Role::scientific)};
  EXPECT_THAT(codes(design), ElementsAre("W-LR-SCIENTIFIC"));
  design = sound();
  design.space.push_back({.name = "beta1",
                          .kind = Kind::optimizer_hyper,
                          .role = Role::scientific,
                          .lo = 0.8,
                          .hi = 0.99});
  design.joint = true;
  EXPECT_THAT(codes(design), Contains("SD-04"));
}

TEST(Lint, SD05_RolesFitTheirKinds) {
  StudyDesign design = sound();
  design.space[1] = with_role(kLayers, Role::nuisance);
  EXPECT_THAT(codes(design), ElementsAre("SD-05"));
  design.space = {kLr,
                  {.name = "o",
                   .kind = Kind::optimizer,
                   .role = Role::nuisance,
                   .scale = Scale::choice,
                   .choices = {"a", "b"}}};
  EXPECT_THAT(codes(design), ElementsAre("SD-05"));
  HParam dropout{
      .name = "dropout", .kind = Kind::dropout, .role = Role::scientific, .lo = 0, .hi = 0.5};
  design.space = {kLr, dropout};
  EXPECT_THAT(codes(design), ElementsAre("SD-05"));  // its strength
  dropout.scale = Scale::choice;
  dropout.lo = dropout.hi = 0;
  dropout.choices = {"on", "off"};
  design.space = {kLr, dropout};
  EXPECT_THAT(codes(design), IsEmpty());
}

TEST(Lint, SD06_OneNameUnderTwoParentsIsRefused) {
  StudyDesign design = sound();
  HParam adam = kLr, momentum = kLr;
  adam.name = momentum.name = "lr";
  adam.parent = momentum.parent = "optimizer";
  adam.parent_value = "adam";
  momentum.parent_value = "momentum";
  design.space = {kLayers, adam, momentum};
  EXPECT_THAT(codes(design), ElementsAre("E-PARENT"));
  design.space[1].name = "adam.lr";
  design.space[2].name = "momentum.lr";
  EXPECT_THAT(codes(design), IsEmpty());
  design.space[1].parent_value = "";
  EXPECT_THAT(codes(design), ElementsAre("E-PARENT"));
}

TEST(Lint, SD09_TheThreeNumbersAreSaid) {
  const Verdict verdict = lint_verdict(sound());
  ASSERT_EQ(verdict.evidence.size(), 3u);
  EXPECT_EQ(verdict.evidence[0].value.mid, 2);           // values
  EXPECT_NEAR(verdict.evidence[1].value.mid, 2, 1e-12);  // decades
  EXPECT_EQ(verdict.evidence[2].value.mid, 10);          // trials a value
}

TEST(Lint, TD09_TheNumberOfStepsIsNotTuned) {
  StudyDesign design = sound();
  design.space.push_back(
      {.name = "train.steps", .kind = Kind::steps, .role = Role::nuisance, .lo = 1, .hi = 2});
  EXPECT_THAT(codes(design), ElementsAre("E-STEPS-TUNED"));
  EXPECT_EQ(lint_verdict(design).label, "REFUSED");
  design.space.back().role = Role::fixed;
  EXPECT_THAT(codes(design), IsEmpty());
}

TEST(Lint, BS01_TheBatchSizeIsNotTuned) {
  StudyDesign design = sound();
  design.space.push_back(
      {.name = "train.batch", .kind = Kind::batch, .role = Role::nuisance, .lo = 8, .hi = 64});
  EXPECT_THAT(codes(design), ElementsAre("W-BATCH-TUNED"));
  EXPECT_EQ(lint_verdict(design).standing, Standing::ok);
}

TEST(Lint, EV02_ASmallEvaluationBatchIsNoted) {
  StudyDesign design = sound();
  design.train_batch = 64;
  design.eval_batch = 32;
  EXPECT_THAT(codes(design), ElementsAre("EV-02"));
}

TEST(Lint, EV03_TooFewEvaluationsAreNoted) {
  StudyDesign design = sound();
  design.eval_every = 1000;
  EXPECT_THAT(codes(design), ElementsAre("EV-03"));
  design.eval_every = 400;  // 25 a run, 2 in its first tenth
  EXPECT_THAT(lint(design).at(0).text, HasSubstr("first 10 %"));
}

TEST(Lint, TD08_TheBestCheckpointIsKept) {
  StudyDesign design = sound();
  design.keeps_best = false;
  EXPECT_THAT(codes(design), ElementsAre("E-NO-RETRO"));
}

TEST(Lint, QR04_AGridOverThreeAxesIsWarnedOf) {
  StudyDesign design = sound();
  design.sampling = Sampling::grid;
  EXPECT_THAT(codes(design), IsEmpty());
  design.space.push_back({.name = "wd", .role = Role::nuisance, .lo = 0, .hi = 1});
  EXPECT_THAT(codes(design), ElementsAre("W-GRID"));
}

TEST(Lint, AM01_TooManyOfAdamsHyperparametersForTheTrials) {
  StudyDesign design = sound();
  design.adam = true;
  design.space.push_back({.name = "optimizer.beta2",
                          .role = Role::nuisance,
                          .scale = Scale::logit,
                          .lo = 0.9,
                          .hi = 0.999});
  EXPECT_THAT(codes(design), ElementsAre("AM-01"));
  design.trials = 60;
  EXPECT_THAT(codes(design), IsEmpty());
}

TEST(Lint, R103_ARegulariserIsAskedAboutWhereNothingOverfits) {
  StudyDesign design = sound();
  design.space = {kLr,
                  {.name = "dropout",
                   .kind = Kind::dropout,
                   .role = Role::scientific,
                   .scale = Scale::choice,
                   .choices = {"0", "0.1"}}};
  EXPECT_THAT(codes(design), IsEmpty());
  design.not_fittable = true;
  EXPECT_THAT(codes(design), ElementsAre("W-REG-REGIME"));
}

TEST(Lint, WU06_ALongWarmupIsNoted) {
  StudyDesign design = sound();
  design.warmup = 501;
  EXPECT_THAT(codes(design), ElementsAre("WU-06"));
  design.warmup = 500;
  EXPECT_THAT(codes(design), IsEmpty());
}

TEST(Lint, ARangeThatCannotBeIsAnError) {
  StudyDesign design = sound();
  design.space[0].lo = 0;
  EXPECT_THROW(lint(design), ConfigError);
}

TEST(Lint, FixedHyperparametersLimitWhatItIsValidFor) {
  StudyDesign design = sound();
  design.space.push_back({.name = "model.heads", .role = Role::fixed, .lo = 4, .hi = 4});
  EXPECT_THAT(lint_verdict(design).valid_for, ElementsAre(HasSubstr("model.heads")));
}

}  // namespace
}  // namespace coldstart::plan
