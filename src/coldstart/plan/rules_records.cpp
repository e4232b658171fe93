// Rules about checkpoints (CK), evaluation (EV), metrics (ME), tracking (TR), several hosts (MH)
// and the input pipeline (IP). Test: tests/plan/rules_test.cpp.
#include "coldstart/plan/rules_tables.h"

namespace coldstart::plan {

namespace {

constexpr Rule kRules[] = {
    {"CK-01",
     "Train a fixed number of steps and choose the best checkpoint afterwards; the last is often "
     "not the best.",
     "L1510-1526", "", Basis::playbook, "Objective.ME02_IsTheBestValueOverTraining",
     "coldstart sample --checkpoint best"},
    {"CK-02", "Keep the N best checkpoints so far.", "L1520-1524", "N is checkpoint.keep_best",
     Basis::user, "Retention.RemovesAllButLastBestAndTrunk", "coldstart train --keep-best"},
    {"CK-03", "Stopping early by watching the run is usually unnecessary.", "L1525-1527", "",
     Basis::playbook, "Trainer.DivergenceIsAnOutcomeThatNamesStepAndPlace",
     "divergence alone ends a run; there is no option to stop early"},
    {"CK-04", "Checkpoints protect against interruption too.", "L1513-1517", "", Basis::playbook,
     "ResumeProgram.EqualsTheUninterruptedRunAfterSigkillAtARandomStep",
     "coldstart train --resume"},
    {"EV-01", "Evaluate every so many steps, never by the clock.", "L1402-1403, L1451-1455", "",
     Basis::playbook, "CurveChecks.EV01_UnevenIntervalsAreSeen", "coldstart train --eval-every"},
    {"EV-02", "The evaluation batch is at least as large as the training batch.",
     "L1402, L1441-1447", "", Basis::playbook, "Lint.EV02_ASmallEvaluationBatchIsNoted",
     "coldstart study new"},
    {"EV-03",
     "Evaluations during training are for watching, for choosing a checkpoint, and for reading the "
     "curves; for that there have to be enough.",
     "L1436-1440", "20 a run, 3 in its first tenth", Basis::ours,
     "BestStep.EV03_TenEvaluationsGiveNoVerdict", "coldstart steps best"},
    {"EV-04",
     "A validation loss that swings with a period can mean that training and validation data "
     "overlap, or that the data is not shuffled.",
     "L1456-1460", "chance 1 in 1,000", Basis::ours,
     "Periodicity.EV04_ASwingWithTheEpochIsFoundWithItsPeriod", "coldstart steps best"},
    {"EV-05", "Examples that only fill up a batch weigh nothing.", "L1461-1464", "",
     Basis::playbook, "Evaluate.EveryTokenCountsOnceInEveryBatchSize", "coldstart eval"},
    {"EV-06", "Keep enough of each evaluation to analyse it later, best the values of examples.",
     "L1465-1470", "", Basis::playbook,
     "Documents.EV06_TheLossesOfTheSameDocumentsAreKeptAtEachEvaluation",
     "coldstart train --eval-documents, coldstart steps compare"},
    {"EV-07",
     "A sample that is used to evaluate has to agree with the whole, resolve improvements, and not "
     "wear out.",
     "L1479-1498", "2 standard errors", Basis::ours,
     "Noise.EV07_ASkewedSubsetIsSeenAndAFairOneIsNot"},
    {"EV-08", "For rare classes log how many examples were right.", "L1499-1505", "",
     Basis::playbook, kNotApplicable, "the loss of a language model has no rare classes"},
    {"ME-01",
     "A metric stands for what the model will be used for; periodic evaluation stands in for the "
     "full one.",
     "L124-126, L1412-1431", "", Basis::playbook,
     "RescoreME01.TheKeptCheckpointsAreScoredOnTheWholeSet",
     "the N best checkpoints are scored again on the full set: coldstart eval --kept"},
    {"ME-02", "A trial's result is usually its best value over training.", "L861-863", "",
     Basis::playbook, "Objective.ME02_IsTheBestValueOverTraining", "coldstart report"},
    {"TR-01",
     "Keep with each study: name, configuration, notes, number of trials, the best checkpoint's "
     "result, and the commands that reproduce it, with changes that were not committed.",
     "L1531-1547", "", Basis::playbook,
     "ClosedStudy.TR01_AStudyIsClosedWhenNothingOfItsRecordIsMissing",
     "coldstart study close, coldstart report"},
    {"MH-01",
     "On several hosts one writes logs and checkpoints, initial weights come from one seed, and "
     "each has its own part of the data.",
     "L1573-1586", "", Basis::playbook, "RunMH01.InitialWeightsAndDataOrderAreFunctionsOfTheSeed",
     "one process: initial weights and data order are "
     "functions of their seeds"},
    {"IP-01", "Find out whether training waits for its data.", "L1370-1398", "5 % of the time",
     Basis::ours, "BatchAdvisor.IP01_WaitingForDataIsWarnedOf", "coldstart throughput"},
};

}  // namespace

std::span<const Rule> record_rules() { return kRules; }

}  // namespace coldstart::plan
