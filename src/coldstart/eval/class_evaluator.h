// Evaluation of a classifier: mean loss in nats an example, and the scores of class_scores.h.
// Test: tests/train/classifier_run_test.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "coldstart/eval/evaluate.h"
#include "coldstart/tensor/arena.h"

namespace coldstart::eval {

class ClassEvaluator : public Evaluator {
 public:
  // Examples of T numbers, B a forward pass; names of the classes. The data behind the set must
  // outlive the evaluator. Takes all memory now.
  ClassEvaluator(std::unique_ptr<data::EvalSource> set, int64_t T, int64_t B,
                 std::vector<std::string> names);

  Evaluation run(model::Model& model, kernels::Kernels& kernels) override;
  int64_t tokens() const override { return set_->predicted_tokens(); }
  std::string identity() override;

 private:
  std::unique_ptr<data::EvalSource> set_;
  int64_t T_, B_;
  std::vector<std::string> names_;
  std::vector<int32_t> tokens_, labels_;  // of a batch, of all
  std::vector<double> probabilities_;     // of all
  Arena arena_;
  Tensor logits_, losses_;  // of a batch
};

}  // namespace coldstart::eval
