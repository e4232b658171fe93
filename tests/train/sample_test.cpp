#include "coldstart/train/sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

using testing::HasSubstr;

class Sample : public testing::Test {
 protected:
  LoadedRun trained(int64_t steps = 1) {
    run_small(small_config(temp_ / "run", steps));
    return load_run(temp_ / "run");
  }
  std::vector<int32_t> ids(LoadedRun& run, const std::vector<int64_t>& prompt, int64_t tokens = 5) {
    std::vector<int32_t> out;
    sample_tokens(run, *kernels_, id_prompt(run, prompt), tokens, {},
                  [&](int32_t id) { out.push_back(id); });
    return out;
  }
  static std::string refusal(const LoadedRun& run, const std::vector<int64_t>& prompt) {
    try {
      id_prompt(run, prompt);
    } catch (const DataError& error) {
      return error.message();
    }
    return "";
  }

  const data::TempDir temp_;
  const std::unique_ptr<kernels::Kernels> kernels_ = kernels::make_cpu_kernels();
};

TEST_F(Sample, IsAFunctionOfTheSeed) {
  LoadedRun run = trained(12);
  const auto text = [&](uint64_t seed) {
    return sample_text(run, *kernels_, "the ", 40,
                       {.temperature = 1, .top_k = 0, .top_p = 1, .seed = seed});
  };
  EXPECT_EQ(text(1).size(), 40u) << "a byte a token, beyond the context too";
  EXPECT_EQ(text(1), text(1));
  EXPECT_NE(text(1), text(2));
}

TEST_F(Sample, IdsAndTextAreTheSamePrompt) {
  LoadedRun run = trained();
  const auto after = ids(run, {'t', 'h', 'e'});
  EXPECT_EQ(run.tokenizer->decode(after), sample_text(run, *kernels_, "the", 5, {}));
  EXPECT_EQ(sample_text(run, *kernels_, "", 5, {}), run.tokenizer->decode(ids(run, {'\n'})));
}

TEST_F(Sample, WithoutTokenizerIdsStillWork) {
  LoadedRun run = trained();
  const auto after = ids(run, {1, 255});
  run.tokenizer = nullptr;
  EXPECT_EQ(ids(run, {1, 255}), after);
  EXPECT_THROW(text_prompt(run, "the"), DataError);
}

TEST_F(Sample, RefusesAPromptOutsideTheVocabulary) {
  LoadedRun run = trained();
  EXPECT_THAT(refusal(run, {1, 256}), HasSubstr("got token 256, expected 0 to 255"));
  EXPECT_THAT(refusal(run, {-1}), HasSubstr("got token -1"));
  EXPECT_THAT(refusal(run, {int64_t{1} << 40}), HasSubstr("outside the vocabulary"));
  EXPECT_THAT(refusal(run, {}), HasSubstr("no token"));
  run.config.model.vocab = 100;  // as with token files that use fewer ids than their tokenizer has
  EXPECT_THROW(sample_text(run, *kernels_, "\xff", 1, {}), DataError);
}

}  // namespace
}  // namespace coldstart::train
