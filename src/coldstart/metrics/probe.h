// Probe: fixed held-out sequences that some measures pass through the model. The same ones in every
// step of a run, so that a change is the model's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "coldstart/model/model.h"

namespace coldstart::metrics {

struct Probe {
  model::SequenceShape sequence;
  int64_t batch_sequences = 0;                     // a forward pass takes
  std::vector<int32_t> tokens = {}, targets = {};  // whole sequences

  int64_t sequences() const { return std::ssize(tokens) / sequence.T; }
  int64_t batches() const { return (sequences() + batch_sequences - 1) / batch_sequences; }
  model::Batch batch(int64_t index) const {
    const int64_t first = index * batch_sequences;
    const int64_t count = std::min(batch_sequences, sequences() - first);
    const auto part = [&](const std::vector<int32_t>& all, int64_t each) {
      return std::span(all).subspan(static_cast<size_t>(first * each),
                                    static_cast<size_t>(count * each));
    };
    return {.tokens = part(tokens, sequence.T),
            .targets = part(targets, sequence.targets),
            .B = count,
            .T = sequence.T};
  }
};

}  // namespace coldstart::metrics
