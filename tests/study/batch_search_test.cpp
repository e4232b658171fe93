#include "coldstart/study/batch_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/study/load_trial.h"
#include "coldstart/train/run_directory.h"
#include "tests/train/small_run.h"

namespace coldstart::study {
namespace {

using testing::HasSubstr;

class BatchSearch : public testing::Test {
 protected:
  BatchAnswer search(double loss, int64_t most_steps = 60) {
    return search_batch(train::small_config("", 60), temp_ / "t",
                        {.loss = loss, .batches = {2, 8}, .most_steps = most_steps}, *kernels_,
                        nobody_);
  }

  const data::TempDir temp_;
  const std::unique_ptr<kernels::Kernels> kernels_ = kernels::make_cpu_kernels();
  train::RunObserver nobody_;
};

TEST_F(BatchSearch, BS05_EachBatchRunsToTheLossAtThreeRatesOfItsOwn) {
  const BatchAnswer answer = search(4);
  EXPECT_EQ(answer.verdict.rule, "BS-05");
  EXPECT_EQ(answer.verdict.label, "KEEP") << answer.verdict.text;
  EXPECT_THAT(answer.verdict.text, HasSubstr("reaches the target soonest"));
  // Four sequences have a rate of 0.01: twice as many have the square root of 2 times that.
  EXPECT_THAT(answer.verdict.chart, HasSubstr("0.01414"));
  const auto run = temp_ / "t" / "target-4-batch-8-lr-0.01414";
  const plan::Trial trial = load_run(run);
  EXPECT_LE(trial.evals.val.back(), 4);
  EXPECT_LT(trial.evals.step.back(), 60) << "it ends there";
  EXPECT_EQ(train::config_of_run(run).schedule.shape, schedule::Shape::constant);
  EXPECT_EQ(search(4).verdict.chart, answer.verdict.chart) << "nothing is run twice";
}

TEST_F(BatchSearch, ALossThatNoBatchReachesIsInsufficient) {
  const BatchAnswer answer = search(0.5, 5);
  EXPECT_EQ(answer.verdict.standing, plan::Standing::insufficient);
  EXPECT_THAT(answer.verdict.chart, HasSubstr("not reached"));
}

TEST_F(BatchSearch, ALossThatNeedsNoTrainingIsRefused) { EXPECT_THROW(search(100), ConfigError); }

TEST_F(BatchSearch, TheThreeLargestBatchesAreTried) {
  EXPECT_THAT(three_batches({1, 2, 4, 8}), testing::ElementsAre(2, 4, 8));
  EXPECT_THAT(three_batches({1, 2}), testing::ElementsAre(1, 2));
}

TEST_F(BatchSearch, TheNoiseScaleComesFromARunInParts) {
  const BatchAnswer answer =
      measure_noise_scale(train::small_config("", 60), temp_ / "t", *kernels_, nobody_);
  ASSERT_EQ(answer.verdict.evidence.size(), 3u);
  EXPECT_EQ(answer.verdict.evidence[1].id, "B_c at 50 %");
  EXPECT_GT(answer.verdict.evidence[1].value.mid, 0) << answer.verdict.text;
  EXPECT_EQ(train::config_of_run(temp_ / "t" / "noise-scale").train.micro_batch, 2);
  train::RunConfig one = train::small_config("", 60);
  one.train.batch_tokens = 16;
  EXPECT_THROW(measure_noise_scale(one, temp_ / "one", *kernels_, nobody_), ConfigError);
}

}  // namespace
}  // namespace coldstart::study
