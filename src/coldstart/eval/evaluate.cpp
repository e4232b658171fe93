#include "coldstart/eval/evaluate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "coldstart/core/hash.h"
#include "coldstart/data/windows.h"
#include "coldstart/eval/class_evaluator.h"

namespace coldstart::eval {

namespace {

// The mean loss of each sequence over its targets; every sequence of a set has one.
void append_means(std::vector<double>& means, Tensor losses, const model::Batch& batch) {
  const int64_t targets = std::ssize(batch.targets) / batch.B;
  for (int64_t b = 0; b < batch.B; ++b) {
    double sum = 0, count = 0;
    for (int64_t n = b * targets; n < (b + 1) * targets; ++n) {
      if (batch.targets[static_cast<size_t>(n)] == data::kNoTarget) continue;
      sum += losses.at(n);
      ++count;
    }
    means.push_back(sum / count);
  }
}

}  // namespace

std::unique_ptr<Evaluator> make_evaluator(const data::Source& data, data::Split split,
                                          const model::SequenceShape& sequence, int64_t B,
                                          int64_t max_tokens) {
  auto set = data.eval_source(split, sequence.T, max_tokens);
  if (std::vector<std::string> classes = data.classes(); !classes.empty())
    return std::make_unique<ClassEvaluator>(std::move(set), sequence.T, B, std::move(classes));
  return std::make_unique<TextEvaluator>(std::move(set), sequence, B, data.tokenizer.get());
}

TextEvaluator::TextEvaluator(std::unique_ptr<data::EvalSource> set,
                             const model::SequenceShape& sequence, int64_t B,
                             const data::Tokenizer* tokenizer)
    : set_(std::move(set)),
      sequence_(sequence),
      B_(std::min(B, set_->sequences())),
      tokens_(static_cast<size_t>(B_ * sequence.T)),
      targets_(static_cast<size_t>(B_ * sequence.targets)) {
  if (tokenizer == nullptr) return;
  std::vector<double> bytes_of;
  for (int32_t id = 0; id < tokenizer->vocab_size(); ++id) {
    bytes_of.push_back(static_cast<double>(tokenizer->token_bytes(id).size()));
  }
  for (int64_t first = 0; first < set_->sequences(); first += B_) {
    for (const int32_t target : batch(first, std::min(B_, set_->sequences() - first)).targets) {
      if (target != data::kNoTarget) bytes_ += bytes_of.at(static_cast<size_t>(target));
    }
  }
}

model::Batch TextEvaluator::batch(int64_t first, int64_t count) {
  const auto tokens = std::span(tokens_).first(static_cast<size_t>(count * sequence_.T));
  const auto targets = std::span(targets_).first(static_cast<size_t>(count * sequence_.targets));
  set_->fill(first, tokens, targets);
  return {.tokens = tokens, .targets = targets, .B = count, .T = sequence_.T};
}

std::string TextEvaluator::identity() {
  Hasher hasher;
  for (int64_t s = 0; s < set_->sequences(); ++s) {
    const model::Batch one = batch(s, 1);
    hasher.add(one.tokens.data(), one.tokens.size_bytes());
    hasher.add(one.targets.data(), one.targets.size_bytes());
  }
  return hash_text(hasher.digest());
}

Evaluation TextEvaluator::run(model::Model& model, kernels::Kernels& kernels) {
  double nats = 0;
  std::vector<double> documents;
  for (int64_t first = 0; first < set_->sequences(); first += B_) {
    const model::Batch part = batch(first, std::min(B_, set_->sequences() - first));
    nats += model.evaluate(kernels, part);
    append_means(documents, model.losses(), part);
  }
  return {.loss = nats / static_cast<double>(set_->predicted_tokens()),
          .bits_per_byte = bytes_ > 0 ? nats / std::numbers::ln2 / bytes_
                                      : std::numeric_limits<double>::quiet_NaN(),
          .tokens = set_->predicted_tokens(),
          .documents = std::move(documents)};
}

}  // namespace coldstart::eval
