// What a run records of its measures, and that watching changes nothing.
#include "coldstart/train/instruments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "coldstart/core/files.h"
#include "coldstart/core/parallel.h"
#include "coldstart/metrics/registry.h"
#include "tests/test_paths.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

using testing::HasSubstr;

RunConfig measured_config(const std::filesystem::path& out) {
  RunConfig config = small_config(out);
  config.train.trunk_at = {8};
  config.metrics.measure.clear();
  for (const metrics::MetricInfo& info : metrics::builtin_metrics()) {  // "all" of this project
    config.metrics.measure += (config.metrics.measure.empty() ? "" : ",") + info.name;
  }
  config.metrics.measure += ",snr@1,critical_batch@2,rrc@3,stable_rank@2";
  config.metrics.granularity = "model,role,tensor@2,rows@4";
  config.metrics.first_steps = 3;
  config.metrics.probe_tokens = 100;
  return config;
}

std::string bytes_of(const std::filesystem::path& run) {
  return read_file(run / "metrics.jsonl") +
         read_file(run / "checkpoints/step_00000012/metrics.safetensors") +
         read_file(run / "checkpoints/step_00000012/model.safetensors");
}

TEST(Instruments, RecordWhatWasAskedForUnderStableNames) {
  const data::TempDir temp;
  run_small(measured_config(temp / "run"));
  const auto records = metrics_of(temp / "run", "metrics");
  ASSERT_EQ(records.size(), 13u) << "one a step, and one before the first";
  EXPECT_EQ(records[0].integer("step"), 0);
  EXPECT_TRUE(records[0].number("stable_rank/h.0.mlp.in.weight"));
  EXPECT_FALSE(records[0].number("update_l2/model")) << "there was no update";
  const io::JsonRecord& step = records[6];
  EXPECT_TRUE(step.number("update_l2/model"));
  EXPECT_TRUE(step.number("update_l2.no_decay/h.0.attn.q.weight"));
  EXPECT_TRUE(step.number("angular_update/role/attention_key"));
  EXPECT_TRUE(step.number("rrc.probe/h.1.attn.out.weight"));
  EXPECT_TRUE(step.number("rrc.logits/model"));
  EXPECT_TRUE(step.number("snr/model"));
  EXPECT_TRUE(step.number("equilibrium.ratio/h.1.mlp.out.weight"));
  const io::JsonValue* rows = records[4].find("angular_update/rows/h.0.attn.v.weight");
  ASSERT_NE(rows, nullptr);
  EXPECT_EQ(std::get<std::vector<double>>(*rows).size(), 5u);
  const auto train = metrics_of(temp / "run", "train");
  EXPECT_NEAR(step.number("update_l2/model").value(), train[5].number("update_norm").value(), 1e-6);
  EXPECT_NEAR(step.number("grad_norm/model").value() / train[5].number("grad_norm").value(), 1,
              1e-5);
}

TEST(Instruments, TheEquilibriumIsThatOfEachGroupsRateAndDecay) {
  const data::TempDir temp;
  RunConfig config = measured_config(temp / "run");
  config.groups.lr_factors = "mlp_in=4";
  config.groups.decay_factors = "mlp_out=4";
  run_small(config);
  const io::JsonRecord step = metrics_of(temp / "run", "metrics")[4];
  const double plain = step.number("equilibrium.angle/h.0.attn.out.weight").value();
  for (const char* name : {"h.0.mlp.in.weight", "h.1.mlp.out.weight"})
    EXPECT_NEAR(step.number(std::string("equilibrium.angle/") + name).value(), 2 * plain, 1e-7);
}

// A name that no page explains is no stable name.
TEST(Instruments, EveryNameIsDocumented) {
  const std::string page = read_file(source_dir() / "docs/metrics.md");
  const data::TempDir temp;
  run_small(measured_config(temp / "run"));
  std::set<std::string> names;
  for (const io::JsonRecord& record : metrics_of(temp / "run", "metrics")) {
    for (const auto& [key, value] : record.entries()) {
      if (key != "type" && key != "step") names.insert(key.substr(0, key.find('/')));
    }
  }
  EXPECT_GT(names.size(), 25u);
  for (const std::string& name : names) EXPECT_THAT(page, HasSubstr("`" + name + "`"));
}

TEST(Instruments, WatchingChangesNoWeight) {
  const data::TempDir temp;
  RunConfig config = measured_config(temp / "watched");
  run_small(config);
  config.train.out = (temp / "blind").string();
  config.metrics.measure = "snr@1";  // the same micro-batches
  run_small(config);
  const char* model = "checkpoints/step_00000012/model.safetensors";
  EXPECT_TRUE(read_file(temp / "watched" / model) == read_file(temp / "blind" / model));
}

