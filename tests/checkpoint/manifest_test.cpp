#include "coldstart/checkpoint/manifest.h"

#include <gtest/gtest.h>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"

namespace coldstart::checkpoint {
namespace {

TEST(Manifest, SurvivesARoundTripExactly) {
  const data::TempDir temp;
  Manifest m;
  m.step = 123;
  m.sequences = 4567;
  m.tokens = int64_t{1} << 40;
  m.config = "[model]\nlayers = 4\n\"quoted\"";
  m.data_id = "abc";
  m.divergence = {.first_loss = 5.0 / 3, .steps_above = 7};
  m.clip = {.norms = {0.1, 1.0 / 3}, .clipped = "0110", .warned = true};
  m.batch = {.sequences = 12, .steps_above = 3};
  m.order = {.mean = 1.0 / 3, .deviations = {1e-300, -0.1}};
  m.plateau = {.best = 1.0 / 7, .not_better = 2, .factor = 0.1};
  m.interventions = {"the rate, by hand"};
  m.best = {{100, 0.1 + 0.2}, {50, 1.0 / 3}};
  m.lowest = BestCheckpoint{100, 1e-17};
  m.branched_from = "runs/a/checkpoints/step_00000050";
  m.files["model.safetensors"] = {99, "0123456789abcdef"};
  write_file_atomic(temp / "manifest.json", to_json(m));
  const Manifest back = read_manifest(temp.path());
  EXPECT_EQ(to_json(back), to_json(m));
  EXPECT_EQ(back.best, m.best);
  EXPECT_EQ(back.divergence.first_loss, m.divergence.first_loss);
  EXPECT_EQ(back.config, m.config);
  EXPECT_EQ(back.clip.norms, m.clip.norms);
  EXPECT_EQ(back.clip.clipped, "0110");
  EXPECT_TRUE(back.clip.warned);
  EXPECT_EQ(back.batch, m.batch);
  EXPECT_EQ(back.order, m.order);
  EXPECT_EQ(back.plateau, m.plateau);
  EXPECT_EQ(back.interventions, m.interventions);
}

TEST(Manifest, ACheckpointOfBeforeClippingHadAStateIsReadAsItWas) {
  const data::TempDir temp;
  std::string text = to_json(Manifest());
  const size_t clip = text.find(",\n    \"clip\""), end = text.find("}\n  }", clip);
  ASSERT_NE(clip, text.npos);
  text.erase(clip, end + 1 - clip);
  write_file_atomic(temp / "manifest.json", text);
  EXPECT_TRUE(read_manifest(temp.path()).clip.norms.empty());
}

TEST(Manifest, AnythingElseIsACheckpointError) {
  const data::TempDir temp;
  EXPECT_THROW(read_manifest(temp.path()), CheckpointError);
  for (const char* text : {"", "{", "[]", "3", "{\"format\": 7}", "{\"format\": \"x\"}",
                           "{\"format\": \"coldstart checkpoint 1\"}",
                           "{\"format\": \"coldstart checkpoint 1\", \"step\": \"many\"}"}) {
    write_file_atomic(temp / "manifest.json", text);
    EXPECT_THROW(read_manifest(temp.path()), CheckpointError) << text;
  }
}

}  // namespace
}  // namespace coldstart::checkpoint
