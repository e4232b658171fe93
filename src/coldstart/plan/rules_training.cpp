// Rules about training itself: stability (ST), warmup (WU), clipping (GC), batch size (BS), the
// first configuration (IC), schedules (SC) and batch norm (BN). Test: tests/plan/rules_test.cpp.
#include "coldstart/plan/rules_tables.h"

namespace coldstart::plan {

namespace {

constexpr Rule kRules[] = {
    {"ST-01", "Repair failures of optimization before anything else.", "L1804-1806", "",
     Basis::playbook, "Stability.ST01_AnUnstableStudyGetsNoAdviceAboutItsLength",
     "coldstart steps best"},
    {"ST-02",
     "Instability matters when it forces too small a learning rate. There are two kinds: early, "
     "and "
     "sudden in the middle of training.",
     "L1819-1826", "early: before max(2 warmup, 5 % of the run)", Basis::ours,
     "Spikes.ST02_EarlyAndMidTrainingAreToldApart"},
    {"ST-03",
     "Sweep the learning rate, then look at the training loss just above the best: times of rising "
     "loss mean that repairing the instability likely helps.",
     "L1825-1831", "6 deviations and 5 % of the fall", Basis::ours,
     "Stability.ST03_RisesJustAboveTheBestRateAreNamed", "coldstart stability sweep"},
    {"ST-04", "Check at 5 or 10 times the best learning rate.", "L1895-1901", "5 and 10 times",
     Basis::playbook, "Stability.ST04_TheProbesAreAtFiveAndTenTimesTheBestRate",
     "coldstart stability sweep"},
    {"ST-05",
     "Record the norm of the full gradient: outliers can cause instability, and say where to clip.",
     "L1832-1834", "", Basis::playbook, "Trainer.RecordsEveryStepAndTheEvaluationsAskedFor",
     "grad_norm in metrics.jsonl, before clipping"},
    {"ST-06",
     "Instability in the very first steps is missed by sparse evaluation: a short run at twice the "
     "best rate, evaluated at every step.",
     "L1836-1841", "500 steps, 2 times the best rate", Basis::playbook,
     "Stability.ST06_AnEarlySpikeIsSeenWhereSparseEvaluationsMissIt", "coldstart stability early"},
    {"ST-07",
     "Remedies by kind: warmup for early, clipping for both, another optimizer, the architecture; "
     "a "
     "lower learning rate last.",
     "L1850-1869", "", Basis::playbook, "Stability.ST07_ALowerRateIsTheLastRemedy"},
    {"ST-08",
     "Infeasible is a value that is not finite, or a loss that is uncharacteristically high.",
     "L1888-1891", "after 20 % of the steps: ln(vocab) - 0.1, median + 5 deviations", Basis::ours,
     "Stability.ST08_WhatCountsAsInfeasible", "coldstart study status"},
    {"ST-09",
     "The learning rate at which a model becomes unstable has a name, because warmup needs it.",
     "L1910-1913", "", Basis::playbook, "Stability.ST09_TheUnstableRateIsDerivedFromTheSweep",
     "coldstart stability sweep"},
    {"WU-01",
     "Probe a warmup: a ramp from 0 to a base rate of 10, or 100, times the unstable one, then "
     "constant.",
     "L1911-1922", "10 times", Basis::playbook,
     "WarmupSearch.WU01_AProbeRampsToTenTimesTheUnstableRate", "coldstart stability warmup"},
    {"WU-02", "Find the shortest warmup that allows a much higher peak rate.", "L1923-1925",
     "halved in the logarithm", Basis::ours, "WarmupSearch.WU02_TheShortestThatIsEnoughIsFound",
     "coldstart stability warmup"},
    {"WU-03", "After the warmup of a probe train for twice as long.", "L1926-1928",
     "2 times the warmup", Basis::playbook,
     "WarmupSearch.WU03_ABlowUpWithinThreeTimesTheWarmupFails"},
    {"WU-04", "Sweep orders of magnitude, none above a tenth of the run.", "L1929-1933",
     "10, 1e3, 1e4, 1e5; 10 % of the run", Basis::playbook,
     "WarmupSearch.WU04_LengthsAboveATenthOfTheRunAreDropped"},
    {"WU-05", "The warmup is put in front of the run; compare by the best checkpoint.",
     "L1934-1940", "10,000 + 1,000 = 11,000", Basis::playbook,
     "WarmupSearch.WU05_TheWarmupIsPutInFront", "coldstart train --warmup-mode prepend"},
    {"WU-06", "A warmup above a twentieth of the run: consider a longer run.", "L1941-1943", "5 %",
     Basis::playbook, "WarmupSearch.WU06_AWarmupAboveFivePercentAsksForALongerRun"},
    {"WU-07", "There is no typical length: 100 to 40,000 steps and more.", "L1944-1946", "",
     Basis::playbook, kNotApplicable, "no warmup is the default here; nothing to compute"},
    {"GC-01", "Clip: a gradient whose norm is above the threshold is scaled down to it.",
     "L1964-1966", "", Basis::playbook, "ClipFactor.ScalesDownToTheLimitAndNeverUp",
     "coldstart train --grad-clip"},
    {"GC-02", "Log the norms before clipping; look at them over steps and as a histogram.",
     "L1967-1969", "20 bins", Basis::ours, "ClipThreshold.GC02_TheHistogramHoldsEveryNorm",
     "coldstart report"},
    {"GC-03", "The threshold is the 90th percentile of the norms: just above what is typical.",
     "L1963, L1970-1973", "P90", Basis::playbook,
     "ClipThreshold.GC03_IsTheNinetiethPercentileByLinearInterpolation",
     "coldstart stability clip"},
    {"GC-04",
     "Where instability stays clip harder; but when more than half of the updates are clipped, "
     "lower "
     "the learning rate instead.",
     "L1975-1983", "50 % of the updates", Basis::playbook,
     "ClipThreshold.GC04_MoreThanHalfClippedAsksForALowerRate", "coldstart stability clip"},
    {"BS-01",
     "Batch size sets the speed of training, not what validation loss can be reached; it is not "
     "tuned for that.",
     "L189-212, L2014-2026", "", Basis::playbook, "Lint.BS01_TheBatchSizeIsNotTuned",
     "coldstart study new"},
    {"BS-02", "Measure throughput at growing powers of two until memory runs out.", "L218-231", "",
     Basis::playbook, "BatchAdvisor.BS02_OutOfMemoryIsTheNormalEnd", "coldstart throughput"},
    {"BS-03", "Throughput should nearly double with the batch until it saturates.", "L240-247",
     "1.8-fold", Basis::ours, "BatchAdvisor.BS03_ABottleneckBelowTheKneeIsWarnedOf",
     "coldstart throughput"},
    {"BS-04",
     "Consider batches up to the best throughput only; accumulating gradients brings none.",
     "L247-254", "1.1-fold a doubling", Basis::ours,
     "BatchAdvisor.BS04_BatchesPastTheKneeAreLeftOut", "coldstart throughput"},
    {"BS-05",
     "Time is time a step times steps. Up to a critical batch size scaling is perfect, then "
     "returns "
     "diminish.",
     "L266-308", "15 % off perfect", Basis::ours, "BatchAdvisor.BS05_RegimesAndTheFastestBatch",
     "coldstart throughput --target"},
    {"BS-06", "Two batch sizes compared at equally many epochs only probe perfect scaling.",
     "L291-300", "", Basis::playbook, "BatchAdvisor.BS06_EqualExamplesAreWarnedOf",
     "coldstart steps compare"},
    {"BS-07", "Resources are cost a step times steps; they can go either way.", "L310-356", "",
     Basis::playbook, "BatchAdvisor.BS07_TimeAndResourcesAreBothReported",
     "coldstart throughput --target"},
    {"BS-08",
     "Another batch size asks for most hyperparameters to be tuned again, the optimizer's and the "
     "regularisation's first.",
     "L358-374", "", Basis::playbook, "Stale.BS08_AnotherBatchSizeTakesTheGroundFromMost"},
    {"IC-01",
     "Begin with a configuration that is simple, fast, cheap and reasonable: much better than "
     "chance.",
     "L390-413", "ln(vocab) - 1 nat", Basis::ours,
     "FirstConfigIC01.ALossWithinANatOfGuessingIsNoStart", "coldstart steps classify"},
    {"IC-02",
     "Steps: more give better results and easier tuning, fewer more experiments; too many at first "
     "are hard to change.",
     "L414-424", "", Basis::playbook, "LrSweepIC02.TheNumberComesWithWhatItCosts",
     "coldstart steps init"},
    {"SC-01", "Some schedule that is not constant matters; linear or cosine by default.",
     "L1589-1613", "", Basis::playbook, "MakeSchedule.SC01_TheDefaultIsAHoldAndALinearDecayToZero",
     "coldstart train"},
    {"SC-02",
     "A schedule changed by hand while watching cannot be reproduced; a fully automatic one can.",
     "L1615-1643", "", Basis::playbook, "Comparability.SC02_ATrialChangedByHandIsNotCompared",
     "coldstart steps compare"},
    {"BN-01", "Details of batch norm.", "L1549-1571", "", Basis::playbook, kNotApplicable,
     "the models have layer norm and RMS norm"},
};

}  // namespace

std::span<const Rule> training_rules() { return kRules; }

}  // namespace coldstart::plan