TEST(Instruments, SameBytesWithAnyNumberOfThreads) {
  const data::TempDir temp;
  const int before = thread_count();
  std::set<std::string> states;
  for (const int64_t threads : {1, 2, 3}) {
    RunConfig config = measured_config(temp / std::to_string(threads));
    config.train.threads = threads;
    config.rrc.rrc_scaling = optim::RrcForm::exact;
    config.rrc.snr_scope = adapt::SnrScope::row;
    run_small(config);
    states.insert(bytes_of(config.train.out));
  }
  set_thread_count(before);
  EXPECT_EQ(states.size(), 1u);
}

// The averages of snr and of the control, the start of power iteration, the predicted weights.
TEST(Instruments, AResumedRunMeasuresTheSame) {
  const data::TempDir temp;
  RunConfig config = measured_config(temp / "whole");
  config.rrc.rrc_scaling = optim::RrcForm::exact;
  run_small(config);
  namespace fs = std::filesystem;
  fs::copy(temp / "whole", temp / "stopped", fs::copy_options::recursive);
  std::vector<fs::path> doomed;
  for (const auto& entry : fs::directory_iterator(temp / "stopped/checkpoints")) {
    if (entry.path().filename() != "step_00000008") doomed.push_back(entry.path());
  }
  for (const fs::path& path : doomed) fs::remove_all(path);
  run_small(config_of_run(temp / "stopped"), true);
  EXPECT_TRUE(bytes_of(temp / "whole") == bytes_of(temp / "stopped"));

  fs::copy(temp / "whole", temp / "damaged", fs::copy_options::recursive);
  fs::remove(temp / "damaged/checkpoints/step_00000012/metrics.safetensors");
  EXPECT_THROW(run_small(config_of_run(temp / "damaged"), true), CheckpointError);
}

std::vector<std::string> lines_after(const std::filesystem::path& run, int64_t step) {
  std::vector<std::string> lines;
  for (const io::JsonRecord& record : io::read_json_lines(run / "metrics.jsonl")) {
    if (record.integer("step").value() > step) lines.push_back(record.line());
  }
  return lines;
}

RunConfig branch_of(const std::filesystem::path& checkpoint, const std::filesystem::path& out) {
  RunConfig config = config_of_checkpoint(checkpoint);
  config.train.out = out.string();
  return config;
}

void run_branch(const RunConfig& config, const std::filesystem::path& checkpoint) {
  RunObserver nobody;
  const auto kernels = kernels::make_cpu_kernels();
  run_training({.config = config, .resume = false, .branch_from = checkpoint, .time_limit_s = 0},
               *kernels, nobody);
}

// A branch looks at the model before its first step. Whatever a measure remembers of that (power
// iteration starts where it ended) would make every later value another one. At this rate the
// weights stay random, so that the iteration has not settled.
TEST(Instruments, ABranchUnderTheSameScheduleRecordsWhatItsTrunkDoes) {
  const data::TempDir temp;
  RunConfig trunk = measured_config(temp / "trunk");
  trunk.optimizer.lr = 1e-3;
  trunk.rrc.rrc_scaling = optim::RrcForm::exact;
  run_small(trunk);
  const auto from = temp / "trunk/checkpoints/step_00000008";
  run_branch(branch_of(from, temp / "branch"), from);
  const auto expected = lines_after(temp / "trunk", 8);
  ASSERT_EQ(lines_after(temp / "branch", 8).size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(lines_after(temp / "branch", 8)[i], expected[i]);
  const auto start = metrics_of(temp / "branch", "metrics").front();
  EXPECT_EQ(start.integer("step"), 8);
  EXPECT_TRUE(start.number("stable_rank/model")) << "it has looked";

  // Killed on its way, the branch goes on as well.
  std::filesystem::remove_all(temp / "branch/checkpoints/step_00000012");
  run_small(config_of_run(temp / "branch"), true);
  EXPECT_EQ(lines_after(temp / "branch", 8), expected);
}

TEST(Instruments, ABranchWithOtherMeasuresBeginsAnew) {
  const data::TempDir temp;
  RunConfig first = measured_config(temp / "trunk");
  first.data.path = "builtin:stories";  // simple text: gradients agree, phi is above 0
  first.data.stories_bytes = 60000;
  run_small(first);
  const auto from = temp / "trunk/checkpoints/step_00000008";
  RunConfig other = branch_of(from, temp / "branch");
  other.metrics.measure = "update_l2,snr@1";
  run_branch(other, from);
  EXPECT_NE(metrics_of(temp / "branch", "metrics").back().number("snr/model"),
            metrics_of(temp / "trunk", "metrics").back().number("snr/model"))
      << "without the average of the trunk";
}

TEST(Instruments, NoneLeavesNoTrace) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run");
  config.metrics.measure = "none";
  run_small(config);
  EXPECT_TRUE(metrics_of(temp / "run", "metrics").empty());
}

TEST(Instruments, AnUnknownMeasureEndsTheCommandBeforeAnythingIsBuilt) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "run");
  config.metrics.measure = "snrr";
  EXPECT_THROW(run_small(config), ConfigError);
  EXPECT_FALSE(std::filesystem::exists(temp / "run"));
}

}  // namespace
}  // namespace coldstart::train
