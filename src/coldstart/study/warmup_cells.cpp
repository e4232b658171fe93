#include "coldstart/study/warmup_cells.h"

#include <fmt/format.h>

#include <iterator>
#include <optional>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

namespace coldstart::study {

namespace {

std::string value_of(const plan::Trial& trial, const char* name) {
  const auto value = trial.values.find(name);
  return value == trial.values.end() ? "" : value->second;
}

// The trial's best evaluation; nothing when it has none or did not finish.
std::optional<double> result_of(const plan::Trial& trial) {
  std::optional<double> best;
  if (trial.state != plan::TrialState::finished) return best;
  for (const double value : trial.evals.val)
    if (std::isfinite(value) && (!best || value < *best)) best = value;
  return best;
}

RangeEnd end_of(const Rates& rates, Rates::const_iterator best) {
  const auto next = std::next(best);
  if (best == rates.begin()) return RangeEnd::low;
  if (next == rates.end()) return RangeEnd::high;
  return !next->second.trains() && next->second.infeasible > 0 ? RangeEnd::stability
                                                               : RangeEnd::inside;
}

}  // namespace

std::vector<std::string> choices_of(const plan::Study& study, const char* name) {
  for (const plan::HParam& p : study.space)
    if (p.name == name && !p.choices.empty()) return p.choices;
  throw DataError(
      "warmup", fmt::format("the study '{}' has no choices of {}", study.name, name),
      "it has to cross optimizer.name and schedule.warmup (choices) with optimizer.lr (range)");
}

Rates rates_of(const plan::Study& study, const std::string& optimizer, const std::string& warmup) {
  Rates rates;
  for (const plan::Trial& trial : study.trials) {
    const auto lr = parse_double(value_of(trial, kRateName));
    if (!lr || value_of(trial, kOptimizerName) != optimizer ||
        value_of(trial, kWarmupName) != warmup)
      continue;
    Rate& rate = rates[*lr];
    ++rate.trials;
    rate.infeasible += !trial.feasible();
    if (const auto loss = result_of(trial)) rate.losses.push_back(*loss);
  }
  return rates;
}

Rates::const_iterator best_of(const Rates& rates) {
  auto best = rates.end();
  for (auto rate = rates.begin(); rate != rates.end(); ++rate)
    if (rate->second.trains() && (best == rates.end() || rate->second.mean() < best->second.mean()))
      best = rate;
  return best;
}

WarmupCell cell_of(const Rates& rates, const std::string& optimizer, const std::string& warmup,
                   double sigma) {
  WarmupCell cell{.optimizer = optimizer, .warmup = warmup};
  for (const auto& [lr, rate] : rates) {
    const auto done = static_cast<int64_t>(rate.losses.size());
    cell.finished += done;
    cell.infeasible += rate.infeasible;
    cell.missing += rate.trials - done - rate.infeasible;
  }
  const auto best = best_of(rates);
  cell.end = RangeEnd::nothing;
  if (best == rates.end()) return cell;
  cell.end = end_of(rates, best);
  cell.lr = best->first;
  cell.loss = best->second.mean();
  cell.seeds = std::ssize(best->second.losses);
  cell.se = sigma / std::sqrt(static_cast<double>(cell.seeds));
  if (std::isnan(sigma)) return cell;
  auto low = best, high = best;
  while (low != rates.begin() && std::prev(low)->second.trains() &&
         std::prev(low)->second.mean() <= cell.loss + sigma)
    --low;
  while (std::next(high) != rates.end() && std::next(high)->second.trains() &&
         std::next(high)->second.mean() <= cell.loss + sigma)
    ++high;
  cell.width_decades = std::log10(high->first / low->first);
  return cell;
}

std::vector<size_t> trials_at(const plan::Study& study, const std::string& optimizer,
                              const std::string& warmup, double lr) {
  std::vector<size_t> found;
  for (size_t i = 0; i < study.trials.size(); ++i) {
    const plan::Trial& trial = study.trials[i];
    if (value_of(trial, kOptimizerName) == optimizer && value_of(trial, kWarmupName) == warmup &&
        parse_double(value_of(trial, kRateName)) == lr)
      found.push_back(i);
  }
  return found;
}

}  // namespace coldstart::study
