// Regularizer: what [regularize] means at a step of a run: strengths times their ramps, the factors
// of the weight decays, and the replaced input tokens. It has no state: all of it is a function of
// configuration, step and sequence number, so a resumed run goes on exactly.
// Test: tests/train/regularizer_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coldstart/data/augment.h"
#include "coldstart/model/gpt.h"
#include "coldstart/train/config.h"
#include "coldstart/train/records.h"

namespace coldstart::train {

class Regularizer {
 public:
  // decay_factors: those of the groups, one a parameter, or none: all 1. params: how many there
  // are.
  Regularizer(const ResolvedConfig& config, std::span<const double> decay_factors, size_t params);

  // For the pass that makes update number step + 1.
  model::Regularization at(int64_t step) const;
  // Of every parameter at that step; empty: all 1. Valid until the next call.
  std::span<const double> decay_factors(int64_t step);
  // Replaces input tokens of whole sequences of T, of which the first has this number in the run.
  void augment(int64_t first_sequence, int64_t T, std::span<int32_t> tokens) const {
    augmenter_.apply(first_sequence, T, tokens);
  }
  // What was at work in a step, where anything was.
  void note(int64_t step, StepRecord& record) const;

 private:
  RegularizeOptions options_;
  Ramps ramps_;
  uint64_t seed_;
  data::Augmenter augmenter_;
  std::vector<double> decay_factors_, decay_now_;
};

// ConfigError for what has no meaning: a ramp of a strength that is 0, a mask that does not exist,
// a rotational matrix whose decay, and with it its angle, falls to 0.
void check_regularization(const ResolvedConfig& config);

}  // namespace coldstart::train
