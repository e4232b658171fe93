#include "coldstart/plan/spikes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>

#include "coldstart/plan/objective.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

constexpr size_t kBlock = 5, kFewest = 20;

struct Blocks {
  std::vector<double> level;
  std::vector<size_t> first;  // index of the first step
  double mad = 0;
};

Blocks blocks_of(std::span<const double> loss) {
  Blocks blocks;
  for (size_t i = 0; i + kBlock <= loss.size(); i += kBlock) {
    std::array<double, kBlock> values{};
    std::copy_n(loss.begin() + static_cast<std::ptrdiff_t>(i), kBlock, values.begin());
    std::ranges::nth_element(values, values.begin() + kBlock / 2);
    blocks.level.push_back(values[kBlock / 2]);
    blocks.first.push_back(i);
  }
  std::vector<double> differences;
  differences.reserve(loss.size());
  for (size_t i = 1; i < loss.size(); ++i) differences.push_back(std::abs(loss[i] - loss[i - 1]));
  blocks.mad = median_of(std::move(differences)) / std::numbers::sqrt2;
  return blocks;
}

// The first step whose loss was recorded but is no number.
std::optional<int64_t> first_not_finite(const StepSeries& steps) {
  for (size_t i = 0; i < steps.loss.size() && i < steps.size(); ++i)
    if (!std::isfinite(steps.loss[i])) return steps.step[i];
  return std::nullopt;
}

}  // namespace

std::vector<Spike> find_spikes(const Trial& trial, const SpikeRule& rule) {
  const Curve loss = loss_curve(trial);
  if (loss.size() < kFewest) return {};
  const Blocks blocks = blocks_of(loss.value);
  const auto length = static_cast<double>(std::max(trial_length(trial), loss.step.back()));
  const int64_t warmup = trial.schedule ? trial.schedule->warmup : 0;
  const auto early = std::max(static_cast<int64_t>(rule.early * length), 2 * warmup);

  std::vector<Spike> spikes;
  double lowest = blocks.level.front();
  const double start = lowest;
  bool inside = false;
  for (size_t i = 1; i < blocks.level.size(); ++i) {
    const double level = blocks.level[i], above = level - lowest;
    const int64_t first = loss.step[blocks.first[i]];
    const int64_t last = loss.step[std::min(blocks.first[i] + kBlock, loss.size()) - 1];
    if (!inside &&
        above > std::max(rule.mads * blocks.mad, rule.share_of_fall * (start - lowest))) {
      inside = true;
      spikes.push_back({.first_step = first, .early = first < early});
    }
    if (inside) {
      Spike& spike = spikes.back();
      spike.last_step = last;
      spike.height = std::max(spike.height, above);
      if (above < std::max(rule.recovered * std::abs(lowest), 3 * blocks.mad)) inside = false;
    }
    const size_t from = i + 1 < kBlock ? 0 : i + 1 - kBlock;
    lowest =
        std::min(lowest, median_of({blocks.level.begin() + static_cast<std::ptrdiff_t>(from),
                                    blocks.level.begin() + static_cast<std::ptrdiff_t>(i + 1)}));
  }
  for (size_t i = 0; i < spikes.size(); ++i) {
    const bool open = inside && i + 1 == spikes.size();
    const auto lasted = static_cast<double>(spikes[i].last_step - spikes[i].first_step + 1);
    spikes[i].sustained = open || lasted > rule.sustained * length;
  }
  if (const auto step = first_not_finite(trial.steps))
    spikes.push_back({.first_step = *step,
                      .last_step = trial.steps.step.back(),
                      .height = INFINITY,
                      .early = *step < early,
                      .sustained = true,
                      .not_finite = true});
  return spikes;
}

bool any_sustained(const std::vector<Spike>& spikes) {
  return std::ranges::any_of(spikes, &Spike::sustained);
}

}  // namespace coldstart::plan
