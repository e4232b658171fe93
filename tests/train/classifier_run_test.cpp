// Runs of a classifier with the trainer that trains GPTs: it learns, resumes exactly, gives the
// same bytes for any number of threads, and keeps the checkpoint that was asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/checkpoint/retention.h"
#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/parallel.h"
#include "coldstart/data/labelled_format.h"
#include "coldstart/train/load_run.h"
#include "tests/kernels/compare.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Windows of 8 bytes of three classes: mostly one of three letters, among noise.
std::string noisy_windows(int64_t count, uint32_t stream) {
  const Rng rng(3, Stream::test, stream);
  std::string records;
  uint64_t k = 0;
  for (int64_t i = 0; i < count; ++i) {
    const auto label = static_cast<char>(i % 3);
    records += label;
    for (int j = 0; j < 8; ++j)
      records += rng.below(k++, 3) > 0 ? static_cast<char>('a' + label)
                                       : static_cast<char>(rng.below(k, 256));
  }
  return records;
}

class ClassifierRun : public testing::Test {
 protected:
  ClassifierRun() {
    const data::ExampleShape shape{.content = data::Content::symbols, .width = 8, .classes = 3};
    write_file_atomic(temp_ / "train.bin",
                      data::labelled_file(shape, {"x", "y", "z"}, noisy_windows(300, 1)));
    write_file_atomic(temp_ / "val.bin",
                      data::labelled_file(shape, {"x", "y", "z"}, noisy_windows(60, 2)));
  }
  RunConfig config(const char* name, int64_t steps = 12) {
    RunConfig config = small_config(temp_ / name, steps);
    config.model = {.kind = ModelKind::mlp,
                    .layers = 2,
                    .width = 16,
                    .mlp = model::Mlp::relu,
                    .bias = true,
                    .init_std = 1};
    config.init.mlp = model::InitRule::kaiming_normal;
    config.init.head = model::InitRule::xavier_normal;
    config.data.path = temp_.path().string();
    config.train.batch_tokens = 8 * 24;
    config.train.eval_tokens = 8 * 60;
    return config;
  }
  std::string refusal(const RunConfig& config) {
    try {
      run_small(config);
      return "accepted";
    } catch (const Error& error) {
      return error.message();
    }
  }

  const data::TempDir temp_;
};

TEST_F(ClassifierRun, LearnsAndReportsItsScores) {
  for (const auto kind : {ModelKind::mlp, ModelKind::residual}) {
    RunConfig c = config(kind == ModelKind::mlp ? "mlp" : "residual", 60);
    c.model.kind = kind;
    c.train.eval_every = 30;
    c.metrics.measure = "default,dead_relu,stable_rank,rrc,snr";
    c.train.micro_batch = 12;  // two micro-batches a step
    ASSERT_EQ(run_small(c).outcome, Outcome::finished);
    const auto evals = metrics_of(c.train.out, "eval");
    EXPECT_NEAR(*evals.front().number("val_loss"), std::log(3.0), 1.2);
    EXPECT_LT(*evals.back().number("val_loss"), 0.5 * *evals.front().number("val_loss"));
    EXPECT_GT(*evals.back().number("val_accuracy"), 0.8);
    EXPECT_GT(*evals.back().number("train_accuracy"), 0.8);
    for (const char* name : {"val_precision", "val_recall", "val_f1", "val_roc_auc", "val_f1.y"})
      EXPECT_GT(*evals.back().number(name), 0.7) << name;
    EXPECT_FALSE(evals.back().number("val_bits_per_byte"));
    const auto measured = metrics_of(c.train.out, "metrics");
    EXPECT_TRUE(measured.back().number("dead_relu/model"));
    EXPECT_TRUE(measured.back().number("stable_rank/model"));
  }
}

TEST_F(ClassifierRun, AResumedRunEqualsTheUninterruptedOne) {
  RunConfig whole = config("whole");
  whole.train.trunk_at = {8};
  run_small(whole);
  fs::copy(temp_ / "whole", temp_ / "stopped", fs::copy_options::recursive);
  for (const int64_t step : checkpoint::list_checkpoints(temp_ / "stopped/checkpoints"))
    if (step != 8) fs::remove_all(checkpoint::checkpoint_path(temp_ / "stopped/checkpoints", step));
  run_small(config_of_run(temp_ / "stopped"), true);
  EXPECT_EQ(state_of(temp_ / "stopped", "step_00000012"),
            state_of(temp_ / "whole", "step_00000012"));
}

TEST_F(ClassifierRun, TheSameBytesForAnyNumberOfThreads) {
  const kernels::ThreadCountGuard guard;
  std::vector<std::string> states;
  for (const int threads : {1, 3}) {
    RunConfig c = config(threads == 1 ? "one" : "three");
    c.model.kind = ModelKind::residual;
    c.train.threads = threads;
    run_small(c);
    states.push_back(state_of(c.train.out, "step_00000012"));
  }
  EXPECT_EQ(states[0], states[1]);
}

