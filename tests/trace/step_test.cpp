#include "coldstart/trace/step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/golden/golden.h"

namespace coldstart::trace {
namespace {

using testing::HasSubstr;

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(TraceTokens, TextPredictsTheNextTokenOfItsOwnLine) {
  const data::TempDir dir;
  write_file_atomic(dir / "ids.txt", "3 1 4\n\n1 5 9\n");
  const TokenBatch batch = read_token_batch(dir / "ids.txt");
  EXPECT_EQ(batch.B, 2);
  EXPECT_EQ(batch.T, 3);
  EXPECT_THAT(batch.tokens, testing::ElementsAre(3, 1, 4, 1, 5, 9));
  EXPECT_THAT(batch.targets, testing::ElementsAre(1, 4, -1, 5, 9, -1));
}

TEST(TraceTokens, SafetensorsGivesTokensAndTargets) {
  const auto path = golden::path("gpt2.safetensors");
  const TokenBatch batch = read_token_batch(path);
  EXPECT_EQ(batch.B, 3);
  EXPECT_EQ(batch.T, 7);
  EXPECT_EQ(batch.targets, golden::ids(io::SafetensorsReader(path), "targets"));
}

TEST(TraceTokens, BadTextIsNamedWithItsLine) {
  const data::TempDir dir;
  const auto error = [&](const char* text) {
    write_file_atomic(dir / "ids.txt", text);
    return error_of([&] { read_token_batch(dir / "ids.txt"); });
  };
  EXPECT_THAT(error("1 2\n3 4x\n"), HasSubstr("ids.txt:2] not a token id; got '4x'"));
  EXPECT_THAT(error("1 2\n3 4 5\n"), HasSubstr("sequences differ in length; got 3, expected 2"));
  EXPECT_THAT(error("1 99999999999\n"), HasSubstr("not a token id; got 99999999999"));
  EXPECT_THAT(error("\n"), HasSubstr("there are no tokens"));
  EXPECT_THAT(error("7\n"), HasSubstr("no position has a target"));
}

TEST(TraceStep, NamesFollowTheWeightsOrTheRequest) {
  const data::TempDir dir;
  const auto weights = golden::path("llama.safetensors");
  for (const auto& [names, expected] :
       {std::pair(TraceNames::as_weights, "grad/model.layers.1.mlp.up_proj.weight"),
        std::pair(TraceNames::hf, "grad/model.layers.1.mlp.up_proj.weight"),
        std::pair(TraceNames::own, "grad/h.1.mlp.in.weight")}) {
    trace_step({.weights = weights,
                .config = golden::path("llama.toml").string(),
                .tokens = weights,
                .out = dir / "trace.safetensors",
                .names = names});
    EXPECT_NE(io::SafetensorsReader(dir / "trace.safetensors").find(expected), nullptr);
  }
}

TEST(TraceStep, BadInputLeavesNoFile) {
  const data::TempDir dir;
  const auto weights = golden::path("gpt2.safetensors");
  TraceStepOptions options{.weights = weights,
                           .config = golden::path("gpt2.toml").string(),
                           .tokens = dir / "ids.txt",
                           .out = dir / "trace.safetensors"};
  const auto error = [&](const char* text) {
    write_file_atomic(dir / "ids.txt", text);
    return error_of([&] { trace_step(options); });
  };
  EXPECT_THAT(error("1 2 27\n"), HasSubstr("token outside the vocabulary; got 27"));
  EXPECT_THAT(error("1 2 3 4 5 6 7 8 9 10 11\n"), HasSubstr("sequence length out of range"));
  options.config = golden::path("gpt2_bias.toml").string();
  EXPECT_THAT(error("1 2 3\n"), HasSubstr("the wrong shape"));
  EXPECT_FALSE(std::filesystem::exists(dir / "trace.safetensors"));
}

}  // namespace
}  // namespace coldstart::trace
