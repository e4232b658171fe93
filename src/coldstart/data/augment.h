// Augmenter: input tokens of training sequences, replaced at random; targets stay what they are,
// and evaluation data never pass through here.
//
//   random replacement   each token with probability random_tokens by one drawn from the vocabulary
//                        (the same one included)
//   span masking         spans of mask_span tokens become the mask token. A span begins at a
//                        position with probability 1 - (1 - masked_tokens)^(1 / mask_span), in the
//                        mask_span - 1 positions before the sequence too, so that every token is
//                        masked with probability masked_tokens exactly; masks cover replacements
//                        (SpanBERT, Joshi et al. 2020, with spans of one length)
//
// Which tokens, and by what, is a function of (seed, number of the sequence in the run, position),
// so nothing has to be stored to resume, and micro-batches may be cut in any way. Test:
// tests/data/augment_test.cpp.
#pragma once

#include <cstdint>
#include <span>

namespace coldstart::data {

struct AugmentOptions {
  double random_tokens = 0;  // probabilities
  double masked_tokens = 0;
  int64_t mask_span = 1;   // tokens
  int32_t mask_token = 0;  // id
  int64_t vocab = 0;       // ids below it are drawn
  bool on() const { return random_tokens > 0 || masked_tokens > 0; }
};

class Augmenter {
 public:
  Augmenter(const AugmentOptions& options, uint64_t seed) : options_(options), seed_(seed) {}

  // tokens: whole sequences of T tokens, of which the first has this number in the run.
  void apply(int64_t first_sequence, int64_t T, std::span<int32_t> tokens) const;

 private:
  void replace(int64_t sequence, std::span<int32_t> tokens) const;
  void mask(int64_t sequence, std::span<int32_t> tokens) const;

  AugmentOptions options_;
  uint64_t seed_;
};

}  // namespace coldstart::data
