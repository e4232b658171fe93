// Result against each varied hyperparameter: axis_panels() of figures.h.
#include <fmt/format.h>

#include <algorithm>

#include "coldstart/report/figures.h"
#include "coldstart/report/top_edge.h"

namespace coldstart::report {

namespace {

constexpr size_t kStars = 3;

// An axis: a hyperparameter, under one value of its parent where it has one, because under another
// it is another hyperparameter, even with the same name (SD-06).
struct KnobAxis {
  Knob knob;
  std::string parent, parent_value;
};

std::vector<KnobAxis> axes_of(const plan::Study& study, const std::vector<Knob>& knobs) {
  std::vector<KnobAxis> axes;
  for (const Knob& knob : knobs) {
    const size_t before = axes.size();
    for (const plan::HParam& hparam : study.space)
      if (hparam.name == knob.name && !hparam.parent.empty())
        axes.push_back({knob, hparam.parent, hparam.parent_value});
    if (axes.size() == before) axes.push_back({knob, "", ""});
  }
  return axes;
}

// Where a trial stands on it; nothing when it does not have it.
std::optional<double> place_of(const plan::Trial& trial, const KnobAxis& axis) {
  if (!axis.parent.empty() && value_of(trial, axis.parent) != axis.parent_value)
    return std::nullopt;
  const Knob& knob = axis.knob;
  if (knob.numeric) return number_of(trial, knob.name);
  const auto value = value_of(trial, knob.name);
  const auto level = value ? std::ranges::find(knob.levels, *value) : knob.levels.end();
  if (level == knob.levels.end()) return std::nullopt;
  return static_cast<double>(level - knob.levels.begin());
}

Figure axis_figure(const Input& input, const KnobAxis& axis, const std::vector<Knob>& knobs,
                   const std::vector<size_t>& order) {
  const plan::Study& study = input.study;
  const Knob& knob = axis.knob;
  Figure figure{.id = "",
                .title = fmt::format("{} against {}", study.metric, knob.name),
                .caption =
                    "A point a trial. Stars: the best three. Crosses on the top edge: "
                    "infeasible trials.",
                .x = {knob.name, knob.log, knob.numeric ? std::vector<std::string>() : knob.levels},
                .y = {study.metric}};
  Series points{.label = "trials", .mark = Mark::points, .color = 0, .x = {}, .y = {}};
  Series stars{.label = "best three", .mark = Mark::stars, .color = 3, .x = {}, .y = {}};
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const plan::Trial& trial = study.trials[order[rank]];
    const auto x = place_of(trial, axis);
    const auto result = result_of(study, trial);
    if (!x || !result) continue;
    Series& series = rank < kStars ? stars : points;
    series.x.push_back(*x);
    series.y.push_back(result->value);
    series.notes.push_back(fmt::format("{}, at step {}", label_of(knobs, trial), result->step));
  }
  figure.series = {points, stars};
  Series crosses = edge_series("infeasible");
  const double edge = top_edge(figure.series);
  for (const plan::Trial& trial : study.trials) {
    const auto x = place_of(trial, axis);
    if (x && !trial.feasible())
      add_on_edge(crosses, *x, edge,
                  fmt::format("{}: {}", label_of(knobs, trial), enum_name(trial.reason)));
  }
  if (!crosses.x.empty()) figure.series.push_back(std::move(crosses));
  if (!axis.parent.empty())
    figure.title += fmt::format(" ({} = {})", axis.parent, axis.parent_value);
  std::erase_if(figure.series, [](const Series& series) { return series.x.empty(); });
  return figure;
}

}  // namespace

std::vector<Panel> axis_panels(const Input& input) {
  const std::vector<size_t> order = ranked(input.study);
  std::vector<Panel> panels;
  const std::vector<Knob> knobs = varied_knobs(input.study);
  for (const KnobAxis& axis : axes_of(input.study, knobs)) {
    Figure figure = axis_figure(input, axis, knobs, order);
    if (figure.series.empty()) continue;
    figure.id = fmt::format("axis_{}", panels.size() + 1);  // names may hold anything
    panels.push_back({.id = figure.id, .variants = {{{}, std::move(figure)}}});
  }
  return panels;
}

}  // namespace coldstart::report
