// Evaluation: mean loss over a fixed set of sequences. Of text in nats a token and in bits a byte;
// a classifier's is class_evaluator.h.
//
// Every token counts once with full weight; padding counts zero. Bits a byte make tokenizers
// comparable: total nats / ln 2 / bytes that the predicted tokens stand for.
// Test: tests/eval/evaluate_test.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coldstart/data/source.h"
#include "coldstart/model/model.h"

namespace coldstart::eval {

struct Evaluation {
  double loss = 0;                                          // nats a target
  double bits_per_byte = 0;                                 // of text; NaN where that is unknown
  int64_t tokens = 0;                                       // targets
  std::vector<std::pair<std::string, double>> scores = {};  // of a classifier (class_scores.h)
  std::vector<double> documents = {};  // nats a target of each sequence, in the order of the set
};

class Evaluator {
 public:
  virtual ~Evaluator() = default;
  virtual Evaluation run(model::Model& model, kernels::Kernels& kernels) = 0;
  virtual int64_t tokens() const = 0;  // targets
  // Hash of all inputs and targets in their order: equal for equal sets only.
  virtual std::string identity() = 0;
};

// What fits the data, on max_tokens tokens of one part of it (0 = all), B sequences a forward pass.
// The data must outlive it.
std::unique_ptr<Evaluator> make_evaluator(const data::Source& data, data::Split split,
                                          const model::SequenceShape& sequence, int64_t B,
                                          int64_t max_tokens);

class TextEvaluator : public Evaluator {
 public:
  // Sequences of this shape, B a forward pass. tokenizer may be null (token files of other
  // programs): then bits a byte are NaN. The data behind the set must outlive the evaluator.
  TextEvaluator(std::unique_ptr<data::EvalSource> set, const model::SequenceShape& sequence,
                int64_t B, const data::Tokenizer* tokenizer);

  Evaluation run(model::Model& model, kernels::Kernels& kernels) override;
  int64_t tokens() const override { return set_->predicted_tokens(); }
  std::string identity() override;

 private:
  // Sequences [first, first + count) into the buffers.
  model::Batch batch(int64_t first, int64_t count);

  std::unique_ptr<data::EvalSource> set_;
  model::SequenceShape sequence_;
  int64_t B_;
  double bytes_ = 0;  // that the predicted tokens stand for
  std::vector<int32_t> tokens_, targets_;
};

}  // namespace coldstart::eval
