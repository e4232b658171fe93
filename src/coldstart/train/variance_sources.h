// Variance sources: everything in a configuration that makes the gradient of one step differ from
// the gradient of the loss on all data: the one list that the start-up table, env.json and the
// planner read. More of it means slower progress, and a duration that was right before may be too
// short (tuning playbook; playbook.md, TD-06).
//
//   batch_tokens     a mean over a sample: variance as 1 / batch_tokens
//   dropout, attention_dropout   another part of the network in every step
//   label_smoothing  targets spread over the vocabulary: the least of these, but the loss that is
//                    minimised is another one
//   random_tokens, masked_tokens   noise in the inputs
// Test: tests/train/variance_sources_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/train/config.h"

namespace coldstart::train {

struct VarianceSource {
  std::string option;         // "regularize.dropout"
  double strength = 0;        // its value, before any ramp
  bool less_is_more = false;  // the smaller the value, the more variance
  std::string meaning;        // in words
};

// Those at work: the batch always, the others where they are not 0. config: resolved.
std::vector<VarianceSource> variance_sources(const RunConfig& config);

// "train.batch_tokens 4096, regularize.dropout 0.1"
std::string describe(const std::vector<VarianceSource>& sources);

// What raises the variance from one list to the other, a line each: "regularize.dropout 0 -> 0.1".
std::vector<std::string> raised_variance(const std::vector<VarianceSource>& from,
                                         const std::vector<VarianceSource>& to);

}  // namespace coldstart::train
