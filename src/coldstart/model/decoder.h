// Decoder: one sequence, token by token, with a cache of keys and values.
//
// append() runs the prompt through the blocks as one batch and keeps every position's key and
// value; one more token then costs one row a layer instead of the whole sequence. When the context
// is full, its later half is kept and run again, so that a text may be longer than the context.
// Test: tests/model/decoder_test.cpp (equal to the full forward pass).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coldstart/model/gpt.h"

namespace coldstart::model {

class Decoder {
 public:
  Decoder(Gpt& gpt, kernels::Kernels& kernels);  // both must outlive the decoder; float32

  // Adds one or more tokens; returns the logits (V) of what follows the last one, valid until the
  // next call.
  std::span<const float> append(std::span<const int32_t> tokens);
  std::span<const float> append(int32_t token) {
    return append(std::span<const int32_t>(&token, 1));
  }

 private:
  void run(std::span<const int32_t> tokens, int64_t first_position);
  void store_keys_and_values(int64_t layer, int64_t first_position);

  Gpt& gpt_;
  kernels::Kernels& kernels_;
  std::vector<int32_t> context_;  // tokens whose keys and values are in the cache
  Arena arena_;
  std::vector<Tensor> keys_, values_;  // a layer: (1, T, H_kv * hs)
  Tensor logits_;
};

}  // namespace coldstart::model
