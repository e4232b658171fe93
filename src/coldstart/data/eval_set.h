// A fixed set of sequences for evaluation: the validation set, or a probe of the training data.
//
// The shard is cut into windows of T predicted tokens, without overlap; the last one may be partial
// and is padded with targets kNoTarget, so that every token counts once, with full weight. When
// fewer tokens are asked for than there are, windows spread evenly over the shard are taken, the
// same ones at every evaluation. Test: tests/data/eval_set_test.cpp.
#pragma once

#include <cstdint>
#include <span>

#include "coldstart/data/shard_format.h"
#include "coldstart/data/source.h"

namespace coldstart::data {

class EvalSet : public EvalSource {
 public:
  // max_tokens: how many tokens to predict, rounded up to whole windows; 0 = all. DataError when
  // the shard is shorter than one sequence. The tokens must outlive the set.
  EvalSet(TokenView tokens, int64_t T, int64_t max_tokens);

  int64_t sequences() const override { return chosen_; }
  int64_t predicted_tokens() const override { return predicted_; }  // targets other than kNoTarget

  // Sequences [first, first + B) as (B, T) arrays; rows past the end are all padding.
  void fill(int64_t first, std::span<int32_t> tokens, std::span<int32_t> targets) const override;

 private:
  int64_t window_of(int64_t sequence) const;
  int64_t tokens_in(int64_t window) const;

  TokenView tokens_;
  int64_t T_, windows_, chosen_;
  int64_t predicted_ = 0;
};

}  // namespace coldstart::data
