// Evaluation: mean loss in nats a token and in bits a byte over a fixed set of sequences.
//
// Every token counts once with full weight; padding counts zero. Bits a byte make tokenizers
// comparable: total nats / ln 2 / bytes that the predicted tokens stand for.
// Test: tests/train/evaluate_test.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "coldstart/data/eval_set.h"
#include "coldstart/data/tokenizer.h"
#include "coldstart/model/gpt.h"

namespace coldstart::train {

struct Evaluation {
  double loss = 0;  // nats a token
  double bits_per_byte = 0;
  int64_t tokens = 0;
};

class Evaluator {
 public:
  // B sequences a forward pass. tokenizer may be null (token files of other programs): then bits a
  // byte are NaN. The tokens behind the set must outlive the evaluator.
  Evaluator(data::EvalSet set, int64_t T, int64_t B, const data::Tokenizer* tokenizer);

  Evaluation run(model::Gpt& model, kernels::Kernels& kernels);
  int64_t tokens() const { return set_.predicted_tokens(); }

 private:
  // Sequences [first, first + count) into the buffers.
  model::Batch batch(int64_t first, int64_t count);

  data::EvalSet set_;
  int64_t T_, B_;
  double bytes_ = 0;  // that the predicted tokens stand for
  std::vector<int32_t> tokens_, targets_;
};

}  // namespace coldstart::train
