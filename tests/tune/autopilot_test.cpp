#include "coldstart/tune/autopilot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "coldstart/core/clock.h"
#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/tune/outline.h"
#include "tests/data/temp_dir.h"
#include "tests/tune/tiny_model.h"

namespace coldstart::tune {
namespace {

using data::TempDir;
using testing::HasSubstr;

class Count : public TuneObserver {
 public:
  void on_run(const RunProgress& run) override { runs.insert(run.name); }
  void on_decision(const Decision& d, bool before) override {
    (before ? earlier : made).insert(d.id);
  }
  std::set<std::string> runs, made, earlier;
};

TuneResult ask(const TuneOptions& options, Count& count) {
  const auto kernels = kernels::make_cpu_kernels();
  return run_tune(options, *kernels, count, now_s());
}

const std::set<std::string> kAll = {"data",       "model",      "learns", "optimizer", "outline",
                                    "rate",       "stability",  "warmup", "workload",  "bridge",
                                    "production", "checkpoint", "longer"};

TEST(Autopilot, GoesAllTheWayAndIsDoneOnce) {
  const TempDir directory;
  const TuneOptions options = tiny_question(directory.path(), 4000);
  Count first, second;
  const TuneResult result = ask(options, first);
  EXPECT_EQ(result.exit_code(), 0);
  EXPECT_EQ(first.made, kAll);
  EXPECT_LT(result.test_loss, 4.5);  // guessing is 5.5
  for (const auto& file : {result.page, result.summary, result.model / "model.safetensors",
                           options.out / "base.toml", options.out / "journal.jsonl"})
    EXPECT_TRUE(std::filesystem::exists(file)) << file;
  // The budget is kept: what was trained on, within 5 % of what was given.
  EXPECT_NEAR(result.spent.tokens, options.budget.amount, 0.05 * options.budget.amount);

  const TuneResult again = ask(options, second);
  EXPECT_EQ(again.test_loss, result.test_loss);
  EXPECT_EQ(second.earlier, kAll);
  EXPECT_TRUE(second.made.empty());
  EXPECT_TRUE(second.runs.empty());
  EXPECT_EQ(again.spent.tokens, result.spent.tokens);
}

TEST(Autopilot, AnotherQuestionInTheSameDirectoryIsRefused) {
  const TempDir directory;
  TuneOptions options = tiny_question(directory.path(), 100);
  Count count;
  ask(options, count);
  options.budget.amount *= 2;
  EXPECT_THROW(ask(options, count), ConfigError);
}

TEST(Autopilot, TooLittleForTrialsIsOneRunThatSaysSo) {
  const TempDir directory;
  const TuneOptions options = tiny_question(directory.path(), kFewestTunedSteps - 100);
  Count count;
  const TuneResult result = ask(options, count);
  EXPECT_EQ(result.exit_code(), 0);
  EXPECT_FALSE(count.made.contains("rate"));
  EXPECT_THAT(read_file(result.summary), HasSubstr("not tuned"));
}

TEST(Autopilot, ABudgetThatBuysNoRunIsRefusedBeforeAnythingIsTrained) {
  const TempDir directory;
  Count count;
  try {
    ask(tiny_question(directory.path(), kFewestSteps - 1), count);
    FAIL() << "it was taken";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.message(), HasSubstr("buys 59 steps"));
  }
  EXPECT_TRUE(count.runs.empty());
  // Nothing was trained, so the hint can be followed in the same directory.
  EXPECT_EQ(ask(tiny_question(directory.path(), kFewestSteps + 40), count).exit_code(), 0);
}

}  // namespace
}  // namespace coldstart::tune
