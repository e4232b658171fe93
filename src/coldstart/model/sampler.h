// Sampler: from logits to one token.
//
// p_i = softmax(z_i / temperature) over the top_k largest logits, cut to the smallest set of
// probability >= top_p (nucleus sampling, Holtzman et al. 2020), drawn with a counter-based number:
// token n of a text is a function of (seed, n) and the logits. Temperature 0 takes the largest.
// Ties go to the smaller id. Test: tests/model/sampler_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coldstart/core/random.h"

namespace coldstart::model {

struct SamplerOptions {
  double temperature = 1.0;  // >= 0
  int64_t top_k = 0;         // 0: no limit
  double top_p = 1.0;        // (0, 1]
  uint64_t seed = 1;
};

class Sampler {
 public:
  explicit Sampler(const SamplerOptions& options);  // ConfigError for values out of range
  int32_t sample(std::span<const float> logits);

 private:
  SamplerOptions options_;
  Rng rng_;
  uint64_t drawn_ = 0;
  std::vector<int32_t> order_;
  std::vector<double> probability_;
};

}  // namespace coldstart::model
