// A classifier as a user has it: train on builtin:files, eval, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"

namespace coldstart {
namespace {

using testing::HasSubstr;

TEST(ClassifierProgram, TrainsEvaluatesAndDoesNotSample) {
  const data::TempDir temp;
  const std::string run = (temp / "run").string();
  const auto train = run_program({"train", "classifier-mlp", "--kinds", "cpp,elf", "--examples",
                                  "600", "--steps", "30", "--batch_tokens", "1024", "--eval_every",
                                  "30", "--threads", "1", "--out", run});
  ASSERT_EQ(train.status, 0) << train.err;
  EXPECT_THAT(train.out, HasSubstr("mlp of 3 hidden layers x 128 wide, relu, biases, on 64 bytes"));
  EXPECT_THAT(train.out, HasSubstr("2 classes (cpp, elf)"));
  EXPECT_THAT(train.out, HasSubstr("accuracy"));
  const auto eval = run_program({"eval", run});
  ASSERT_EQ(eval.status, 0) << eval.err;
  EXPECT_THAT(eval.out, HasSubstr("validation examples"));
  EXPECT_THAT(eval.out, HasSubstr("roc_auc.elf"));
  EXPECT_THAT(run_program({"eval", run, "--checkpoint", "best", "--json"}).out,
              HasSubstr("\"val_f1.cpp\":"));
  const auto sample = run_program({"sample", run});
  EXPECT_EQ(sample.status, 2);
  EXPECT_THAT(sample.err, HasSubstr("[sample] needs a GPT"));
  EXPECT_EQ(run_program({"export", run, "--format", "hf", "--out", (temp / "x").string()}).status,
            2);
}

TEST(ClassifierProgram, TheDryRunSaysWhatItWillBe) {
  const data::TempDir temp;
  const auto dry = run_program({"train", "classifier-residual", "--kinds", "cpp,elf", "--examples",
                                "600", "--dry-run", "--out", (temp / "run").string()});
  ASSERT_EQ(dry.status, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("residual network of 3 blocks x 128 wide (256 hidden)"));
  EXPECT_THAT(dry.out, HasSubstr("classes 2 = classes of the data"));
}

}  // namespace
}  // namespace coldstart
