// `coldstart trace optimizer` as a user types it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/golden/golden.h"
#include "tests/trace/tensor_file.h"

namespace coldstart {
namespace {

using testing::HasSubstr;

class TraceOptimizerProgram : public testing::Test {
 protected:
  TraceOptimizerProgram() {
    TensorFile weights(DType::f64), gradients(DType::f64);
    weights.add("h.0.mlp.in.weight", {1, 2}, {3, 4});
    gradients.add("h.0.mlp.in.weight.0", {1, 2}, {1, 1});
    weights.write(dir_ / "w.safetensors");
    gradients.write(dir_ / "g.safetensors");
  }
  ProgramResult run(std::vector<std::string> options) {
    std::vector<std::string> command = {
        "trace", "optimizer",   "--weights",   dir_ / "w.safetensors",
        "--out", out_.string(), "--gradients", dir_ / "g.safetensors"};
    command.insert(command.end(), options.begin(), options.end());
    return run_program(command);
  }
  const data::TempDir dir_;
  const std::filesystem::path out_ = dir_ / "o.safetensors";
};

// By hand: u = (1, 1) loses its part along (3, 4), leaving (4, -3)/25, a right angle; at tan = 0.2
// the weights become (3, 4) - (4, -3)/5, scaled back to norm 5.
TEST_F(TraceOptimizerProgram, TurnsAVectorAsByHand) {
  // gamma(0.5) = 1/sqrt(3): 0.2 = sqrt(1/3) sqrt(2 lr decay) for lr decay = 0.06.
  const ProgramResult result =
      run({"--name", "lion_ar", "--beta", "0.5", "--lr", "0.6", "--weight-decay", "0.1"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("lion_ar: weight_decay 0.1, beta 0.5"));
  EXPECT_THAT(result.out, HasSubstr("rotational (0.2 rad a step at the peak rate): mlp_in"));
  EXPECT_THAT(result.out, HasSubstr("1 tensor after each of 1 steps"));
  const io::SafetensorsReader out(out_);
  const auto w = golden::numbers(out, "h.0.mlp.in.weight.0");
  const double stretch = 1 / std::sqrt(1.04);
  EXPECT_NEAR(w[0], (3 - 0.8) * stretch, 1e-12);
  EXPECT_NEAR(w[1], (4 + 0.6) * stretch, 1e-12);
  EXPECT_NEAR(golden::numbers(out, "angular_update/h.0.mlp.in.weight")[0], std::atan(0.2), 1e-12);
}

TEST_F(TraceOptimizerProgram, AnErrorIsClearAndWritesNothing) {
  EXPECT_THAT(run({"--name", "lionar"}).err, HasSubstr("did you mean 'lion_ar'?"));
  EXPECT_THAT(run({"--name", "adamw", "--beta", "0.9"}).err, HasSubstr("lion_a, lion_ar"));
  const ProgramResult result = run({"--momentum", "1"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("at least 0, below 1"));
  EXPECT_FALSE(std::filesystem::exists(out_));
}

}  // namespace
}  // namespace coldstart
