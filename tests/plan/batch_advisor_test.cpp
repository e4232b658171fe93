#include "coldstart/plan/batch_advisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/core/random.h"

namespace coldstart::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::vector<ThroughputRow> ladder(std::vector<double> per_s) {
  std::vector<ThroughputRow> rows;
  int64_t batch = 8;
  for (const double speed : per_s) {
    rows.push_back({.batch = batch, .examples_per_s = speed});
    batch *= 2;
  }
  return rows;
}

TEST(BatchAdvisor, BS02_OutOfMemoryIsTheNormalEnd) {
  auto rows = ladder({100, 195, 380});
  rows.push_back({.batch = 64, .out_of_memory = true});
  const auto report = judge_throughput(rows);
  EXPECT_EQ(report.knee, 32);
  EXPECT_THAT(report.verdict.text, HasSubstr("the largest that fits"));
  EXPECT_EQ(judge_throughput({{.batch = 8, .out_of_memory = true}}).verdict.label, "INSUFFICIENT");
}

TEST(BatchAdvisor, BS03_ABottleneckBelowTheKneeIsWarnedOf) {
  EXPECT_THAT(judge_throughput(ladder({100, 130, 250, 480, 900, 920})).verdict.warnings,
              ElementsAre(StartsWith("W-BOTTLENECK: from batch 8 to 16")));
  // Close to the knee growth slows down by itself.
  EXPECT_THAT(judge_throughput(ladder({100, 195, 380, 500, 510})).verdict.warnings, IsEmpty());
}

TEST(BatchAdvisor, BS04_BatchesPastTheKneeAreLeftOut) {
  auto rows = ladder({100, 195, 380, 400, 405});
  rows[1].accumulation = 2;
  const auto report = judge_throughput(rows);
  EXPECT_EQ(report.knee, 32);
  EXPECT_THAT(report.considered, ElementsAre(8, 16, 32));
  EXPECT_THAT(report.verdict.warnings, Contains(StartsWith("BS-04")));
}

// Somebody else used the machine during one row.
TEST(BatchAdvisor, BS04_OneRowThatCameOutLowOrHighEndsNoLadder) {
  EXPECT_EQ(judge_throughput(ladder({100, 195, 190, 750, 1400, 1450})).knee, 128) << "one low";
  EXPECT_EQ(judge_throughput(ladder({100, 195, 480, 500, 1000, 1040})).knee, 128) << "one high";
  EXPECT_THAT(judge_throughput(ladder({100, 195, 190, 750, 1400, 1450})).verdict.warnings,
              IsEmpty())
      << "nor is it a bottleneck";
  EXPECT_EQ(judge_throughput(ladder({100, 195, 380, 385, 390, 395, 400})).knee, 32)
      << "two rows that bring nothing do";
  EXPECT_EQ(judge_throughput(ladder({100, 195, 380, 375})).knee, 32) << "nothing comes after it";
}

TEST(BatchAdvisor, IP01_WaitingForDataIsWarnedOf) {
  auto rows = ladder({100, 195});
  rows[1].data_wait_share = 0.06;
  EXPECT_THAT(judge_throughput(rows).verdict.warnings, ElementsAre(StartsWith("W-INPUT-BOUND")));
}

TEST(BatchAdvisor, BS05_RegimesAndTheFastestBatch) {
  const auto choice =
      choose_batch({{8, 10'000, 1}, {16, 5'100, 1.1}, {32, 3'500, 1.3}, {64, 3'450, 2}});
  EXPECT_THAT(choice.regimes, ElementsAre(Regime::perfect, Regime::diminishing, Regime::maximal));
  EXPECT_EQ(choice.fastest, 32);
  EXPECT_EQ(choose_batch({{8, NAN, 1}, {16, 100, 1}}).verdict.label, "INSUFFICIENT");
}

TEST(BatchAdvisor, BS07_TimeAndResourcesAreBothReported) {
  const auto choice = choose_batch({{8, 1000, 1}, {16, 600, 1}}, {1, 2});
  EXPECT_EQ(choice.fastest, 16);  // 600 s
  EXPECT_EQ(choice.cheapest, 8);  // 1000 device seconds against 1200
  EXPECT_EQ(choice.verdict.evidence[1].value.mid, 1000);
}

TEST(BatchAdvisor, ALargerBatchOfTheSameTimeIsTaken) {
  EXPECT_EQ(choose_batch({{8, 1000, 1}, {16, 500, 2}}).fastest, 16);
}

TEST(BatchAdvisor, BS06_EqualExamplesAreWarnedOf) {
  EXPECT_THAT(*epoch_budget_warning(8, 1000, 16, 500), StartsWith("W-EPOCH-BUDGET"));
  EXPECT_FALSE(epoch_budget_warning(8, 1000, 16, 1000));
  EXPECT_FALSE(epoch_budget_warning(8, 1000, 8, 1000));
}

TEST(BatchAdvisor, BadTablesAreRefused) {
  EXPECT_THROW(judge_throughput({{.batch = 8, .examples_per_s = 0}}), DataError);
  EXPECT_THROW(judge_throughput({{16, 10}, {8, 20}}), DataError);
  EXPECT_THROW(choose_batch({{16, 10, 1}, {8, 20, 1}}), DataError);
  EXPECT_THROW(choose_batch({{8, 10, 1}}, {1, 2}), DataError);
}

TEST(BatchAdvisor, StepsToALossAreInterpolatedBetweenEvaluations) {
  Trial trial;
  trial.evals = {.step = {0, 10, 20, 30}, .val = {5, 4, 2, 3}, .val_se = {}, .train = {}};
  EXPECT_DOUBLE_EQ(steps_to_loss(trial, 3), 15);
  EXPECT_DOUBLE_EQ(steps_to_loss(trial, 2), 20);
  EXPECT_DOUBLE_EQ(steps_to_loss(trial, 6), 0) << "before the first update";
  EXPECT_TRUE(std::isnan(steps_to_loss(trial, 1.9)));
}

// B_c = B: doubling leaves (1 + 1/2) / 2 of the steps.
TEST(BatchAdvisor, BS05_TheNoiseScaleSaysWhatDoublingTheBatchLeaves) {
  const Verdict verdict = judge_noise_scale({{0.1, 4}, {0.5, 16}, {0.9, 64}}, 16);
  EXPECT_THAT(verdict.text, HasSubstr("about 75 % of the steps"));
  EXPECT_THAT(verdict.text, HasSubstr("about 16 sequences (4 to 64 on the way)"));
  EXPECT_EQ(verdict.evidence.size(), 3u);
  EXPECT_THAT(judge_noise_scale({{0.5, 1e6}}, 1).text, HasSubstr("about 50 %"));
  EXPECT_THAT(judge_noise_scale({{0.5, 0.001}}, 100).text, HasSubstr("about 100 %"));
}

TEST(BatchAdvisor, ANoiseScaleThatIsDefinedNowhereIsInsufficient) {
  const Verdict verdict = judge_noise_scale({{0.1, NAN}, {0.5, INFINITY}}, 8);
  EXPECT_EQ(verdict.label, "INSUFFICIENT");
  EXPECT_EQ(verdict.standing, Standing::insufficient);
}

}  // namespace
}  // namespace coldstart::plan
