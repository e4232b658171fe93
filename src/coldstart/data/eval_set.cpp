#include "coldstart/data/eval_set.h"

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/data/windows.h"

namespace coldstart::data {

EvalSet::EvalSet(TokenView tokens, int64_t T, int64_t max_tokens) : tokens_(tokens), T_(T) {
  COLDSTART_CHECK(max_tokens >= 0, "{} evaluation tokens", max_tokens);
  require_one_sequence(tokens, T, "evaluation data");
  windows_ = div_up(tokens.size - 1, T);
  chosen_ = max_tokens == 0 ? windows_ : std::min(windows_, div_up(max_tokens, T));
  for (int64_t s = 0; s < chosen_; ++s) predicted_ += tokens_in(window_of(s));
}

int64_t EvalSet::window_of(int64_t sequence) const {
  // floor(sequence * windows / chosen), cut in two so that the product cannot overflow
  return sequence * (windows_ / chosen_) + sequence * (windows_ % chosen_) / chosen_;
}

int64_t EvalSet::tokens_in(int64_t window) const {
  return std::min(T_, tokens_.size - 1 - window * T_);
}

void EvalSet::fill(int64_t first, std::span<int32_t> tokens, std::span<int32_t> targets) const {
  const int64_t B = div_exact(static_cast<int64_t>(tokens.size()), T_);
  for (int64_t b = 0; b < B; ++b) {
    const int64_t window = first + b < chosen_ ? window_of(first + b) : 0;
    const int64_t count = first + b < chosen_ ? tokens_in(window) : 0;
    fill_row(tokens_, window * T_, count, T_, b, tokens, targets);
  }
}

}  // namespace coldstart::data
