// Loss against learning rate: lr_panels() of figures.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "coldstart/report/figures.h"
#include "coldstart/report/top_edge.h"

namespace coldstart::report {

namespace {

struct Group {
  std::string optimizer, warmup;
  std::map<double, std::vector<double>> results;  // rate -> of each seed
  std::map<double, std::vector<std::string>> infeasible;
};

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Standard error of the mean; 0 of a single value.
double error_of(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const auto n = static_cast<double>(values.size());
  return std::sqrt(squares / (n - 1) / n);
}

std::optional<double> rate_of(const plan::Trial& trial, const std::string& knob) {
  if (const auto rate = knob.empty() ? std::nullopt : number_of(trial, knob)) return rate;
  if (trial.schedule) return trial.schedule->base;
  return std::nullopt;
}

// A warmup of "0" sorts before "2%" and "10%".
double order_of(const std::string& warmup) {
  double value = 0;
  return std::sscanf(warmup.c_str(), "%lf", &value) == 1 ? value : HUGE_VAL;
}

std::vector<Group> groups_of(const plan::Study& study, const std::string& rate_knob) {
  const std::string optimizer = knob_of_kind(study, plan::Kind::optimizer);
  const std::string warmup = knob_of_kind(study, plan::Kind::warmup);
  std::map<std::tuple<std::string, double, std::string>, Group> groups;
  for (const plan::Trial& trial : study.trials) {
    const auto rate = rate_of(trial, rate_knob);
    if (!rate || !(*rate > 0)) continue;
    Group group{
        value_of(trial, optimizer).value_or(""), value_of(trial, warmup).value_or(""), {}, {}};
    Group& place =
        groups.try_emplace({group.optimizer, order_of(group.warmup), group.warmup}, group)
            .first->second;
    if (const auto result = result_of(study, trial))
      place.results[*rate].push_back(result->value);
    else if (!trial.feasible())
      place.infeasible[*rate].push_back(trial.name + ": " + std::string(enum_name(trial.reason)));
  }
  std::vector<Group> ordered;
  for (auto& [key, group] : groups) ordered.push_back(std::move(group));
  return ordered;
}

std::string label_of_group(const Group& group) {
  std::string label = group.optimizer;
  if (!group.warmup.empty()) label += (label.empty() ? "warmup " : ", warmup ") + group.warmup;
  return label.empty() ? "all trials" : label;
}

// Dashed: the shortest warmup of each optimizer.
std::vector<Series> series_of(const std::vector<Group>& groups) {
  std::vector<Series> series;
  for (const Group& group : groups) {
    const bool first = series.empty() || groups[series.size() - 1].optimizer != group.optimizer;
    Series line{.label = label_of_group(group),
                .mark = Mark::line_points,
                .color = static_cast<int>(series.size()),
                .dashed = first && !group.warmup.empty(),
                .x = {},
                .y = {}};
    for (const auto& [rate, results] : group.results) {
      const double mean = mean_of(results), error = error_of(results);
      line.x.push_back(rate);
      line.y.push_back(mean);
      line.lo.push_back(mean - error);
      line.hi.push_back(mean + error);
      line.notes.push_back(results.size() == 1 ? "1 seed"
                                               : fmt::format("{} seeds, standard error {:.3g}",
                                                             results.size(), error));
    }
    series.push_back(std::move(line));
  }
  return series;
}

Figure figure_of(const plan::Study& study, const std::vector<Group>& groups) {
  Figure figure{.id = "loss_against_lr",
                .title = fmt::format("{} against learning rate", study.metric),
                .caption =
                    "Best evaluation of each run, mean over seeds with its standard error. "
                    "Dashed: the shortest warmup. Crosses on the top edge: infeasible.",
                .x = {"peak learning rate", true},
                .y = {study.metric}};
  figure.series = series_of(groups);
  Series crosses = edge_series("infeasible");
  const double edge = top_edge(figure.series);
  for (const Group& group : groups)
    for (const auto& [rate, names] : group.infeasible)
      for (const std::string& name : names)
        add_on_edge(crosses, rate, edge, label_of_group(group) + ": " + name);
  if (!crosses.x.empty()) figure.series.push_back(std::move(crosses));
  return figure;
}

}  // namespace

std::vector<Panel> lr_panels(const Input& input) {
  const plan::Study& study = input.study;
  const std::vector<Group> groups = groups_of(study, knob_of_kind(study, plan::Kind::base_lr));
  size_t rates = 0;
  std::map<std::string, std::vector<Group>> by_optimizer;
  for (const Group& group : groups) {
    rates = std::max(rates, group.results.size() + group.infeasible.size());
    by_optimizer[group.optimizer].push_back(group);
  }
  if (rates < 2) return {};
  Panel panel{.id = "loss_against_lr", .variants = {{{}, figure_of(study, groups)}}};
  if (by_optimizer.size() == 1 || by_optimizer.size() == groups.size()) return {std::move(panel)};
  panel.pickers = {"optimizer"};
  panel.variants[0].keys = {"all"};
  for (const auto& [optimizer, own] : by_optimizer)
    panel.variants.push_back({{optimizer}, figure_of(study, own)});
  return {std::move(panel)};
}

}  // namespace coldstart::report
