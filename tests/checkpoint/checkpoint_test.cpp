#include "coldstart/checkpoint/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "coldstart/checkpoint/retention.h"
#include "coldstart/core/files.h"
#include "coldstart/io/safetensors.h"
#include "coldstart/optim/registry.h"
#include "tests/data/temp_dir.h"

namespace coldstart::checkpoint {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Parameters with an optimizer, all numbers different from `start` on.
struct State {
  explicit State(float start, int64_t rows = 3)
      : params({{"a.weight", Role::mlp_in, 0, rows, 5}, {"b.gain", Role::norm_gain, 0, 0, 7}},
               DType::f32),
        optimizer(optim::make_optimizer(params, {})) {
    float next = start;
    for (const Param& param : params)
      for (float& w : param.weight.span<float>()) w = next++;
    for (const auto& state : optimizer->states())
      for (const Param& param : params)
        for (int64_t i = 0; i < param.size(); ++i) state.flat.f32()[param.offset + i] = next++;
  }
  std::vector<float> numbers() {
    const auto w = params.weights().span<float>();
    std::vector<float> all(w.begin(), w.end());
    for (const auto& state : optimizer->states()) {
      const auto s = state.flat.span<float>();
      all.insert(all.end(), s.begin(), s.end());
    }
    return all;
  }

  ParamList params;
  std::unique_ptr<optim::Optimizer> optimizer;
};

fs::path save(const fs::path& place, int64_t step, State& state,
              std::vector<BestCheckpoint> best = {}) {
  Manifest manifest;
  manifest.step = step;
  manifest.best = std::move(best);
  return save_checkpoint(place, manifest, state.params, *state.optimizer);
}

template <class Work>
std::string checkpoint_error(Work work) {
  try {
    work();
  } catch (const CheckpointError& error) {
    return error.message();
  }
  return "";
}

TEST(Checkpoint, GivesEveryNumberBack) {
  const data::TempDir temp;
  State written(1), read(1000);
  const fs::path path = save(temp.path(), 12, written);
  EXPECT_EQ(path, temp / "step_00000012");
  const Manifest manifest = read_manifest(path);
  load_weights(path, manifest, read.params);
  load_optimizer(path, manifest, read.params, *read.optimizer);
  EXPECT_EQ(read.numbers(), written.numbers());
}

// Keeps one number a row, in double, and nothing else.
class RowStates : public optim::Optimizer {
 public:
  explicit RowStates(int64_t rows) : radius_(rows * 8) { radius_.allocate(DType::f64, {rows}); }
  std::string_view name() const override { return "rows"; }
  void step(ParamList&, const optim::StepContext&, kernels::Kernels&, optim::StepReport&) override {
  }
  std::vector<optim::NamedTensor> states() override {
    return {{.name = "radius",
             .flat = radius_.flat(DType::f64),
             .layout = optim::NamedTensor::Layout::rows}};
  }
  std::span<double> radius() { return radius_.flat(DType::f64).span<double>(); }

 private:
  Arena radius_;
};

TEST(Checkpoint, KeepsStatesOfRowsInTheirOwnType) {
  const data::TempDir temp;
  State state(1);  // 3 rows and a vector
  RowStates written(4), read(4), of_other_rows(5);
  double next = 1.0 / 3;  // no float
  for (double& radius : written.radius()) radius = next++;
  const fs::path path = save_checkpoint(temp.path(), Manifest{}, state.params, written);
  const Manifest manifest = read_manifest(path);
  load_optimizer(path, manifest, state.params, read);
  EXPECT_TRUE(std::ranges::equal(read.radius(), written.radius()));
  const io::SafetensorsReader file(path / "optimizer.safetensors");
  EXPECT_EQ(file.named("radius/a.weight").shape, (std::vector<int64_t>{3}));
  EXPECT_EQ(file.named("radius/b.gain").shape, (std::vector<int64_t>{1}));
  State taller(1, 4);
  EXPECT_THAT(
      checkpoint_error([&] { load_optimizer(path, manifest, taller.params, of_other_rows); }),
      HasSubstr("radius/a.weight"));
}

TEST(Checkpoint, LeavesNothingTemporaryBehind) {
  const data::TempDir temp;
  State state(1);
  save(temp.path(), 12, state);
  save(temp.path(), 12, state);  // again, as after going back to an earlier step
  EXPECT_EQ(std::distance(fs::directory_iterator(temp.path()), {}), 1);
}

TEST(Checkpoint, AnotherModelTouchesNoNumber) {
  const data::TempDir temp;
  State written(1), other(1000, 4);
  const fs::path path = save(temp.path(), 12, written);
  const auto before = other.numbers();
  EXPECT_THAT(checkpoint_error([&] { load_weights(path, read_manifest(path), other.params); }),
              HasSubstr("a.weight"));
  EXPECT_EQ(other.numbers(), before);
}

TEST(Checkpoint, AChangedByteIsSeenBeforeAnythingIsLoaded) {
  const data::TempDir temp;
  State written(1), read(1000);
  const fs::path path = save(temp.path(), 12, written);
  std::string bytes = read_file(path / "model.safetensors");
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file_atomic(path / "model.safetensors", bytes);
  const auto before = read.numbers();
  EXPECT_THAT(checkpoint_error([&] { load_weights(path, read_manifest(path), read.params); }),
              HasSubstr("damaged"));
  EXPECT_EQ(read.numbers(), before);
}

TEST(Checkpoint, IsFoundByWhatItIs) {
  const data::TempDir temp;
  const fs::path checkpoints = temp / "checkpoints";
  State state(1);
  for (const int64_t step : {10, 20, 30}) save(checkpoints, step, state, {{20, 1.5}, {30, 2.5}});
  const auto step = [&](const char* which) { return find_checkpoint(temp.path(), which); };
  EXPECT_EQ(find_checkpoint(temp.path()), checkpoint_path(checkpoints, 30));
  EXPECT_EQ(step("last"), checkpoint_path(checkpoints, 30));
  EXPECT_EQ(step("best"), checkpoint_path(checkpoints, 20));
  EXPECT_EQ(step("10"), checkpoint_path(checkpoints, 10));
  EXPECT_THAT(checkpoint_error([&] { step("15"); }), HasSubstr("10, 20, 30"));
  EXPECT_THROW(step("1e1"), ConfigError);
  EXPECT_EQ(find_checkpoint(checkpoint_path(checkpoints, 10)), checkpoint_path(checkpoints, 10));
}

}  // namespace
}  // namespace coldstart::checkpoint
