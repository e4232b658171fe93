#include "coldstart/study/warmup_extend.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "coldstart/core/text.h"

namespace coldstart::study {

namespace {

// The rates of an optimizer that were tried.
std::vector<double> rates_of(const plan::Study& study, const std::string& optimizer) {
  std::set<double> rates;
  for (const plan::Trial& trial : study.trials) {
    const auto name = trial.values.find("optimizer.name"), rate = trial.values.find("optimizer.lr");
    if (name == trial.values.end() || rate == trial.values.end() || name->second != optimizer)
      continue;
    if (const auto lr = parse_double(rate->second)) rates.insert(*lr);
  }
  return {rates.begin(), rates.end()};
}

// As it is written in the study.
std::string text_of(double rate) { return fmt::format("{:.6g}", rate); }

// One more at the distance of the last two.
double beyond(double inner, double last) { return *parse_double(text_of(last * last / inner)); }

}  // namespace

std::vector<AddedRate> rates_beyond(const plan::Study& study, const WarmupReport& report) {
  std::vector<AddedRate> added;
  for (const OptimizerVerdict& verdict : report.verdicts) {
    const std::vector<double> rates = rates_of(study, verdict.optimizer);
    bool low = false, high = false, over = rates.size() >= 2;
    for (const WarmupCell& cell : report.cells) {
      if (cell.optimizer != verdict.optimizer) continue;
      low = low || cell.end == RangeEnd::low || cell.end == RangeEnd::nothing;
      high = high || cell.end == RangeEnd::high;
      over = over && cell.missing == 0;
    }
    if (!over) continue;
    if (low)
      added.push_back(
          {.optimizer = verdict.optimizer, .lr = beyond(rates[1], rates.front()), .above = false});
    if (high)
      added.push_back({.optimizer = verdict.optimizer,
                       .lr = beyond(rates[rates.size() - 2], rates.back()),
                       .above = true});
  }
  return added;
}

std::vector<Values> points_of(const plan::Study& study, const std::vector<AddedRate>& added) {
  std::vector<Values> points;
  for (const AddedRate& rate : added) {
    // As the points that are there, at another rate.
    std::vector<Values> seen;
    for (const plan::Trial& trial : study.trials) {
      Values values = trial.values;
      if (values["optimizer.name"] != rate.optimizer) continue;
      values["optimizer.lr"] = text_of(rate.lr);
      if (std::ranges::find(seen, values) == seen.end()) seen.push_back(std::move(values));
    }
    points.insert(points.end(), seen.begin(), seen.end());
  }
  return points;
}

}  // namespace coldstart::study
