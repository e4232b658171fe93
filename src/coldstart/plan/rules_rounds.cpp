// Rules about tuning in rounds: compute-bound planning (CB), what transfers from short runs (R1),
// the long ones (R2) and extending a schedule (SX). Test: tests/plan/rules_test.cpp.
#include "coldstart/plan/rules_tables.h"

namespace coldstart::plan {

namespace {

constexpr Rule kRules[] = {
    {"CB-01",
     "That longer is always better is no reason to make every run as long as one can pay: many "
     "short experiments, few of production length.",
     "L1257-1266", "production length only when fewer than 2 shorter trials fit", Basis::ours,
     "RoundsCB01.OnlyABudgetForFewerThanTwoShortTrialsExploresAtProductionLength",
     "coldstart steps plan"},
    {"CB-02",
     "The nearer a trial is to the length one waits for, the more it says about the final run, and "
     "the fewer of them there are.",
     "L1264-1266", "", Basis::playbook, "RoundsCB02.TheTradeBetweenNumberAndLengthIsShown",
     "coldstart steps plan"},
    {"CB-03",
     "Much can be settled at a tenth of the production length, but what holds there may not at a "
     "fifth, let alone at the whole.",
     "L1267-1270", "10 %, 20 %, 100 % (the playbook's); 1.25 counts as nearly equal (ours)",
     Basis::playbook, "Comparability.CB03_WhatHoldsAtOneLengthIsNotEstablishedAtAnother",
     "coldstart steps compare"},
    {"CB-04", "Tune in rounds of growing length; one to three are usually practical.", "L1271-1274",
     "1 to 3 rounds; 2 by default (ours)", Basis::playbook,
     "RoundsCB04.MoreThanThreeRoundsAreWarnedOf", "coldstart steps plan"},
    {"CB-05",
     "Learn from fast trials what can be learnt, then lengthen them and check earlier conclusions "
     "again.",
     "L1275-1281", "", Basis::playbook, "RoundsCB05.LaterRoundsSayWhatTheyTestAgain",
     "coldstart steps plan"},
    {"CB-06",
     "Begin with two rounds: short runs for the model's and the optimizer's hyperparameters, then "
     "very few long ones at good points.",
     "L1281-1284", "first round at 10 % of production, 1 to 3 long runs", Basis::ours,
     "RoundsCB06.TwoRoundsWithABridgeBetweenThem", "coldstart steps plan"},
    {"CB-07",
     "Between rounds the question is the decay; the trap is to spend all extra steps at too small "
     "a learning rate.",
     "L1285-1288", "", Basis::playbook,
     "ExtendSX01.ALinearDecayKeepsItsLengthAndTheExtraStepsHaveThePeakRate",
     "coldstart steps extend"},
    {"R1-01",
     "Hyperparameters of short runs are not sure to stay good, but are often alike enough; how "
     "alike is measured between rounds.",
     "L1296-1299", "Kendall's tau, lower bound 0", Basis::ours,
     "RankAgreementR101.AnOrderThatHeldIsHeld", "coldstart steps plan"},
    {"R1-02",
     "Very likely to transfer: warmup and initialisation (early stability). Likely: architectures "
     "that win clearly. Perhaps: optimizer and its hyperparameters, augmentation, regularisation. "
     "Unlikely: the learning-rate schedule.",
     "L1300-1335", "", Basis::playbook, "TransferR102.EveryKindHasItsClass",
     "coldstart steps plan"},
    {"R1-03", "Where the training data cannot be fitted perfectly, regularisation may hardly help.",
     "L1320-1322", "", Basis::playbook, "Lint.R103_ARegulariserIsAskedAboutWhereNothingOverfits",
     "coldstart study new"},
    {"R1-04",
     "Schedules do not transfer perfectly: a square-root decay that is made longer spends most "
     "steps at too small a rate.",
     "L1323-1329", "share of steps below 10 % of the peak", Basis::ours,
     "ExtendR104.FamiliesThatDecayForEverAreRefusedUnlessForced", "coldstart steps extend"},
    {"R1-05",
     "With a very large number of steps most schedules are good enough, and tuning still helps.",
     "L1330-1332", "", Basis::playbook, kNotApplicable, "wording only: nothing to compute"},
    {"R1-06", "Do not pick learning rates short-sightedly: what is best in short runs is biased.",
     "L1333-1335", "", Basis::playbook, "LrBracketR106.TenTimesLongerGivesOneTwoThirdsAndHalf",
     "coldstart steps plan"},
    {"R2-01", "Run the best configuration of the first round at the long length.", "L1345", "",
     Basis::playbook, "RoundsCB06.TwoRoundsWithABridgeBetweenThem", "coldstart steps plan"},
    {"R2-02", "Perhaps: spend the extra steps at a high learning rate.", "L1346-1347", "",
     Basis::playbook, "ExtendSX01.ALinearDecayKeepsItsLengthAndTheExtraStepsHaveThePeakRate",
     "coldstart steps extend"},
    {"SX-01", "A linear decay keeps its length; the constant part before it becomes longer.",
     "L1348-1349", "", Basis::playbook,
     "ExtendSX01.ALinearDecayKeepsItsLengthAndTheExtraStepsHaveThePeakRate",
     "coldstart steps extend"},
    {"SX-02", "A cosine keeps its base rate and is stretched over the longer run.", "L1350-1352",
     "", Basis::playbook, "ExtendSX02.ACosineKeepsItsPeakAndIsStretched", "coldstart steps extend"},
    {"SX-03",
     "More rounds may suit mature pipelines and very expensive runs; often they are too much.",
     "L1353-1355", "", Basis::playbook, "RoundsCB04.MoreThanThreeRoundsAreWarnedOf",
     "coldstart steps plan"},
    {"SX-04",
     "If efficiency were all: lengthen runs exponentially over many rounds, check again at each, "
     "and pass new ideas through longer and longer experiments.",
     "L1356-1364", "length times 10^0.5 a round", Basis::ours,
     "RungsSX04.OnlyIdeasThatPassedGoOnAndTheirTrunkGoesOnWithThem",
     "coldstart steps plan --pipeline, coldstart steps rungs"},
    {"SX-05", "Too much time at a tiny learning rate is warned of.", "L1287-1288",
     "mean rate of the extra steps 0.25 (warning), 0.05 (error) of the base", Basis::ours,
     "ExtendSX05.RunningOnAtTheFinalRateIsWarnedOfOrRefused", "coldstart steps extend"},
};

}  // namespace

std::span<const Rule> round_rules() { return kRules; }

}  // namespace coldstart::plan
