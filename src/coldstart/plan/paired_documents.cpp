#include "coldstart/plan/paired_documents.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "coldstart/plan/adopt.h"

namespace coldstart::plan {

namespace {

constexpr size_t kFewest = 8;

// The losses at a step; empty where none were kept or one is not finite.
std::vector<double> documents_at(const EvalSeries& evals, int64_t step) {
  const auto at = std::ranges::find(evals.step, step);
  const auto i = static_cast<size_t>(at - evals.step.begin());
  if (at == evals.step.end() || i >= evals.docs.size()) return {};
  const std::vector<float>& losses = evals.docs[i];
  if (!std::ranges::all_of(losses, [](float loss) { return std::isfinite(loss); })) return {};
  return {losses.begin(), losses.end()};
}

}  // namespace

std::optional<PairedDocuments> paired_documents(const Trial& a, int64_t step_a, const Trial& b,
                                                int64_t step_b) {
  if (a.evals.docs_set.empty() || a.evals.docs_set != b.evals.docs_set) return std::nullopt;
  const auto first = documents_at(a.evals, step_a), second = documents_at(b.evals, step_b);
  if (first.size() < kFewest || first.size() != second.size()) return std::nullopt;
  return PairedDocuments{.documents = std::ssize(first),
                         .gain = paired_gain(first, second).interval};
}

}  // namespace coldstart::plan
