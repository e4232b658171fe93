// The promise: a resumed run equals the uninterrupted one over the whole state. The same over fresh
// processes and SIGKILL is in tests/e2e/resume_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/files.h"
#include "coldstart/core/hash.h"
#include "coldstart/io/safetensors.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// A whole run, and a copy of it that was stopped right after its checkpoint at step 8.
class Resume : public testing::Test {
 protected:
  Resume() {
    RunConfig config = small_config(temp_ / "whole");
    config.train.trunk_at = {8};
    run_small(config);
    fs::copy(temp_ / "whole", temp_ / "stopped", fs::copy_options::recursive);
    for (const auto& entry : fs::directory_iterator(temp_ / "stopped/checkpoints")) {
      if (entry.path().filename() != "step_00000008") doomed_.push_back(entry.path());
    }
    for (const fs::path& path : doomed_) fs::remove_all(path);
  }

  RunConfig stopped_config() { return config_of_run(temp_ / "stopped"); }
  fs::path file(const char* name) { return temp_ / "stopped/checkpoints/step_00000008" / name; }
  std::string final_state(const char* run) { return state_of(temp_ / run, "step_00000012"); }
  std::string resume_error() {
    try {
      run_small(stopped_config(), true);
      return "";
    } catch (const CheckpointError& error) {
      return error.message();
    }
  }

  // Writes the optimizer's file again through `change`, with a manifest that vouches for it.
  template <class Change>
  void rewrite_optimizer(Change change) {
    std::string old_checksum, new_checksum, manifest = read_file(file("manifest.json"));
    const fs::path path = file("optimizer.safetensors");
    const std::string before = read_file(path);
    {
      const io::SafetensorsReader reader(path);
      std::vector<std::vector<float>> values;
      io::SafetensorsWriter writer;
      for (const io::StoredTensor& stored : reader.tensors()) {
        auto& numbers = values.emplace_back(static_cast<size_t>(stored.size()));
        const Tensor tensor(numbers.data(), DType::f32, stored.shape);
        reader.read(stored, tensor);
        change(stored.name, tensor, writer);
      }
      writer.write(path);
    }
    const std::string after = read_file(path);
    const auto replace = [&](const std::string& from, const std::string& to) {
      manifest.replace(manifest.find(from), from.size(), to);
    };
    replace(hash_text(content_hash(before.data(), before.size())),
            hash_text(content_hash(after.data(), after.size())));
    replace(fmt::format("\"bytes\": {}", before.size()),
            fmt::format("\"bytes\": {}", after.size()));
    write_file_atomic(file("manifest.json"), manifest);
  }

  const data::TempDir temp_;
  std::vector<fs::path> doomed_;
};

TEST_F(Resume, EqualsTheUninterruptedRunToTheByte) {
  EXPECT_EQ(run_small(stopped_config(), true).outcome, Outcome::finished);
  EXPECT_TRUE(final_state("whole") == final_state("stopped"));
}

// The broken twin: if this passed with equal bytes, the test above could not fail.
TEST_F(Resume, DroppingOneMomentTensorShows) {
  rewrite_optimizer([](const std::string& name, Tensor tensor, io::SafetensorsWriter& writer) {
    if (name == "m/h.0.attn.q.weight") std::ranges::fill(tensor.span<float>(), 0.0f);
    writer.add(name, tensor);
  });
  EXPECT_EQ(run_small(stopped_config(), true).outcome, Outcome::finished);
  EXPECT_FALSE(final_state("whole") == final_state("stopped"));
}

TEST_F(Resume, NamesTheTensorThatIsMissing) {
  rewrite_optimizer([](const std::string& name, Tensor tensor, io::SafetensorsWriter& writer) {
    if (name != "v/norm_f.gain") writer.add(name, tensor);
  });
  EXPECT_THAT(resume_error(), HasSubstr("lacks the tensor v/norm_f.gain"));
}

TEST_F(Resume, RefusesATruncatedFile) {
  fs::resize_file(file("model.safetensors"), fs::file_size(file("model.safetensors")) - 10);
  EXPECT_THAT(resume_error(), HasSubstr("truncated"));
}

TEST_F(Resume, RefusesAChangedFile) {
  std::string bytes = read_file(file("model.safetensors"));
  bytes[bytes.size() - 5] ^= 1;
  write_file_atomic(file("model.safetensors"), bytes);
  EXPECT_THAT(resume_error(), HasSubstr("checksum"));
}

TEST_F(Resume, RefusesAMissingFile) {
  fs::remove(file("optimizer.safetensors"));
  EXPECT_THAT(resume_error(), HasSubstr("missing"));
}

TEST_F(Resume, RefusesAnotherConfiguration) {
  RunConfig config = stopped_config();
  config.optimizer.lr = 0.02;
  EXPECT_THROW(run_small(config, true), ConfigError);
}

TEST_F(Resume, ANewRunNeverWritesOverAnother) {
  const std::string before = read_file(temp_ / "stopped/metrics.jsonl");
  EXPECT_THROW(run_small(stopped_config()), ConfigError);
  EXPECT_EQ(read_file(temp_ / "stopped/metrics.jsonl"), before);
}

TEST_F(Resume, BranchesWithAnotherScheduleFromTheSameState) {
  RunConfig config = config_of_checkpoint(temp_ / "stopped/checkpoints/step_00000008");
  config.schedule.shape = schedule::Shape::constant;
  config.train.steps = 10;
  config.train.out = (temp_ / "branch").string();
  RunObserver nobody;
  const auto kernels = kernels::make_cpu_kernels();
  const auto branch = [&] {
    return run_training({.config = config,
                         .resume = false,
                         .branch_from = temp_ / "stopped/checkpoints/step_00000008",
                         .time_limit_s = 0},
                        *kernels, nobody);
  };
  EXPECT_EQ(branch().step, 10);
  const auto trunk = metrics_of(temp_ / "whole", "train"),
             steps = metrics_of(temp_ / "branch", "train");
  EXPECT_THAT(steps_of(steps), testing::ElementsAre(9, 10));
  EXPECT_EQ(steps[0].number("loss"), trunk[8].number("loss")) << "same weights, same data";
  EXPECT_EQ(steps[0].number("lr"), 0.01);
  EXPECT_LT(trunk[8].number("lr").value(), 0.01);
  EXPECT_THAT(read_file(temp_ / "branch/checkpoints/step_00000010/manifest.json"),
              HasSubstr("stopped/checkpoints/step_00000008"));

  config.train.out = (temp_ / "short").string();
  config.train.steps = 8;
  EXPECT_THROW(branch(), ConfigError) << "the schedule ends where the branch begins";
  config.train.steps = 10;
  config.model.mlp = model::Mlp::relu;  // same shapes, another model
  EXPECT_THROW(branch(), CheckpointError);
  EXPECT_FALSE(fs::exists(temp_ / "short")) << "nothing is left behind";
}

}  // namespace
}  // namespace coldstart::train