TEST_F(ClassifierRun, KeepsTheCheckpointWithTheBestScore) {
  RunConfig c = config("run", 40);
  c.train.eval_every = 5;
  c.train.checkpoint_every = 0;
  c.train.select_by = eval::SelectBy::recall;
  run_small(c);
  int64_t best_step = 0;
  double best = -1;
  for (const io::JsonRecord& eval : metrics_of(c.train.out, "eval")) {
    if (*eval.integer("step") == 0 || *eval.number("val_recall") <= best) continue;
    best = *eval.number("val_recall");
    best_step = *eval.integer("step");
  }
  EXPECT_EQ(checkpoint::read_manifest(checkpoint::find_checkpoint(c.train.out, "best")).step,
            best_step);
  EXPECT_EQ(
      checkpoint::read_manifest(checkpoint::find_checkpoint(c.train.out, "last")).best.front().rank,
      -best);
}

TEST_F(ClassifierRun, IsEvaluatedAgainFromItsCheckpoint) {
  RunConfig c = config("run", 20);
  run_small(c);
  LoadedRun run = load_run(temp_ / "run");
  const auto kernels = kernels::make_cpu_kernels();
  const eval::Evaluation result = evaluate_run(run, *kernels, 0);
  const auto last = metrics_of(temp_ / "run", "eval").back();
  EXPECT_EQ(result.tokens, 60);
  EXPECT_EQ(result.loss, last.number("val_loss"));
  ASSERT_EQ(result.scores.front().first, "accuracy");
  EXPECT_EQ(result.scores.front().second, last.number("val_accuracy"));
  EXPECT_THROW(gpt_of(run, "sample"), ConfigError);
}

TEST_F(ClassifierRun, TrainsOnImages) {
  std::string records;
  const Rng rng(3, Stream::test, 9);
  for (int i = 0; i < 120; ++i) {  // dark and bright squares
    records += static_cast<char>(i % 2);
    for (uint64_t j = 0; j < 16; ++j)
      records += static_cast<char>(
          i % 2 * 120 + static_cast<int>(rng.below(static_cast<uint64_t>(i) * 16 + j, 130)));
  }
  write_file_atomic(temp_ / "images.bin",
                    data::labelled_file({.height = 4, .width = 4, .classes = 2}, {}, records));
  RunConfig c = config("run", 40);
  c.data.path = temp_ / "images.bin";
  c.data.val_fraction = 0.25;
  c.train.batch_tokens = 16 * 20;
  run_small(c);
  const RunConfig resolved = config_of_run(temp_ / "run");
  EXPECT_EQ(resolved.model.context, 16);
  EXPECT_EQ(resolved.model.embedding, 0);
  EXPECT_EQ(resolved.model.classes, 2);
  EXPECT_GT(*metrics_of(temp_ / "run", "eval").back().number("val_f1.1"), 0.9);
}

TEST_F(ClassifierRun, RefusesWhatMakesNoSense) {
  const auto with = [&](auto change) {
    RunConfig c = config("none");
    change(c);
    return refusal(c);
  };
  EXPECT_THAT(with([](RunConfig& c) { c.model.heads = 8; }), HasSubstr("no attention"));
  EXPECT_THAT(with([](RunConfig& c) { c.model.position = model::Position::rope; }),
              HasSubstr("no positions"));
  EXPECT_THAT(with([](RunConfig& c) { c.model.recompute = true; }), HasSubstr("recompute"));
  EXPECT_THAT(with([](RunConfig& c) { c.model.mlp = model::Mlp::swiglu; }), HasSubstr("gates"));
  EXPECT_THAT(with([](RunConfig& c) { c.model.mlp_width = 7; }), HasSubstr("model.width"));
  EXPECT_THAT(with([](RunConfig& c) { c.model.classes = 5; }), HasSubstr("expected 3"));
  EXPECT_THAT(with([](RunConfig& c) { c.model.context = 9; }), HasSubstr("8 numbers long"));
  EXPECT_THAT(with([](RunConfig& c) { c.data.path = "builtin:stories"; }),
              HasSubstr("needs labelled examples"));
  EXPECT_THAT(with([](RunConfig& c) { c.data.tokenizer = TokenizerKind::sentencepiece; }),
              HasSubstr("not text"));
  EXPECT_THAT(with([](RunConfig& c) { c.early.steps = 3; }), HasSubstr("no rule"));
  EXPECT_FALSE(fs::exists(temp_ / "none"));
  const auto gpt_with = [&](auto change) {
    RunConfig c = small_config(temp_ / "none");
    change(c);
    return refusal(c);
  };
  EXPECT_THAT(gpt_with([&](RunConfig& c) { c.data.path = (temp_ / "train.bin").string(); }),
              HasSubstr("a GPT reads text"));
  EXPECT_THAT(gpt_with([](RunConfig& c) { c.data.path = "builtin:files"; }),
              HasSubstr("a GPT reads text"));
  EXPECT_THAT(gpt_with([](RunConfig& c) { c.train.select_by = eval::SelectBy::f1; }),
              HasSubstr("by its loss alone"));
  EXPECT_THAT(gpt_with([](RunConfig& c) { c.model.classes = 3; }), HasSubstr("no classes"));
  EXPECT_FALSE(fs::exists(temp_ / "none"));
}

}  // namespace
}  // namespace coldstart::train
