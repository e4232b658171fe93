#include "coldstart/adapt/batch_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/adapt/batch_control.h"

namespace coldstart::adapt {
namespace {

using testing::ElementsAre;

BatchStage at(int64_t step, int64_t sequences) { return {step, sequences}; }

TEST(BatchPlan, SplitsIntoAsFewEqualMicroBatchesAsItMay) {
  const BatchShape shape{.full = 64, .micro = 16};
  EXPECT_EQ(split_batch(64, shape), (StepBatch{64, 4, 16}));
  EXPECT_EQ(split_batch(16, shape), (StepBatch{16, 1, 16}));
  EXPECT_EQ(split_batch(18, shape), (StepBatch{18, 2, 9}));
  EXPECT_EQ(split_batch(17, shape), (StepBatch{17, 17, 1})) << "a remainder may be a prime";
  const BatchShape pairs{.full = 64, .micro = 16, .fewest_micro = 2, .even = true};
  EXPECT_EQ(split_batch(16, pairs), (StepBatch{16, 2, 8}));
  EXPECT_EQ(split_batch(48, pairs), (StepBatch{48, 4, 12}));
  EXPECT_EQ(split_batch(1, pairs), (StepBatch{1, 1, 1})) << "nothing to compare in one sequence";
  EXPECT_EQ(split_batch(9, pairs), (StepBatch{9, 1, 9})) << "nor in halves of an odd number";
}

TEST(BatchPlan, RoundsDownToBatchesThatSplitWell) {
  const BatchShape shape{.full = 64, .micro = 16};
  EXPECT_EQ(batch_up_to(64, shape), 64);
  EXPECT_EQ(batch_up_to(13, shape), 13);
  EXPECT_EQ(batch_up_to(37, shape), 36);
  EXPECT_EQ(batch_up_to(1'000, shape), 64);
  for (int64_t target = 1; target <= 64; ++target) {
    const int64_t batch = batch_up_to(target, shape);
    EXPECT_LE(batch, target);
    EXPECT_GT(split_batch(batch, shape).micro_sequences * 2, std::min<int64_t>(batch, 14));
  }
}

TEST(BatchPlan, StagesDouble) {
  const BatchPlan plan = plan_stages({.full = 16, .micro = 4}, 2, 30);
  EXPECT_THAT(plan.stages, ElementsAre(at(0, 2), at(10, 4), at(20, 8), at(30, 16)));
  EXPECT_EQ(plan.sequences(0), 2);
  EXPECT_EQ(plan.sequences(9), 2);
  EXPECT_EQ(plan.sequences(10), 4);
  EXPECT_EQ(plan.sequences(1'000), 16);
  EXPECT_EQ(plan.ramp_sequences(), 10 * (2 + 4 + 8));
  // 100 full batches are 1600 sequences: 140 in the ramp, 1460 in 91.25 full steps.
  EXPECT_EQ(plan.steps_for(100), 30 + 92);
}

TEST(BatchPlan, LinearGrowsByEqualAmountsAndNeverShrinks) {
  const BatchPlan plan = plan_linear({.full = 8, .micro = 8}, 2, 6);
  EXPECT_THAT(plan.stages,
              ElementsAre(at(0, 2), at(1, 3), at(2, 4), at(3, 5), at(4, 6), at(5, 7), at(6, 8)));
  const BatchPlan cut = plan_linear({.full = 24, .micro = 8}, 8, 16);
  for (size_t i = 1; i < cut.stages.size(); ++i)
    EXPECT_GT(cut.stages[i].sequences, cut.stages[i - 1].sequences);
  EXPECT_THAT(cut.stages.back(), at(16, 24));
}

TEST(BatchPlan, WithoutAWarmupEveryStepIsFull) {
  const BatchPlan plan{.kind = BatchWarmup::none, .shape = {.full = 12, .micro = 4}};
  EXPECT_EQ(plan.sequences(5), 12);
  EXPECT_EQ(plan.steps_for(77), 77);
}

}  // namespace
}  // namespace coldstart::adapt
