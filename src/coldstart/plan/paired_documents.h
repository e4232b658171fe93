// Two models on the same documents: is one better by more than the choice of text explains?
//
//   d_k = loss of the first on document k - loss of the second;  gain = mean d
//   interval = gain -/+ t(0.975, K - 1) sd(d) / sqrt(K)
//
// What all documents have in common cancels, so this is far sharper than the standard errors of two
// means. It speaks about these two checkpoints, never about seeds: another seed of either may turn
// it (playbook.md 6.0; EV-06, playbook L1465-1470). Test: tests/plan/paired_documents_test.cpp.
#pragma once

#include <cstdint>
#include <optional>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

struct PairedDocuments {
  int64_t documents = 0;  // K
  Interval gain;          // of the second over the first, nats a token; lower losses are better

  bool told_apart() const { return gain.lo > 0 || gain.hi < 0; }
};

// At one evaluation of each. Nothing unless both kept at least 8 documents there, the same ones,
// with finite losses.
std::optional<PairedDocuments> paired_documents(const Trial& a, int64_t step_a, const Trial& b,
                                                int64_t step_b);

}  // namespace coldstart::plan
