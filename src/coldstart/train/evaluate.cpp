#include "coldstart/train/evaluate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "coldstart/data/windows.h"

namespace coldstart::train {

Evaluator::Evaluator(data::EvalSet set, int64_t T, int64_t B, const data::Tokenizer* tokenizer)
    : set_(set),
      T_(T),
      B_(std::min(B, set_.sequences())),
      tokens_(static_cast<size_t>(B_ * T)),
      targets_(static_cast<size_t>(B_ * T)) {
  if (tokenizer == nullptr) return;
  std::vector<double> bytes_of;
  for (int32_t id = 0; id < tokenizer->vocab_size(); ++id) {
    bytes_of.push_back(static_cast<double>(tokenizer->token_bytes(id).size()));
  }
  for (int64_t first = 0; first < set_.sequences(); first += B_) {
    for (const int32_t target : batch(first, std::min(B_, set_.sequences() - first)).targets) {
      if (target != data::kNoTarget) bytes_ += bytes_of.at(static_cast<size_t>(target));
    }
  }
}

model::Batch Evaluator::batch(int64_t first, int64_t count) {
  const auto size = static_cast<size_t>(count * T_);
  const auto tokens = std::span(tokens_).first(size), targets = std::span(targets_).first(size);
  set_.fill(first, tokens, targets);
  return {.tokens = tokens, .targets = targets, .B = count, .T = T_};
}

Evaluation Evaluator::run(model::Gpt& model, kernels::Kernels& kernels) {
  double nats = 0;
  for (int64_t first = 0; first < set_.sequences(); first += B_) {
    nats += model.evaluate(kernels, batch(first, std::min(B_, set_.sequences() - first)));
  }
  return {.loss = nats / static_cast<double>(set_.predicted_tokens()),
          .bits_per_byte = bytes_ > 0 ? nats / std::numbers::ln2 / bytes_
                                      : std::numeric_limits<double>::quiet_NaN(),
          .tokens = set_.predicted_tokens()};
}

}  // namespace coldstart::train
