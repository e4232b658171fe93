#include "coldstart/checkpoint/retention.h"

#include <gtest/gtest.h>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"

namespace coldstart::checkpoint {
namespace {

void make_checkpoint(const std::filesystem::path& directory, int64_t step) {
  make_directories(checkpoint_path(directory, step));
  write_file_atomic(checkpoint_path(directory, step) / "manifest.json", "{}");
}

TEST(Retention, KeepsTheLowestLossesInOrder) {
  std::vector<BestCheckpoint> best;
  EXPECT_TRUE(enter_best(best, {10, 3.0}, 2));
  EXPECT_TRUE(enter_best(best, {20, 2.0}, 2));
  EXPECT_FALSE(enter_best(best, {30, 3.5}, 2));
  EXPECT_TRUE(enter_best(best, {40, 2.5}, 2));
  EXPECT_EQ(best, (std::vector<BestCheckpoint>{{20, 2.0}, {40, 2.5}}));
  EXPECT_FALSE(enter_best(best, {50, 2.5}, 2)) << "a tie goes to the earlier step";
  EXPECT_FALSE(enter_best(best, {60, 0.1}, 0));
}

TEST(Retention, RemovesAllButLastBestAndTrunk) {
  const data::TempDir temp;
  for (const int64_t step : {10, 20, 30, 40, 50, 60}) make_checkpoint(temp.path(), step);
  make_directories(temp / ".tmp-step_00000070");
  make_directories(temp / "mine");
  const std::vector<BestCheckpoint> best = {{20, 1.0}};
  const std::vector<int64_t> trunk = {40};
  remove_superseded(temp.path(), 50, best, trunk);
  EXPECT_EQ(list_checkpoints(temp.path()), (std::vector<int64_t>{20, 40, 50, 60}));
  EXPECT_FALSE(std::filesystem::exists(temp / ".tmp-step_00000070"));
  EXPECT_TRUE(std::filesystem::exists(temp / "mine")) << "what is not ours stays";
}

TEST(Retention, ACheckpointWithoutManifestIsNone) {
  const data::TempDir temp;
  make_checkpoint(temp.path(), 10);
  make_directories(checkpoint_path(temp.path(), 20));
  EXPECT_EQ(list_checkpoints(temp.path()), std::vector<int64_t>{10});
  EXPECT_TRUE(list_checkpoints(temp / "absent").empty());
}

}  // namespace
}  // namespace coldstart::checkpoint
