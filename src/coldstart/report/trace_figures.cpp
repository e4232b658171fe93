// Sizes of updates, layer by layer: trace_panels() and heat_panels() of figures.h.
//
// The predicted equilibrium is the angle at which updates and weight decay balance
// (equilibrium.angle, docs/metrics.md); as a size of the update it is that angle times the norm of
// the weights.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "coldstart/report/downsample.h"
#include "coldstart/report/figures.h"

namespace coldstart::report {

namespace {

constexpr size_t kMostTrials = 8;
constexpr size_t kPoints = 240;
constexpr size_t kColumns = 96;  // of a heat map

struct Measure {
  const char* name;
  const char* title;
  const char* unit;
  double expected;  // the end of the expected range, docs/metrics.md; 0: none
  const char* expected_text;
};
constexpr Measure kMeasures[] = {
    {"update_l2", "Size of the update (l2)", "norm of the change", 0, ""},
    {"angular_update", "Angle of the update", "radians", 0.5, "expected at most 0.5 rad"},
    {"rrc.train", "Relative change of outputs (RRC)", "relative change", 0.5,
     "expected at most 0.5"},
    {"snr", "Signal-to-noise ratio of the gradient", "snr of one sample", 0, ""},
};

// "h.3.attn.q.weight" is layer 3 of "attn.q.weight"; other names have no layer.
std::pair<int, std::string> layer_of(const std::string& place) {
  if (!place.starts_with("h.")) return {-1, place};
  int layer = 0;
  const char* end = place.data() + place.size();
  const auto [at, error] = std::from_chars(place.data() + 2, end, layer);
  if (error != std::errc() || at == end || *at != '.') return {-1, place};
  return {layer, std::string(at + 1, end)};
}

const plan::Trace* find(const TrialDetail& detail, std::string_view measure,
                        const std::string& place) {
  for (const plan::Trace& trace : detail.traces)
    if (trace.measure == measure && trace.place == place) return &trace;
  return nullptr;
}

Series line_of(const plan::Trace& trace, const std::string& label, int color) {
  const std::vector<double> x(trace.step.begin(), trace.step.end());
  Series series{.label = label, .color = color, .x = {}, .y = {}};
  for (const size_t i : keep_extremes(x, trace.value, kPoints)) {
    series.x.push_back(x[i]);
    series.y.push_back(trace.value[i]);
  }
  return series;
}

// Angle times norm of the weights, at the steps that have both.
plan::Trace equilibrium_size(const plan::Trace& angle, const plan::Trace& norm) {
  plan::Trace size;
  for (size_t i = 0, j = 0; i < angle.step.size() && j < norm.step.size();) {
    if (angle.step[i] < norm.step[j]) {
      ++i;
    } else if (angle.step[i] > norm.step[j]) {
      ++j;
    } else {
      size.step.push_back(angle.step[i]);
      size.value.push_back(angle.value[i++] * norm.value[j++]);
    }
  }
  return size;
}

// The predicted equilibrium beside a trace, when it was recorded.
void add_equilibrium(const TrialDetail& detail, const Measure& measure, const std::string& place,
                     const std::string& label, int color, Figure& figure) {
  const std::string name = measure.name;
  const plan::Trace* angle = find(detail, "equilibrium.angle", place);
  if (!angle || (name != "angular_update" && name != "update_l2")) return;
  plan::Trace trace = *angle;
  if (name == "update_l2") {
    const plan::Trace* norm = find(detail, "weight_norm", place);
    if (!norm) return;
    trace = equilibrium_size(*angle, *norm);
  }
  Series series = line_of(trace, label + ", equilibrium", color);
  series.dashed = true;
  figure.series.push_back(std::move(series));
}

// The parts of a model that a measure was taken of: the words of the picker, with their places.
std::map<std::string, std::vector<std::pair<std::string, std::string>>> parts_of(
    const TrialDetail& detail, const std::string& measure) {
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> parts;  // label, place
  for (const plan::Trace& trace : detail.traces) {
    if (trace.measure != measure) continue;
    const auto [layer, rest] = layer_of(trace.place);
    if (layer >= 0)
      parts[rest].emplace_back(fmt::format("layer {}", layer), trace.place);
    else if (trace.place.starts_with("role/"))
      parts["by role"].emplace_back(trace.place.substr(5), trace.place);
    else if (trace.place != "model")
      parts["others"].emplace_back(trace.place, trace.place);
    else
      parts["whole model"].emplace_back("model", trace.place);
  }
  return parts;
}

Figure trace_figure(const TrialDetail& detail, const Measure& measure,
                    const std::vector<std::pair<std::string, std::string>>& places) {
  Figure figure{.id = "",
                .title = measure.title,
                .caption = fmt::format("Measure {} (docs/metrics.md).", measure.name),
                .x = {"step", true},
                .y = {measure.unit, true}};
  int color = 0;
  for (const auto& [label, place] : places)
    figure.series.push_back(line_of(*find(detail, measure.name, place), label, color++));
  const size_t measured = figure.series.size();
  color = 0;
  for (const auto& [label, place] : places)
    add_equilibrium(detail, measure, place, label, color++, figure);
  if (figure.series.size() > measured)
    figure.caption += " Dashed: the predicted equilibrium of updates and weight decay.";
  if (measure.expected > 0)
    figure.lines.push_back({measure.expected_text, measure.expected, false});
  if (std::string_view(measure.name) == "snr" && detail.batch_sequences > 0)
    figure.lines.push_back({fmt::format("1/B, B = {:.0f} sequences", detail.batch_sequences),
                            1 / detail.batch_sequences, false});
  return figure;
}

std::vector<size_t> with_traces(const Input& input) {
  std::vector<size_t> trials;
  for (const size_t i : trials_to_show(input, kMostTrials))
    if (i < input.details.size() && !input.details[i].traces.empty()) trials.push_back(i);
  return trials;
}

// Parameters from the input to the output: embeddings, layers in order, the rest.
std::tuple<int, int, std::string> depth_of(const std::string& place) {
  const auto [layer, rest] = layer_of(place);
  if (layer >= 0) return {1, layer, rest};
  return {place.find("embedding") != std::string::npos ? 0 : 2, 0, place};
}

Figure heat_figure(const TrialDetail& detail, const Measure& measure) {
  std::map<std::tuple<int, int, std::string>, const plan::Trace*> rows;
  std::set<int64_t> steps;
  for (const plan::Trace& trace : detail.traces) {
    if (trace.measure != measure.name || trace.place == "model" || trace.place.starts_with("role/"))
      continue;
    rows[depth_of(trace.place)] = &trace;
    steps.insert(trace.step.begin(), trace.step.end());
  }
  Figure figure{.id = "",
                .title = fmt::format("{}, layer by step", measure.title),
                .caption = "Each cell is the largest value of its steps.",
                .x = {"step"},
                .y = {measure.unit}};
  if (rows.empty()) return figure;
  const std::vector<int64_t> all(steps.begin(), steps.end());
  const size_t columns = std::min(kColumns, all.size());
  // Column c holds the recorded steps from all[c n / columns] on.
  const auto begins = [&](size_t c) { return all[c * all.size() / columns]; };
  for (size_t c = 0; c < columns; ++c)
    figure.heat.columns.push_back(static_cast<double>(begins(c)));
  for (const auto& [depth, trace] : rows) {
    figure.heat.rows.push_back(trace->place);
    std::vector<double> cells(columns, std::numeric_limits<double>::quiet_NaN());
    size_t column = 0;
    for (size_t i = 0; i < trace->step.size(); ++i) {
      while (column + 1 < columns && trace->step[i] >= begins(column + 1)) ++column;
      if (!(trace->value[i] <= cells[column])) cells[column] = trace->value[i];
    }
    figure.heat.values.insert(figure.heat.values.end(), cells.begin(), cells.end());
  }
  return figure;
}

}  // namespace

std::vector<Panel> trace_panels(const Input& input) {
  std::vector<Panel> panels;
  const bool many = input.study.trials.size() > 1;
  const std::vector<Knob> knobs = varied_knobs(input.study);
  for (const Measure& measure : kMeasures) {
    std::string id = fmt::format("trace_{}", measure.name);
    std::ranges::replace(id, '.', '_');
    Panel panel{.id = id, .variants = {}};
    if (many) panel.pickers.emplace_back("trial");
    panel.pickers.emplace_back("of");
    for (const size_t i : with_traces(input)) {
      const auto parts = parts_of(input.details[i], measure.name);
      for (const auto& [part, places] : parts) {
        std::vector<std::string> keys;
        if (many) keys.push_back(label_of(knobs, input.study.trials[i]));
        keys.push_back(part);
        Figure figure = trace_figure(input.details[i], measure, places);
        figure.id = id;
        panel.variants.push_back({keys, std::move(figure)});
      }
    }
    if (!panel.variants.empty()) panels.push_back(std::move(panel));
  }
  return panels;
}

std::vector<Panel> heat_panels(const Input& input) {
  const bool many = input.study.trials.size() > 1;
  const std::vector<Knob> knobs = varied_knobs(input.study);
  Panel panel{.id = "heat", .variants = {}};
  if (many) panel.pickers.emplace_back("trial");
  panel.pickers.emplace_back("measure");
  for (const size_t i : with_traces(input)) {
    for (const Measure& measure : kMeasures) {
      Figure figure = heat_figure(input.details[i], measure);
      if (figure.heat.rows.size() < 2) continue;
      figure.id = panel.id;
      std::vector<std::string> keys;
      if (many) keys.push_back(label_of(knobs, input.study.trials[i]));
      keys.emplace_back(measure.title);
      panel.variants.push_back({keys, std::move(figure)});
    }
  }
  if (panel.variants.empty()) return {};
  return {std::move(panel)};
}

}  // namespace coldstart::report
