// `coldstart trace step` as a user types it, on the golden states: its file holds what PyTorch
// computed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/golden/golden.h"

namespace coldstart {
namespace {

using testing::HasSubstr;

std::vector<std::string> arguments(const std::string& name, const std::string& out,
                                   const std::string& kernels) {
  const std::string state = golden::path(name + ".safetensors").string();
  return {
      "trace",    "step", "--weights", state, "--config",  golden::path(name + ".toml").string(),
      "--tokens", state,  "--out",     out,   "--kernels", kernels};
}

TEST(TraceProgram, WritesWhatPyTorchComputed) {
  const data::TempDir dir;
  for (const std::string name : {"gpt2_bias", "gpt2", "llama"}) {
    for (const std::string kernels : {"cpu", "reference"}) {
      const std::string out = dir / (name + kernels + ".safetensors");
      const ProgramResult result = run_program(arguments(name, out, kernels));
      ASSERT_EQ(result.status, 0) << result.err;
      EXPECT_THAT(result.out, HasSubstr("loss 3."));
      const io::SafetensorsReader expected(golden::path(name + ".safetensors")), got(out);
      const double tolerance = kernels == "cpu" ? 1e-5 : 1e-12;
      size_t compared = 0;
      for (const io::StoredTensor& tensor : expected.tensors()) {
        if (tensor.type != io::StoredType::f64) continue;  // loss, logits, gradients
        EXPECT_EQ(got.named(tensor.name).shape, tensor.shape) << tensor.name;
        const auto a = golden::numbers(expected, tensor.name),
                   b = golden::numbers(got, tensor.name);
        for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], tolerance) << tensor.name;
        ++compared;
      }
      EXPECT_GT(compared, 10u);
    }
  }
}

TEST(TraceProgram, TakesTokensAsText) {
  const data::TempDir dir;
  write_file_atomic(dir / "ids.txt", "1 2 3 4\n5 6 7 8\n");
  auto command = arguments("llama", dir / "out.safetensors", "cpu");
  command[7] = dir / "ids.txt";
  const ProgramResult result = run_program(command);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("2 sequences of 4 tokens, 6 targets"));
}

TEST(TraceProgram, AnErrorIsClearAndWritesNothing) {
  const data::TempDir dir;
  const std::string out = dir / "out.safetensors";
  auto command = arguments("llama", out, "cpu");
  command[5] = golden::path("gpt2.toml").string();
  const ProgramResult wrong_family = run_program(command);
  EXPECT_EQ(wrong_family.status, 2);
  EXPECT_THAT(wrong_family.err, HasSubstr("hint:"));
  EXPECT_THAT(run_program(arguments("gpt2", out, "gpu")).err, HasSubstr("reference"));
  EXPECT_FALSE(std::filesystem::exists(out));
}

}  // namespace
}  // namespace coldstart
