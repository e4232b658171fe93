// Rules about how long to train (TD) and about the first number of steps (LS).
// Test: tests/plan/rules_test.cpp.
#include "coldstart/plan/rules_tables.h"

namespace coldstart::plan {

namespace {

constexpr Rule kRules[] = {
    {"TD-01",
     "There are two kinds of training: limited by our patience (compute-bound), or by something "
     "else, where beyond some length more steps bring nothing or overfit.",
     "L1151-1184", "a label needs 75 % of the top trials", Basis::ours,
     "ClassifyTD01.ARunThatFollowsThePowerLawIsLimitedByCompute", "coldstart steps classify"},
    {"TD-02",
     "When it is compute-bound, a longer or more efficient run lowers the training loss and, well "
     "tuned, the validation loss too. Both gains are predicted and both have to speak for it.",
     "L1153-1158", "", Basis::playbook, "ClassifyTD02.TrainingAndValidationGainAreReportedApart",
     "coldstart steps classify"},
    {"TD-03",
     "When it is compute-bound, faster is the same as better: the time to a target is reported "
     "beside the loss, and a longer run is never the only advice.",
     "L1159-1163", "", Basis::playbook, "ClassifyTD03.ComputeBoundNamesOtherWaysThanLonger",
     "coldstart steps classify"},
    {"TD-04",
     "When it is not, the training loss is near its floor, and further steps lower it a little and "
     "the validation loss not in a way that matters.",
     "L1164-1171", "max(sigma, 0.25 % of the loss)", Basis::ours,
     "ClassifyTD04.AValidationPlateauWithATrainingLossThatGoesOnFallingIsSaturated",
     "coldstart steps classify"},
    {"TD-05",
     "A generous number of steps makes the schedule easy to tune; a tight one asks for a nearly "
     "perfect decay.",
     "L1170-1176", "1.5 times the onset of the best trial", Basis::ours,
     "BestStep.TD05_ATightBudgetIsStingy", "coldstart steps best"},
    {"TD-06",
     "What makes gradients noisier (a smaller batch, augmentation, dropout) slows progress and may "
     "raise the number of steps that is needed.",
     "L1177-1184, L1218-1222", "", Basis::playbook,
     "Comparability.TD06_WhatMakesGradientsNoisierMakesADurationStale", "coldstart steps compare"},
    {"TD-07",
     "When it is not compute-bound: long enough for the best result, without gross waste. In doubt "
     "the longer one.",
     "L1188-1191", "", Basis::playbook, "DurationChoice.TD07_WhenInDoubtTheLongerOne"},
    {"TD-08",
     "Extra steps cost no quality, provided the best checkpoint is picked afterwards and "
     "checkpoints are frequent enough.",
     "L1191-1193", "a checkpoint every 1/20 of the run", Basis::ours,
     "DurationChoice.TD08_LongerIsSafeOnlyWithFrequentCheckpointsOfTheBest"},
    {"TD-09", "The number of steps is not tuned inside a study: it is one value for all trials.",
     "L1194-1195", "", Basis::playbook, "Lint.TD09_TheNumberOfStepsIsNotTuned",
     "coldstart study new"},
    {"TD-10",
     "Look at the step that is picked afterwards in each trial, and refine the number of steps "
     "from "
     "that.",
     "L1195-1197", "", Basis::playbook,
     "BestStep.TD10_EveryFeasibleTrialIsInTheTableAndTheHistogram", "coldstart steps best"},
    {"TD-11",
     "Best steps that always lie in the first tenth: the number of steps is far too high. Judged "
     "by "
     "where the plateau begins, because the lowest of its values lies anywhere on it.",
     "L1198-1199", "0.10 of the run (the playbook's); 5 trials, 3 deviations (ours)",
     Basis::playbook, "SlowBestStep.TD11_APlateauAtFivePercentIsTooLongInNineOfTenStudies",
     "coldstart steps best"},
    {"TD-12",
     "Best steps that lie in the last quarter consistently: a longer run, with its decay tuned "
     "again, may help.",
     "L1200-1202",
     "0.75 of the run (the playbook's); in 75 % of the best quarter, Wilson bound 0.5 (ours)",
     Basis::playbook, "BestStep.TD12_MayBeTooShortSaysToRetuneTheDecay", "coldstart steps best"},
    {"TD-13",
     "The right number of steps moves with the architecture, the data, augmentation and "
     "regularisation: a verdict about it holds for these, the batch size and the optimizer.",
     "L1203-1204", "", Basis::playbook, "Stale.TD13_AVerdictAboutDurationHoldsForItsConditions"},
    {"TD-14",
     "To fit perfectly is informal: a very low training loss, or no training error. The user says "
     "what counts; a loss that stopped falling is never the definition.",
     "L1208-1217", "the user's", Basis::user, "ClassifyTD14.TheFitIsTheUsersCriterion",
     "coldstart steps init"},
    {"TD-15",
     "The number may have to rise when noise is added to training, and may fall when the process "
     "gets better: test a shorter run then.",
     "L1218-1226", "", Basis::playbook, "Stale.TD15_AnOptimizerWinAsksForAShorterRun"},
    {"LS-01",
     "The sweep for a first number of steps needs that a perfect fit is possible with a constant "
     "learning rate; otherwise there is no number.",
     "L1234-1235", "", Basis::playbook, "LrSweepLS01.NoFitIsNoNumber", "coldstart steps init"},
    {"LS-02", "Find any configuration that fits perfectly; the steps it took are N.", "L1236-1239",
     "doubled from a quarter of the steps", Basis::ours,
     "FirstStepsLS02.NIsFoundByDoublingAndTheSweepIsRunAtIt", "coldstart steps init CONFIG"},
    {"LS-03",
     "Sweep a constant learning rate without augmentation and regularisation, N steps a trial.",
     "L1240-1242", "", Basis::playbook, "FirstStepsLS03.TheSweepHasNothingThatHindersAFit",
     "coldstart steps init CONFIG"},
    {"LS-04", "The first guess is the number of steps of the trial that fitted soonest.",
     "L1243-1244", "3 evaluations in a row", Basis::ours,
     "LrSweepLS04.TheFastestHitIsTheAnswerAndItsIntervalIsKnown", "coldstart steps init"},
    {"LS-05",
     "A bad range deceives: when every learning rate is too small the number of steps looks huge.",
     "L1245-1249", "", Basis::playbook, "LrSweepLS05.AnOptimumThatStaysOutsideTheGridIsRejected",
     "coldstart steps init"},
    {"LS-06", "At the least the best learning rate must not lie at the edge of the sweep.",
     "L1250-1251", "", Basis::playbook, "Stability.LS06_ABestRateAtTheTopOfTheSweepIsRejected",
     "coldstart steps init"},
};

}  // namespace

std::span<const Rule> duration_rules() { return kRules; }

}  // namespace coldstart::plan
