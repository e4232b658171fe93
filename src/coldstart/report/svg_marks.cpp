#include "coldstart/report/svg_marks.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace coldstart::report {

namespace {

constexpr const char* kPalette[] = {"#3b7dd8", "#e0604c", "#2f9e5b", "#c9a227",
                                    "#8a63d2", "#1aa3b8", "#d6518f", "#7a8b2f",
                                    "#9c6b43", "#6f76d9", "#e58f3d", "#6d8794"};

std::string color_of(int color) {
  if (color == -1) return "#8b949e";
  if (color == -2) return "#e5484d";
  return kPalette[static_cast<size_t>(color) % std::size(kPalette)];
}

std::string star(double x, double y, const std::string& fill) {
  std::string points;
  for (int i = 0; i < 10; ++i) {
    const double r = i % 2 == 1 ? 3.2 : 8, a = M_PI * (i / 5.0 - 0.5);
    points += fmt::format("{:.1f},{:.1f} ", x + r * std::cos(a), y + r * std::sin(a));
  }
  return fmt::format("<polygon points=\"{}\" fill=\"{}\" stroke=\"#333\" stroke-width=\"0.7\"/>\n",
                     points, fill);
}

std::string mark_at(Mark mark, double x, double y, const std::string& color) {
  if (mark == Mark::stars) return star(x, y, color);
  if (mark == Mark::crosses)
    return fmt::format(
        "<path d=\"M{:.1f} {:.1f}l9 9m0 -9l-9 9\" stroke=\"{}\" stroke-width=\"2.2\"/>\n", x - 4.5,
        y - 4.5, color);
  return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.2\" fill=\"{}\"/>\n", x, y, color);
}

}  // namespace

std::string marks(const Series& series, const Scale& x, const Scale& y) {
  std::string out;
  for (size_t i = 0; i < series.x.size(); ++i)
    if (x.holds(series.x[i]) && y.holds(series.y[i]))
      out += mark_at(series.mark, x(series.x[i]), y(series.y[i]), color_of(series.color));
  return out;
}

std::string line(const Series& series, const Scale& x, const Scale& y) {
  std::string path;
  bool down = false;
  for (size_t i = 0; i < series.x.size(); ++i) {
    if (!x.holds(series.x[i]) || !y.holds(series.y[i])) {
      down = false;
      continue;
    }
    path += fmt::format("{}{:.1f} {:.1f}", down ? "L" : "M", x(series.x[i]), y(series.y[i]));
    down = true;
  }
  return fmt::format(
      "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{} "
      "clip-path=\"url(#plot)\"/>\n",
      path, color_of(series.color), series.color == -1 ? 1.0 : 1.7,
      series.dashed ? " stroke-dasharray=\"5 4\"" : "");
}

std::string bars(const Series& series, const Scale& x, const Scale& y) {
  std::string out;
  for (size_t i = 0; i < series.y.size(); ++i)
    out += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\" "
        "fill-opacity=\"0.7\" stroke=\"{}\"/>\n",
        x(series.lo[i]), y(series.y[i]), x(series.hi[i]) - x(series.lo[i]), y(0) - y(series.y[i]),
        color_of(series.color), color_of(series.color));
  return out;
}

std::string intervals(const Series& series, const Scale& x, const Scale& y) {
  std::string out;
  if (series.mark == Mark::line && !series.lo.empty()) {
    std::string forth, back;
    for (size_t i = 0; i < series.lo.size(); ++i) {
      if (!x.holds(series.x[i]) || !y.holds(series.lo[i]) || !y.holds(series.hi[i])) continue;
      forth += fmt::format("{:.1f},{:.1f} ", x(series.x[i]), y(series.hi[i]));
      back.insert(0, fmt::format("{:.1f},{:.1f} ", x(series.x[i]), y(series.lo[i])));
    }
    return fmt::format("<polygon points=\"{}{}\" fill=\"{}\" fill-opacity=\"0.18\"/>\n", forth,
                       back, color_of(series.color));
  }
  for (size_t i = 0; i < series.lo.size(); ++i)
    if (x.holds(series.x[i]) && y.holds(series.lo[i]) && series.lo[i] < series.hi[i])
      out += fmt::format(
          "<path d=\"M{0:.1f} {1:.1f}V{2:.1f}\" stroke=\"{3}\" stroke-width=\"1.4\" "
          "opacity=\"0.7\"/>\n",
          x(series.x[i]), y(series.lo[i]), y(series.hi[i]), color_of(series.color));
  return out;
}

std::string swatch(const Series& series, double x, double y) {
  const std::string color = color_of(series.color);
  if (series.mark == Mark::line || series.mark == Mark::line_points || series.mark == Mark::bars)
    return fmt::format("<path d=\"M{:.1f} {:.1f}h18\" stroke=\"{}\" stroke-width=\"3\"{}/>\n", x, y,
                       color, series.dashed ? " stroke-dasharray=\"4 3\"" : "");
  return mark_at(series.mark, x + 9, y, color);
}

}  // namespace coldstart::report
