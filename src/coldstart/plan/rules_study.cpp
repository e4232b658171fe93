// Rules about the design of a study (SD), adoption (AD), what follows exploration (AX), sampling
// (QR) and Adam (AM). Test: tests/plan/rules_test.cpp.
#include "coldstart/plan/rules_tables.h"

namespace coldstart::plan {

namespace {

constexpr Rule kRules[] = {
    {"SD-01", "A round of experiments has one narrow goal.", "L517-533", "", Basis::playbook,
     "Lint.SD01_AStudyHasOneGoal", "coldstart study new"},
    {"SD-02",
     "For that goal every hyperparameter is scientific, nuisance or fixed; begin with all others "
     "nuisance and fix some.",
     "L546-628", "", Basis::playbook, "SpecErrors.OfAHyperparameter",
     "study.toml: a role for each, no default"},
    {"SD-03", "Every fixed hyperparameter limits the conclusion.", "L561-566", "", Basis::playbook,
     "Checklist.SD03_EveryFixedHyperparameterIsACaveat", "coldstart study verdict"},
    {"SD-04",
     "Of the optimizer's hyperparameters at least some are nuisance; they are seldom scientific.",
     "L629-652", "", Basis::playbook, "Lint.SD04_TheLearningRateIsANuisance",
     "coldstart study new"},
    {"SD-05",
     "The choice of optimizer or architecture is scientific or fixed; of a regulariser whether it "
     "is on is scientific or fixed, its strength nuisance.",
     "L653-686", "", Basis::playbook, "Lint.SD05_RolesFitTheirKinds", "coldstart study new"},
    {"SD-06",
     "A hyperparameter that exists under one value of another is a different one under each, even "
     "with the same name.",
     "L687-704", "", Basis::playbook, "Isolation.SD06_ValuesOfAnotherParentAreNotMerged",
     "coldstart study new"},
    {"SD-07",
     "Usually one study for each scientific value, with the nuisances tuned in each and the best "
     "of "
     "each compared.",
     "L708-737", "", Basis::playbook,
     "PerScientificSD07.OneStudyAValueWithEqualBudgetsAndItsOwnNuisances",
     "coldstart study new --per-scientific"},
    {"SD-08", "Otherwise the scientific values are in the space and are sampled uniformly.",
     "L738-751", "chi-square, 1 %", Basis::ours, "Isolation.SD08_UnevenSamplingIsSeen",
     "coldstart study verdict"},
    {"SD-09", "Balance the number of scientific values, the width of the ranges and their density.",
     "L753-797", "", Basis::playbook, "Lint.SD09_TheThreeNumbersAreSaid", "coldstart study new"},
    {"SD-10",
     "Before any conclusion: is the space large enough, were there enough points, how many were "
     "infeasible, did optimization struggle, what do the curves show?",
     "L800-842", "", Basis::playbook, "Checklist.SD10_TheFiveQuestionsAreAnswered",
     "coldstart study verdict"},
    {"SD-11",
     "Many infeasible trials: change or re-parameterise the space; it may be a fault, too.",
     "L828-834", "30 % (warning), 70 % (error)", Basis::ours,
     "Checklist.SD11_TheShareOfInfeasibleTrialsHasTwoLimits", "coldstart study verdict"},
    {"AD-01", "Results vary with the seed, with the search, and with the sample of data.",
     "L1068-1087", "", Basis::playbook, "Noise.AD01_RerunsGiveSigmaWithItsInterval",
     "coldstart noise, coldstart study verdict"},
    {"AD-02", "Before adopting, run the best trial several times; do so again after major changes.",
     "L1093-1102", "", Basis::playbook, "Adopt.AD02_WithoutNoiseItIsNotDecided",
     "coldstart steps adopt"},
    {"AD-03",
     "Adopt what is better given the variation of both sides, and worth its complexity; certainty "
     "is not required.",
     "L1103-1109", "probability 0.84", Basis::ours,
     "Adopt.AD03_PrintsGainIntervalAndProbabilityAndWantsANote", "coldstart steps adopt"},
    {"AX-01",
     "After exploring, narrow the space around the good region and use Bayesian optimization that "
     "copes with divergent points.",
     "L1111-1147", "", Basis::playbook, "ExportOptuna.SpeaksItsLanguage", "coldstart study export"},
    {"QR-01", "Quasi-random search to explore, Bayesian optimization to exploit.", "L1663-1736", "",
     Basis::playbook, "Halton.ALongerStudyBeginsWithTheShorterOne", "coldstart study new"},
    {"QR-02", "It does not adapt, so the objective can be changed afterwards.", "L1675-1683", "",
     Basis::playbook, "Objective.QR02_CanBeChangedAfterwards", "coldstart report"},
    {"QR-03", "It can be repeated, and in parallel gives the same points as one after another.",
     "L1684-1709", "", Basis::playbook, "Halton.GivesTheSamePointsOnEveryMachine",
     "coldstart study run"},
    {"QR-04", "A grid is for one or two dimensions only.", "L1766-1771", "3 dimensions",
     Basis::playbook, "Lint.QR04_AGridOverThreeAxesIsWarnedOf", "coldstart study new"},
    {"AM-01",
     "Of Adam tune the learning rate with few trials, then also beta1, then also epsilon, and "
     "beta2 with many.",
     "L1645-1661", "10 and 25 trials (the playbook's); 50 (ours)", Basis::playbook,
     "AdamBudget.AM01_WhatToTuneWithSoManyTrials", "coldstart study new"},
};

}  // namespace

std::span<const Rule> study_rules() { return kRules; }

}  // namespace coldstart::plan
