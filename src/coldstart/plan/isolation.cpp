#include "coldstart/plan/isolation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "coldstart/core/error.h"
#include "coldstart/plan/best_of_n.h"
#include "coldstart/plan/distributions.h"
#include "coldstart/plan/noise.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/scale.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

constexpr size_t kBins = 5;
constexpr double kUnequal = 2;
constexpr double kNonuniform = 0.01;

// The key by which buckets are ordered, and their name; nothing for a trial without the value.
struct Key {
  size_t order = 0;
  std::string name;
};
std::optional<Key> bucket_of(const Trial& trial, const HParam& hparam) {
  if (hparam.scale == Scale::choice || hparam.lo == hparam.hi) {
    const auto text = text_of_value(trial, hparam);
    if (!text) return std::nullopt;
    return Key{0, *text};
  }
  const auto value = number_of(trial, hparam);
  if (!value) return std::nullopt;
  const double u = std::clamp(position(hparam, *value), 0.0, 1.0);
  const size_t bin = std::min(kBins - 1, static_cast<size_t>(u * kBins));
  const auto edge = [&](size_t i) {
    return value_at(hparam, static_cast<double>(i) / static_cast<double>(kBins));
  };
  return Key{bin, fmt::format("{:.3g} to {:.3g}", edge(bin), edge(bin + 1))};
}

using Buckets = std::map<std::pair<size_t, std::string>, Bucket>;

// nullptr for a trial without the value.
Bucket* bucket_in(Buckets& buckets, const Trial& trial, const HParam& hparam) {
  std::optional<Key> key = bucket_of(trial, hparam);
  if (!key) return nullptr;
  const auto place = buckets.try_emplace({key->order, key->name}).first;
  place->second.value = std::move(key->name);
  return &place->second;
}

void refuse_mixed_parents(const Study& study, const HParam& hparam) {
  if (hparam.parent.empty()) return;
  for (const Trial& trial : study.trials) {
    const auto parent = trial.values.find(hparam.parent);
    if (parent != trial.values.end() && parent->second != hparam.parent_value)
      throw ConfigError(
          hparam.name,
          fmt::format("belongs to {} = {}, but {} has {} = {}", hparam.parent, hparam.parent_value,
                      name_of(trial), hparam.parent, parent->second),
          "a conditional hyperparameter is another one under each parent: look at "
          "one parent value at a time");
  }
}

}  // namespace

IsolationReport isolate(const Study& study, const HParam& hparam, double sigma) {
  refuse_mixed_parents(study, hparam);
  if (hparam.scale != Scale::choice) check_range(hparam);
  Buckets buckets;
  const auto bucket = [&](const Trial& trial) { return bucket_in(buckets, trial, hparam); };
  for (const Ranked& ranked : ranked_trials(study)) {
    Bucket* found = bucket(study.trials[ranked.trial]);
    if (found == nullptr) continue;
    found->trials.push_back(ranked.trial);
    found->results.push_back(ranked.value);
  }
  for (const Trial& trial : study.trials) {
    if (trial.feasible()) continue;
    if (Bucket* found = bucket(trial)) ++found->infeasible;
  }

  IsolationReport report{
      .name = hparam.name, .buckets = {}, .verdict = {.rule = "IS-01", .label = {}, .text = {}}};
  size_t most = 0, least = SIZE_MAX;
  for (auto& [key, found] : buckets) {
    if (found.results.empty()) continue;
    most = std::max(most, found.results.size());
    least = std::min(least, found.results.size());
    report.buckets.push_back(std::move(found));
  }
  Verdict& verdict = report.verdict;
  if (report.buckets.size() < 2 || least < 2) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = fmt::format(
        "{}: {} values with results, the fewest trials of one is {}; two "
        "values with two trials each are needed.",
        hparam.name, report.buckets.size(), least == SIZE_MAX ? 0 : least);
    return report;
  }
  report.m = static_cast<int64_t>(least);
  for (Bucket& found : report.buckets) found.equal_n = best_of(found.results, report.m);
  std::vector<const Bucket*> order;
  for (const Bucket& found : report.buckets) order.push_back(&found);
  std::ranges::stable_sort(order, {}, [](const Bucket* found) { return found->equal_n.mid; });
  const Bucket &first = *order[0], &second = *order[1];
  const double apart = second.equal_n.lo - first.equal_n.hi;
  verdict.evidence = {{.id = "apart",
                       .what = "distance of the intervals of the two best values",
                       .value = {.mid = apart},
                       .threshold = sigma}};
  verdict.label = apart > sigma ? "BETTER" : "NO_DIFFERENCE";
  verdict.text = apart > sigma
                     ? fmt::format("{} = {} is better than {} at {} trials each.", hparam.name,
                                   first.value, second.value, report.m)
                     : fmt::format(
                           "{}: {} and {} do not differ by more than tuning and noise at {} "
                           "trials each.",
                           hparam.name, first.value, second.value, report.m);
  if (static_cast<double>(most) > kUnequal * static_cast<double>(least))
    verdict.warnings.push_back(
        fmt::format("W-UNEQUAL-TUNING: {} to {} trials a value; compared at the best of {}", least,
                    most, least));
  for (const Bucket& found : report.buckets)
    verdict.chart +=
        fmt::format("{:<24} best {:<10.5g} of {:<4} best of {}: {:.5g} [{:.5g}, {:.5g}]\n",
                    found.value, found.results.front(), found.results.size(), report.m,
                    found.equal_n.mid, found.equal_n.lo, found.equal_n.hi);
  return report;
}

std::vector<IsolationReport> isolate_all(const Study& study) {
  const Noise noise = study_noise(study);
  std::vector<IsolationReport> reports;
  for (const HParam& hparam : study.space) {
    if (hparam.role != Role::scientific) continue;
    reports.push_back(isolate(study, hparam, noise.known() ? noise.sigma : 0));
    if (noise.lower_bound) reports.back().verdict.tags.emplace_back("NOISE_LOWER_BOUND");
  }
  return reports;
}

Verdict uniform_verdict(const std::string& name, const std::vector<int64_t>& counts) {
  Verdict verdict{.rule = "SD-08", .label = "KEEP", .text = {}};
  int64_t total = 0;
  for (const int64_t count : counts) total += count;
  const double expected = static_cast<double>(total) / static_cast<double>(counts.size());
  if (counts.size() < 2 || expected < 5) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = fmt::format(
        "{}: {} trials over {} values are too few to say how evenly they "
        "were drawn.",
        name, total, counts.size());
    return verdict;
  }
  double chi = 0;
  for (const int64_t count : counts) {
    const double distance = static_cast<double>(count) - expected;
    chi += distance * distance / expected;
  }
  const double p = chi_squared_above(chi, static_cast<double>(counts.size() - 1));
  verdict.evidence = {{.id = "p",
                       .what = "chance of counts as uneven as these",
                       .value = {.mid = p},
                       .threshold = kNonuniform}};
  verdict.text = fmt::format("{}: {} to {} trials a value.", name,
                             *std::ranges::min_element(counts), *std::ranges::max_element(counts));
  if (p < kNonuniform)
    verdict.warnings = {
        "W-NONUNIFORM: the scientific values were not sampled evenly; some are "
        "tuned better than others"};
  return verdict;
}

}  // namespace coldstart::plan
