#include "coldstart/plan/warmup_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/plan/series.h"
#include "coldstart/plan/spikes.h"

namespace coldstart::plan {

namespace {

constexpr double kMostOfRun = 0.10, kManyOfRun = 0.05;
constexpr int64_t kPostWarmup = 2;  // times the warmup

}  // namespace

schedule::Schedule warmup_probe(int64_t warmup, double unstable_lr, double factor) {
  if (warmup < 1 || !(unstable_lr > 0) || !(factor >= 1))
    throw ConfigError(
        "stability warmup",
        fmt::format("got warmup {}, unstable rate {}, factor {}", warmup, unstable_lr, factor),
        "all are above 0 and the factor is 10 or 100");
  return {.warmup = warmup,
          .hold = kPostWarmup * warmup,
          .mode = schedule::WarmupMode::prepend,
          .base = factor * unstable_lr};
}

std::vector<int64_t> usual_warmups() { return {10, 1'000, 10'000, 100'000}; }

WarmupCandidates warmup_candidates(std::vector<int64_t> wanted, int64_t max_steps) {
  std::ranges::sort(wanted);
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  WarmupCandidates candidates;
  for (const int64_t warmup : wanted) {
    if (warmup >= 1 && static_cast<double>(warmup) <= kMostOfRun * static_cast<double>(max_steps))
      candidates.warmup.push_back(warmup);
    else
      candidates.notes.push_back(
          fmt::format("{} steps of warmup: dropped, not within 10 % of {}", warmup, max_steps));
  }
  return candidates;
}

bool warmup_enough(const Trial& probe, std::optional<double> baseline_loss) {
  if (!probe.feasible() || any_sustained(find_spikes(probe))) return false;
  const Curve loss = loss_curve(probe);
  if (loss.size() == 0) return false;
  const size_t last = std::min<size_t>(loss.size(), 5);
  return median_of({loss.value.end() - static_cast<std::ptrdiff_t>(last), loss.value.end()}) <
         baseline_loss.value_or(loss.value.front());
}

WarmupStep next_warmup(const WarmupCandidates& candidates, std::vector<WarmupProbe> probes,
                       int64_t max_steps, double resolution) {
  WarmupStep step{.verdict = {.rule = "WU-02", .label = "KEEP", .text = {}}};
  Verdict& verdict = step.verdict;
  verdict.warnings = candidates.notes;
  if (candidates.warmup.empty()) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = fmt::format("No warmup length fits into 10 % of {} steps.", max_steps);
    return step;
  }
  const auto probed = [&](int64_t warmup) {
    return std::ranges::find(probes, warmup, &WarmupProbe::warmup) != probes.end();
  };
  std::ranges::sort(probes, {}, &WarmupProbe::warmup);
  const auto enough = std::ranges::find_if(probes, &WarmupProbe::enough);
  if (enough == probes.end()) {
    for (const int64_t warmup : candidates.warmup)
      if (!probed(warmup)) {
        step.next = warmup;
        verdict.text = fmt::format("Try {} steps of warmup.", warmup);
        return step;
      }
    verdict.standing = Standing::refused;
    verdict.label = "NONE";
    verdict.text = fmt::format(
        "No warmup up to {} steps (10 % of the run) makes the higher rate "
        "trainable.",
        candidates.warmup.back());
    verdict.next = {"gradient clipping (--grad-clip)", "another optimizer or architecture"};
    return step;
  }
  step.found = enough->warmup;
  const int64_t below = enough == probes.begin() ? 0 : (enough - 1)->warmup;
  const auto lower = below > 0 ? below : 1;
  if (below > 0 && static_cast<double>(step.found) > resolution * static_cast<double>(lower)) {
    step.next =
        std::llround(std::sqrt(static_cast<double>(lower) * static_cast<double>(step.found)));
    verdict.text =
        fmt::format("{} steps are enough, {} are not; try {}.", step.found, below, step.next);
    return step;
  }
  verdict.text = fmt::format("{} steps are the shortest warmup that is enough{}.", step.found,
                             below > 0 ? fmt::format("; {} are not", below)
                                       : std::string(", the smallest that was tried"));
  if (const auto warning = warmup_share_warning(step.found, max_steps))
    verdict.warnings.push_back(*warning);
  return step;
}

schedule::Schedule prepend_warmup(const schedule::Schedule& base, int64_t warmup) {
  schedule::Schedule result = base;
  result.warmup += warmup;
  result.mode = schedule::WarmupMode::prepend;
  return result;
}

std::optional<std::string> warmup_share_warning(int64_t warmup, int64_t max_steps) {
  if (static_cast<double>(warmup) <= kManyOfRun * static_cast<double>(max_steps))
    return std::nullopt;
  return fmt::format("WU-06: the warmup is {:.1f} % of {} steps (above 5 %); consider a longer run",
                     100 * static_cast<double>(warmup) / static_cast<double>(max_steps), max_steps);
}

}  // namespace coldstart::plan
