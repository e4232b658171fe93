// Rules about what a study's pictures show: its search space (SB), its curves (CU), isolation (IS).
// Test: tests/plan/rules_test.cpp.
#include "coldstart/plan/rules_tables.h"

namespace coldstart::plan {

namespace {

constexpr Rule kRules[] = {
    {"SB-01",
     "A best point close to the edge of the space is suspicious: widen the space until it is not.",
     "L851-853, L868-871", "80 % of the best in one outer third, gain above sigma", Basis::ours,
     "SlowBoundary.SB01_AnOptimumAtTheEdgeIsFoundAndAnIrrelevantOneIsNot",
     "coldstart study verdict"},
    {"SB-02",
     "Plot the objective against each hyperparameter, a point a trial, infeasible ones marked.",
     "L854-866, Fig. 1", "", Basis::playbook, "Figures.AxisPlotsHaveAllThreeMarks",
     "coldstart report"},
    {"SB-03",
     "Where everything above some learning rate is infeasible and the best lie at that edge, "
     "instability limits the rate.",
     "L873-878, Fig. 7a", "80 % of the trials beyond, 2 at least", Basis::ours,
     "Boundary.SB03_AnEdgeBeyondWhichNothingTrainsIsNotWidened", "coldstart study verdict"},
    {"SB-04",
     "Whether the space was sampled densely enough is hard to know: count the good points.",
     "L883-899, L1773-1798", "", Basis::playbook,
     "BestOfN.SB04_ThinSamplingIsSeenByWhatADoublingWouldGain", "coldstart study verdict"},
    {"CU-01", "Always look at the training curves, of the best few trials at the very least.",
     "L910-918", "the best 3", Basis::ours, "CurveChecks.CU01_TheBestTrialsAreLookedAt",
     "coldstart study verdict"},
    {"CU-02",
     "Overfitting is a validation error that begins to rise. Look at every best trial that is "
     "compared, and warn when any trial shows it.",
     "L923-963", "0.5 sigma, 2 standard errors, 0.1 %", Basis::ours,
     "Overfitting.CU02_ARisingValidationLossIsFound", "coldstart steps best"},
    {"CU-03",
     "What hinders training can act as a regulariser, so that choosing the best may favour bad "
     "values.",
     "L948-966", "overfit shares 50 points apart", Basis::ours,
     "CurveChecks.CU03_AValueThatWinsByHinderingTrainingIsNamed", "coldstart study verdict"},
    {"CU-04",
     "Strong scatter from step to step late in training spoils a comparison. A larger batch, more "
     "validation data, a decaying rate or averaged weights help.",
     "L964-976", "scatter above half the gap", Basis::ours,
     "CurveChecks.CU04_ALuckyStepIsWarnedOfWithItsRemedies", "coldstart study verdict"},
    {"CU-05",
     "A curve that still improves at its end is a sign of compute-bound training; the schedule has "
     "to be allowed for.",
     "L977-982", "", Basis::playbook, "Classify.TheGainOfDoublingACooledRunIsNotItsEndSlope",
     "coldstart steps classify"},
    {"CU-06", "A curve that is flat long before its end: the run may be shortened.", "L983-988", "",
     Basis::playbook, "BestStep.TD11_TooLongWhenEveryPlateauBeginsInTheFirstTenth",
     "coldstart steps best"},
    {"CU-07", "A training loss that rises during training usually means a fault.", "L989-992",
     "3 blocks of 20, 3 sigma", Basis::ours, "CurveChecks.CU07_ARisingTrainingLossIsFound",
     "coldstart study verdict"},
    {"IS-01", "For each scientific value: the best trial over all nuisance values.", "L1006-1024",
     "", Basis::playbook, "Isolation.IS01_TheBestOfEachValueWithItsNumberOfTrials",
     "coldstart study verdict"},
    {"IS-02",
     "With random points put a continuous axis into bins and take the best of each; both sides "
     "must "
     "be tuned equally well.",
     "L1025-1034", "5 bins, counts within a factor 2", Basis::ours,
     "Isolation.IS02_UnequalTuningIsComparedAtEqualNumbers", "coldstart study verdict"},
    {"IS-03", "Make the plots of all hyperparameters and curves of all trials without being asked.",
     "L1036-1055", "", Basis::playbook, "Page.TheNumbersOfTheFiguresAreThoseOfTheRecords",
     "coldstart report"},
};

}  // namespace

std::span<const Rule> picture_rules() { return kRules; }

}  // namespace coldstart::plan
