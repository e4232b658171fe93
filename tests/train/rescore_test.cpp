#include "coldstart/train/rescore.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/train/load_run.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

TEST(RescoreME01, TheKeptCheckpointsAreScoredOnTheWholeSet) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run", 20);
  config.train.keep_best = 3;
  config.train.eval_tokens = 32;
  run_small(config);
  const auto kernels = kernels::make_cpu_kernels();
  const auto rescored = rescore(temp / "run", *kernels);
  ASSERT_EQ(rescored.size(), 3u);
  for (size_t i = 0; i < rescored.size(); ++i) {
    EXPECT_GT(rescored[i].tokens, 32);
    if (i > 0) {
      EXPECT_GE(rescored[i].whole, rescored[i - 1].whole);
    }
    LoadedRun one = load_run(temp / "run", std::to_string(rescored[i].step));
    EXPECT_EQ(evaluate_run(one, *kernels, 0).loss, rescored[i].whole);
    EXPECT_EQ(evaluate_run(one, *kernels, 32).loss, rescored[i].during_training);
  }
}

TEST(RescoreME01, AnotherWinnerIsSeen) {
  EXPECT_EQ(picked_during_training({{.step = 10, .during_training = 2.2, .whole = 2.0},
                                    {.step = 20, .during_training = 2.1, .whole = 2.05}}),
            20)
      << "the whole set picks step 10";
}

TEST(Rescore, ARunThatKeptNoneIsRefused) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run", 8);
  config.train.keep_best = 0;
  run_small(config);
  const auto kernels = kernels::make_cpu_kernels();
  EXPECT_THROW(rescore(temp / "run", *kernels), CheckpointError);
}

}  // namespace
}  // namespace coldstart::train
