#include "coldstart/eval/class_evaluator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "coldstart/core/hash.h"
#include "coldstart/eval/class_scores.h"
#include "coldstart/model/softmax_loss.h"

namespace coldstart::eval {

ClassEvaluator::ClassEvaluator(std::unique_ptr<data::EvalSource> set, int64_t T, int64_t B,
                               std::vector<std::string> names)
    : set_(std::move(set)),
      T_(T),
      B_(std::min(B, set_->sequences())),
      names_(std::move(names)),
      tokens_(static_cast<size_t>(B_ * T)),
      labels_(static_cast<size_t>(set_->sequences())),
      probabilities_(labels_.size() * names_.size()),
      arena_((B_ * (std::ssize(names_) + 1)) * dtype_size(DType::f32) + 2 * Arena::kAlignment),
      logits_(arena_.allocate(DType::f32, {B_, std::ssize(names_)})),
      losses_(arena_.allocate(DType::f32, {B_})) {}

std::string ClassEvaluator::identity() {
  Hasher hasher;
  const auto tokens = std::span(tokens_).first(static_cast<size_t>(T_));
  for (int64_t s = 0; s < set_->sequences(); ++s) {
    const auto label = std::span(labels_).subspan(static_cast<size_t>(s), 1);
    set_->fill(s, tokens, label);
    hasher.add(tokens.data(), tokens.size_bytes());
    hasher.add(label.data(), label.size_bytes());
  }
  return hash_text(hasher.digest());
}

Evaluation ClassEvaluator::run(model::Model& model, kernels::Kernels& kernels) {
  double nats = 0;
  std::vector<double> documents;
  for (int64_t first = 0; first < set_->sequences(); first += B_) {
    const int64_t count = std::min(B_, set_->sequences() - first);
    const auto begin = static_cast<size_t>(first), size = static_cast<size_t>(count);
    const auto tokens = std::span(tokens_).first(size * static_cast<size_t>(T_));
    const auto labels = std::span(labels_).subspan(begin, size);
    set_->fill(first, tokens, labels);
    const Tensor logits = logits_.row_range(0, count), losses = losses_.row_range(0, count);
    model.logits(kernels, {.tokens = tokens, .targets = labels, .B = count, .T = T_}, logits);
    nats += model::softmax_loss(losses, Tensor(), logits, labels, 0);
    for (int64_t b = 0; b < count; ++b) documents.push_back(losses.at(b));
    model::softmax(std::span(probabilities_).subspan(begin * names_.size(), size * names_.size()),
                   logits);
  }
  Evaluation result{.loss = nats / static_cast<double>(set_->sequences()),
                    .bits_per_byte = std::numeric_limits<double>::quiet_NaN(),
                    .tokens = set_->sequences(),
                    .documents = std::move(documents)};
  // A model that is not finite has no scores; its loss says so.
  if (!std::ranges::all_of(probabilities_, [](double p) { return std::isfinite(p); }))
    return result;
  result.scores = named_scores(class_scores(probabilities_, labels_, std::ssize(names_)), names_);
  return result;
}

}  // namespace coldstart::eval
