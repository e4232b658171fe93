#include "coldstart/plan/duration_choice.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/error.h"

namespace coldstart::plan {

Verdict longer_is_safe(bool keeps_best, int64_t save_every, int64_t length) {
  constexpr int64_t kSaves = 20;
  Verdict verdict{.rule = "TD-08", .label = "KEEP", .text = {}};
  verdict.evidence = {{.id = "saves",
                       .what = "checkpoints over the run",
                       .value = {.mid = save_every > 0 ? static_cast<double>(length) /
                                                             static_cast<double>(save_every)
                                                       : 0},
                       .threshold = kSaves}};
  if (keeps_best && save_every > 0 && save_every * kSaves <= length) {
    verdict.text =
        "A longer run costs time, not quality: the best checkpoint is kept, and they are "
        "frequent enough.";
    return verdict;
  }
  verdict.label = "E-NO-RETRO";
  verdict.standing = Standing::refused;
  verdict.text = keeps_best ? fmt::format(
                                  "Checkpoints every {} of {} steps are too rare to pick the "
                                  "best one afterwards; longer may be worse.",
                                  save_every, length)
                            : "Without the best checkpoint being kept, longer may be worse.";
  verdict.next = {fmt::format("coldstart train ... --keep-best 5 --eval-every {}",
                              std::max<int64_t>(1, length / kSaves))};
  return verdict;
}

int64_t choose_length(const std::vector<LengthCandidate>& candidates) {
  if (candidates.empty())
    throw ConfigError("length", "there is no candidate", "give at least one length with its value");
  const auto best = std::ranges::min_element(
      candidates, {}, [](const LengthCandidate& candidate) { return candidate.value.mid; });
  int64_t longest = best->steps;
  for (const LengthCandidate& candidate : candidates)
    if (candidate.value.lo <= best->value.hi) longest = std::max(longest, candidate.steps);
  return longest;
}

}  // namespace coldstart::plan
