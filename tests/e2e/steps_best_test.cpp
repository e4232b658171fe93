// coldstart steps best, compare and adopt as a user types them, on curves as CSV files.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/plan/simulate.h"

namespace coldstart {
namespace {

using testing::HasSubstr;

class StepsBestProgram : public testing::Test {
 protected:
  std::string write(const std::string& name, const plan::Trial& trial) {
    std::string text = "step,val_loss\n";
    for (size_t i = 0; i < trial.evals.size(); ++i)
      text += fmt::format("{},{}\n", trial.evals.step[i], trial.evals.val[i]);
    write_file_atomic(dir_.path() / name, text);
    return name;
  }
  std::vector<std::string> eight(const std::function<double(double)>& truth) {
    std::vector<std::string> names;
    for (uint64_t i = 0; i < 8; ++i)
      names.push_back(write(fmt::format("{}.csv", i), plan::simulated_trial(i, truth)));
    return names;
  }
  ProgramResult steps(std::vector<std::string> arguments,
                      const std::vector<std::string>& runs = {}) {
    arguments.insert(arguments.begin(), "steps");
    arguments.insert(arguments.begin() + 2, runs.begin(), runs.end());
    return run_program(arguments, dir_.path().string());
  }
  data::TempDir dir_;
};

TEST_F(StepsBestProgram, SaysTooLongWithItsTable) {
  const ProgramResult result = steps({"best"}, eight(plan::plateau(0.05)));
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("TOO_LONG (TD-11)"));
  EXPECT_THAT(result.out, HasSubstr("best step"));
  EXPECT_THAT(result.out, HasSubstr("NOISE_LOWER_BOUND"));
}

TEST_F(StepsBestProgram, GivesJson) {
  const ProgramResult result = steps({"best", "--json"}, eight(plan::falling()));
  EXPECT_EQ(nlohmann::json::parse(result.out)["label"], "MAYBE_TOO_SHORT");
}

TEST_F(StepsBestProgram, OneRunIsNotEnough) {
  const ProgramResult result =
      steps({"best"}, {write("a.csv", plan::simulated_trial(1, plan::falling()))});
  EXPECT_EQ(result.status, 4);
  EXPECT_THAT(result.out, HasSubstr("INSUFFICIENT"));
}

TEST_F(StepsBestProgram, CompareRefusesOtherLengthsUntilAsked) {
  const auto a = write("a.csv", plan::simulated_trial(1, plan::falling()));
  const auto b = write("b.csv", plan::simulated_trial(2, plan::falling(), {.steps = 2000}));
  EXPECT_EQ(steps({"compare"}, {a, b}).status, 3);
  EXPECT_THAT(steps({"compare", "--cross-length"}, {a, b}).out, HasSubstr("W-LENGTH-MISMATCH"));
  EXPECT_EQ(steps({"compare"}, {a}).status, 2);
}

TEST_F(StepsBestProgram, AdoptWantsANoteAndPrintsTheGain) {
  const auto a = write("a.csv", plan::simulated_trial(1, plan::falling()));
  const auto b =
      write("b.csv", plan::simulated_trial(2, [](double x) { return plan::falling()(x) - 0.2; }));
  EXPECT_EQ(steps({"adopt", "--over", a}, {b}).status, 2);
  const ProgramResult result = steps({"adopt", "--over", a, "--note", "one operation a block",
                                      "--sigma", "0.02", "--sigma-n", "5"},
                                     {b});
  EXPECT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("ADOPT (AD-03)"));
}

}  // namespace
}  // namespace coldstart
