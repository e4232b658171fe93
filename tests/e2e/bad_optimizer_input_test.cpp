// What a user gets who asks for an optimizer, a measure or a control that cannot be: before the
// first step exit status 2, an error that says where, what was got and what was expected, a hint,
// and nothing on the disk.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/test_paths.h"
#include "tests/trace/tensor_file.h"

namespace coldstart {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string error_of(const std::vector<std::string>& options) {
  const data::TempDir temp;
  std::vector<std::string> arguments = {
      "train", "tiny", "--data.path", (source_dir() / "LICENSE").string(), "--out", temp / "run"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const ProgramResult result = run_program(arguments);
  EXPECT_EQ(result.status, 2) << fmt::format("{}", fmt::join(options, " "));
  EXPECT_THAT(result.err, HasSubstr("hint:"));
  EXPECT_EQ(result.out, "") << "not even the start-up table";
  EXPECT_FALSE(std::filesystem::exists(temp.path() / "run"));
  return result.err;
}

TEST(BadOptimizerInput, AMomentumOutsideOfZeroToOne) {
  const auto error = [](const std::string& optimizer, const std::string& option,
                        const std::string& value) {
    return error_of({"--optimizer.name", optimizer, "--optimizer." + option, value});
  };
  const auto says = [](const std::string& option) {
    return AllOf(HasSubstr("optimizer." + option), HasSubstr("at least 0, below 1"));
  };
  EXPECT_THAT(error("lion_ar", "beta", "1"), says("beta"));
  EXPECT_THAT(error("adamw", "beta1", "1.5"), says("beta1"));
  EXPECT_THAT(error("adamw", "beta2", "-0.1"), says("beta2"));
  EXPECT_THAT(error("muon", "momentum", "1"), says("momentum"));
  EXPECT_THAT(error("lion_a", "beta", "nan"), HasSubstr("optimizer.beta"));
}

TEST(BadOptimizerInput, ANegativeRate) {
  EXPECT_THAT(error_of({"--lr", "-0.001"}), AllOf(HasSubstr("optimizer.lr"), HasSubstr("-0.001")));
  EXPECT_THAT(error_of({"--lr", "0"}), HasSubstr("above 0"));
  EXPECT_THAT(error_of({"--lr", "inf"}), HasSubstr("optimizer.lr"));
  EXPECT_THAT(error_of({"--optimizer.weight_decay", "-1"}), HasSubstr("optimizer.weight_decay"));
}

TEST(BadOptimizerInput, AReplayOfARunThatIsNotThere) {
  EXPECT_THAT(error_of({"--optimizer.name", "lion_ar", "--optimizer.rotation_replay", "/nowhere"}),
              AllOf(HasSubstr("optimizer.rotation_replay"), HasSubstr("no file '/nowhere'")));
}

TEST(BadOptimizerInput, DecayWhereItHasNoMeaning) {
  EXPECT_THAT(error_of({"--optimizer.hyperball", "true", "--optimizer.weight_decay", "0.1"}),
              HasSubstr("decay has no meaning"));
}

TEST(BadOptimizerInput, AnOptionOfAnotherOptimizer) {
  EXPECT_THAT(error_of({"--optimizer.name", "lion_ar", "--optimizer.beta2", "0.9"}),
              AllOf(HasSubstr("lion_ar does not have this option"), HasSubstr("adamw")));
  EXPECT_THAT(error_of({"--optimizer.name", "lionar"}), HasSubstr("did you mean 'lion_ar'?"));
}

TEST(BadOptimizerInput, AMeasureThatDoesNotExist) {
  EXPECT_THAT(error_of({"--measure", "default,angular"}),
              HasSubstr("there is no metric 'angular'"));
  EXPECT_THAT(error_of({"--measure", "stable_rnk"}), HasSubstr("did you mean 'stable_rank'?"));
  EXPECT_THAT(error_of({"--measure", "snr@0"}), HasSubstr("no usable interval"));
  EXPECT_THAT(error_of({"--granularity", "model,layers"}), HasSubstr("no level 'layers'"));
}

TEST(BadOptimizerInput, RrcControlWithoutMicroBatches) {
  const std::vector<std::string> one_sequence = {"--context", "64", "--batch_tokens", "64"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), one_sequence.begin(), one_sequence.end());
    return error_of(more);
  };
  EXPECT_THAT(with({"--rrc_scaling", "exact"}),
              AllOf(HasSubstr("rrc.rrc_scaling needs two sequences a step"), HasSubstr("got 1"),
                    HasSubstr("train.batch_tokens = 128")));
  EXPECT_THAT(with({"--measure", "default,snr"}), HasSubstr("the measure snr needs two sequences"));
  EXPECT_THAT(error_of({"--rrc_scaling", "exact", "--snr_estimator", "half_batch", "--context",
                        "64", "--batch_tokens", "192", "--micro_batch", "1"}),
              HasSubstr("got 3 micro-batches"));
}

TEST(BadOptimizerInput, AGradientFileThatDoesNotMatch) {
  const data::TempDir temp;
  TensorFile weights;
  weights.add("h.0.mlp.in.weight", {1, 2}, {3, 4});
  weights.write(temp / "w.safetensors");
  const auto error_with = [&](const std::string& name, const std::vector<int64_t>& shape) {
    TensorFile gradients;
    gradients.add(name, shape, {1, 2});
    gradients.write(temp / "g.safetensors");
    const ProgramResult result =
        run_program({"trace", "optimizer", "--name", "lion_ar", "--weights", temp / "w.safetensors",
                     "--gradients", temp / "g.safetensors", "--out", temp / "o.safetensors"});
    EXPECT_EQ(result.status, 2);
    EXPECT_FALSE(std::filesystem::exists(temp.path() / "o.safetensors"));
    return result.err;
  };
  EXPECT_THAT(error_with("h.0.mlp.out.weight.0", {1, 2}), HasSubstr("h.0.mlp.out.weight"));
  EXPECT_THAT(error_with("h.0.mlp.in.weight.0", {2, 1}),
              HasSubstr("h.0.mlp.in.weight.0 has shape (2, 1), expected (1, 2)"));
  EXPECT_THAT(error_with("h.0.mlp.in.weight", {1, 2}), HasSubstr("h.0.mlp.in.weight"));
}

TEST(BadOptimizerInput, ADivergenceRuleThatCannotBe) {
  EXPECT_THAT(error_of({"--divergence_margin", "-1"}), HasSubstr("train.divergence_margin"));
  EXPECT_THAT(error_of({"--divergence_patience", "-5"}), HasSubstr("train.divergence_patience"));
  EXPECT_THAT(error_of({"--divergence_patience", "2.5"}), HasSubstr("train.divergence_patience"));
}

}  // namespace
}  // namespace coldstart
