#include "coldstart/eval/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "coldstart/data/bytes_tokenizer.h"
#include "coldstart/data/eval_set.h"
#include "coldstart/model/gpt.h"
#include "tests/data/memory_tokens.h"

namespace coldstart::eval {
namespace {

// 43 tokens: windows of 8 predicted tokens, the last one of 2.
constexpr int64_t kTokens = 43, kT = 8;

class Evaluate : public testing::Test {
 protected:
  Evaluate() { model_.initialize(1, 0.2, 1); }

  Evaluation evaluate(int64_t B, int64_t max_tokens = 0,
                      const data::Tokenizer* tokenizer = nullptr) {
    return TextEvaluator(std::make_unique<data::EvalSet>(tokens_.view(), kT, max_tokens),
                         model_.sequence(), B, tokenizer)
        .run(model_, *kernels_);
  }

  const data::CountingTokens tokens_{kTokens};
  const std::unique_ptr<kernels::Kernels> kernels_ = kernels::make_cpu_kernels();
  model::Gpt model_{{.L = 1, .C = 8, .H = 2, .H_kv = 2, .T = kT, .V = 256, .F = 32}};
};

TEST_F(Evaluate, EveryTokenCountsOnceInEveryBatchSize) {
  const Evaluation one = evaluate(1);
  EXPECT_EQ(one.tokens, kTokens - 1) << "all but the first are predicted; padding counts zero";
  for (const int64_t B : {2, 4, 6, 100}) {
    EXPECT_EQ(evaluate(B).tokens, one.tokens);
    EXPECT_NEAR(evaluate(B).loss, one.loss, 1e-6) << B;
  }
}

TEST_F(Evaluate, IsTheMeanOverTheTokensAndNotOverTheWindows) {
  double nats = 0;
  for (int64_t first = 0; first + 1 < kTokens; first += kT) {
    std::vector<int32_t> input, target;
    for (int64_t t = first; t < std::min(first + kT, kTokens - 1); ++t) {
      input.push_back(static_cast<int32_t>(t));
      target.push_back(static_cast<int32_t>(t + 1));
    }
    nats += model_.evaluate(*kernels_, {input, target, 1, std::ssize(input)});
  }
  EXPECT_NEAR(evaluate(2).loss, nats / (kTokens - 1), 1e-6);
}

// Five windows of 8 targets and one of 2.
TEST_F(Evaluate, EachSequenceHasTheMeanOfItsOwnTargets) {
  const Evaluation whole = evaluate(1);
  ASSERT_EQ(whole.documents.size(), 6u);
  double nats = 0;
  for (size_t i = 0; i < 6; ++i) nats += whole.documents[i] * (i < 5 ? 8 : 2);
  EXPECT_NEAR(nats, whole.loss * (kTokens - 1), 1e-4);
  for (size_t i = 0; i < 6; ++i)
    EXPECT_NEAR(evaluate(4).documents[i], whole.documents[i], 1e-6) << i;
}

TEST_F(Evaluate, TheSameSetEveryTime) {
  const Evaluation part = evaluate(2, 16);
  EXPECT_EQ(part.tokens, 16);
  EXPECT_EQ(part.loss, evaluate(2, 16).loss);
  EXPECT_NE(part.loss, evaluate(2).loss);
}

TEST_F(Evaluate, BitsAByteNeedATokenizer) {
  EXPECT_TRUE(std::isnan(evaluate(2).bits_per_byte));
  const data::BytesTokenizer bytes;
  const Evaluation result = evaluate(2, 0, &bytes);
  EXPECT_NEAR(result.bits_per_byte, result.loss / std::numbers::ln2, 1e-12) << "a byte a token";
}

// Tokens of three bytes each: the same loss is a third of the bits a byte.
TEST_F(Evaluate, BitsAByteCountTheBytesOfTheTargets) {
  struct Threes : data::Tokenizer {
    std::string_view name() const override { return "threes"; }
    int64_t vocab_size() const override { return 256; }
    std::vector<int32_t> encode(std::string_view) const override { return {}; }
    std::string token_bytes(int32_t) const override { return "abc"; }
  };
  const Threes threes;
  const Evaluation result = evaluate(2, 0, &threes);
  EXPECT_NEAR(result.bits_per_byte, result.loss / std::numbers::ln2 / 3, 1e-12);
}

}  // namespace
}  // namespace coldstart::eval
