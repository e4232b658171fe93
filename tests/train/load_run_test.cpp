#include "coldstart/train/load_run.h"

#include <gtest/gtest.h>

#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

TEST(LoadRun, TakesTheLastCheckpointUnlessToldOtherwise) {
  const data::TempDir temp;
  run_small(small_config(temp / "run"));
  EXPECT_EQ(load_run(temp / "run").manifest.step, 12);
  EXPECT_EQ(load_run(temp / "run/checkpoints/step_00000012").manifest.step, 12);
}

TEST(LoadRun, ADirectoryWithoutRunIsACheckpointError) {
  const data::TempDir temp;
  EXPECT_THROW(load_run(temp.path()), CheckpointError);
  EXPECT_THROW(load_run(temp / "absent"), CheckpointError);
}

}  // namespace
}  // namespace coldstart::train
