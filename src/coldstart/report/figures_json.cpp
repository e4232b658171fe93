// The figures of a report as JSON for assets/page/: figures_json() of page.h.
#include <fmt/format.h>

#include "coldstart/report/escape.h"
#include "coldstart/report/page.h"

namespace coldstart::report {

namespace {

template <class List, class Write>
std::string array(const List& list, Write write) {
  std::string text = "[";
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) text += ',';
    text += write(list[i]);
  }
  return text += ']';
}

std::string numbers(const std::vector<double>& values) { return array(values, json_number); }
std::string strings(const std::vector<std::string>& texts) {
  return array(texts, [](const std::string& text) { return json_string(text); });
}

const char* mark_name(Mark mark) {
  switch (mark) {
    case Mark::line:
      return "line";
    case Mark::points:
      return "points";
    case Mark::line_points:
      return "line_points";
    case Mark::stars:
      return "stars";
    case Mark::crosses:
      return "crosses";
    case Mark::bars:
      return "bars";
  }
  return "line";
}

std::string series_json(const Series& series) {
  std::string text =
      fmt::format(R"({{"label":{},"mark":"{}","color":{},"dashed":{},"edge":{},"x":{},"y":{})",
                  json_string(series.label), mark_name(series.mark), series.color, series.dashed,
                  series.on_edge, numbers(series.x), numbers(series.y));
  if (!series.lo.empty())
    text += fmt::format(R"(,"lo":{},"hi":{})", numbers(series.lo), numbers(series.hi));
  if (!series.notes.empty()) text += fmt::format(",\"notes\":{}", strings(series.notes));
  return text += '}';
}

std::string axis_json(const Axis& axis) {
  return fmt::format(R"({{"label":{},"log":{},"names":{}}})", json_string(axis.label), axis.log,
                     strings(axis.names));
}

std::string heat_json(const HeatMap& heat) {
  return fmt::format(R"({{"rows":{},"columns":{},"values":{},"log":{}}})", strings(heat.rows),
                     numbers(heat.columns), numbers(heat.values), heat.log);
}

std::string figure_json(const Figure& figure) {
  std::string text = fmt::format(
      R"({{"title":{},"caption":{},"x":{},"y":{},"series":{},"lines":{})",
      json_string(figure.title), json_string(figure.caption), axis_json(figure.x),
      axis_json(figure.y), array(figure.series, series_json),
      array(figure.lines, [](const Guide& line) {
        return fmt::format(R"({{"label":{},"value":{},"vertical":{}}})", json_string(line.label),
                           json_number(line.value), line.vertical);
      }));
  if (!figure.heat.rows.empty()) text += fmt::format(",\"heat\":{}", heat_json(figure.heat));
  return text += '}';
}

std::string panel_json(const Panel& panel) {
  return fmt::format(R"({{"id":{},"pickers":{},"variants":{}}})", json_string(panel.id),
                     strings(panel.pickers), array(panel.variants, [](const Variant& variant) {
                       return fmt::format(R"({{"keys":{},"figure":{}}})", strings(variant.keys),
                                          figure_json(variant.figure));
                     }));
}

}  // namespace

std::string figures_json(const Report& report) {
  std::string text = "[";
  for (const Section& section : report.sections)
    for (const Panel& panel : section.panels) {
      if (text.size() > 1) text += ",\n";
      text += panel_json(panel);
    }
  return text += ']';
}

}  // namespace coldstart::report
