#include "coldstart/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/report/escape.h"
#include "coldstart/report/svg_marks.h"
#include "coldstart/report/svg_scale.h"

namespace coldstart::report {

namespace {

constexpr double kWidth = 760, kLeft = 72, kRight = 18, kTop = 40, kPlot = 320, kBottom = 58;
constexpr size_t kMostInLegend = 24;

std::string short_number(double value) { return fmt::format("{:.4g}", value); }

std::string text_at(double x, double y, const std::string& text, const char* anchor,
                    const char* extra = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                     anchor, extra, html(text));
}

std::string frame(const Figure& figure, const Scale& x, const Scale& y) {
  const double bottom = kTop + kPlot, right = kWidth - kRight;
  std::string out;
  const auto vertical = [&](double at, const std::string& text) {
    out += fmt::format("<path d=\"M{:.1f} {}V{}\" stroke=\"#e3e6ea\"/>\n", at, kTop, bottom);
    out += text_at(at, bottom + 16, text, "middle");
  };
  if (!figure.x.names.empty()) {
    for (size_t i = 0; i < figure.x.names.size(); ++i)
      vertical(x(static_cast<double>(i)), figure.x.names[i]);
  } else {
    for (const double tick : ticks(x.lo(), x.hi(), x.log(), 8))
      vertical(x(tick), short_number(tick));
  }
  for (const double tick : ticks(y.lo(), y.hi(), y.log())) {
    out += fmt::format("<path d=\"M{} {:.1f}H{}\" stroke=\"#e3e6ea\"/>\n", kLeft, y(tick), right);
    out += text_at(kLeft - 6, y(tick) + 4, short_number(tick), "end");
  }
  out += fmt::format(
      "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#9aa4af\"/>\n",
      kLeft, kTop, right - kLeft, kPlot);
  out += text_at((kLeft + right) / 2, bottom + 40, figure.x.label, "middle");
  out += fmt::format(
      "<text transform=\"translate(18 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
      kTop + kPlot / 2, html(figure.y.label));
  for (const Guide& guide : figure.lines) {
    const Scale& scale = guide.vertical ? x : y;
    if (!scale.holds(guide.value)) continue;
    const double at = scale(guide.value);
    if (guide.vertical ? at < kLeft || at > right : at < kTop || at > bottom) continue;
    out += guide.vertical ? fmt::format("<path d=\"M{:.1f} {}V{}\"", at, kTop, bottom)
                          : fmt::format("<path d=\"M{} {:.1f}H{}\"", kLeft, at, right);
    out += " stroke=\"#57606a\" stroke-dasharray=\"3 3\"/>\n";
    out += guide.vertical ? text_at(at + 4, kTop + 12, guide.label, "start")
                          : text_at(right - 4, at - 4, guide.label, "end");
  }
  return out;
}

std::string legend(const Figure& figure, double& y) {
  std::string out;
  if (figure.series.size() < 2) return out;
  for (size_t i = 0; i < std::min(figure.series.size(), kMostInLegend); ++i) {
    const Series& series = figure.series[i];
    const double x = kLeft + (i % 2 == 0 ? 0 : (kWidth - kLeft) / 2);
    if (i % 2 == 0) y += 17;
    out += swatch(series, x, y - 4);
    out += text_at(x + 24, y, series.label, "start");
  }
  if (figure.series.size() > kMostInLegend)
    out += text_at(kLeft, y += 17, fmt::format("and {} more", figure.series.size() - kMostInLegend),
                   "start");
  return out;
}

std::string document(const Figure& figure, double height, const std::string& body) {
  // A long title is set smaller, so that it fits into the width.
  const double size =
      std::min(15.0, (kWidth - kLeft) * 1.75 / std::max<double>(1, double(figure.title.size())));
  const std::string title_style = fmt::format(" font-size=\"{:.1f}\" font-weight=\"600\"", size);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1:.0f}\" width=\"{0}\" "
      "height=\"{1:.0f}\" font-family=\"system-ui, sans-serif\" font-size=\"12\" "
      "fill=\"#24292f\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
      "<clipPath id=\"plot\"><rect x=\"{2}\" y=\"{3}\" width=\"{4}\" "
      "height=\"{5}\"/></clipPath>\n{6}{7}"
      "</svg>\n",
      kWidth, height, kLeft, kTop, kWidth - kLeft - kRight, kPlot,
      text_at(kLeft, 22, figure.title, "start", title_style.c_str()), body);
}

// Dark blue over green to yellow, as in the page.
std::string shade(double share) {
  constexpr double stops[][3] = {
      {68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 201, 98}, {253, 231, 37}};
  const double at = std::clamp(share, 0.0, 1.0) * 4;
  const auto i = std::min<size_t>(static_cast<size_t>(at), 3);
  const auto mix = [&](int c) {
    return static_cast<int>(
        std::lround(std::lerp(stops[i][c], stops[i + 1][c], at - static_cast<double>(i))));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2));
}

std::string heat_svg(const Figure& figure) {
  const HeatMap& heat = figure.heat;
  const double left = 190, cell = 15, top = kTop;
  const double width = (kWidth - left - kRight) / static_cast<double>(heat.columns.size());
  const double bottom = top + cell * static_cast<double>(heat.rows.size());
  Range range;
  for (const double value : heat.values) range.add(value, heat.log);
  const Scale scale(range, heat.log, 0, 1);
  std::string body;
  for (size_t r = 0; r < heat.rows.size(); ++r) {
    const double y = top + cell * static_cast<double>(r);
    body += text_at(left - 6, y + 11, heat.rows[r], "end");
    for (size_t c = 0; c < heat.columns.size(); ++c) {
      const double value = heat.values[r * heat.columns.size() + c];
      if (!scale.holds(value)) continue;
      body += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\" fill=\"{}\"/>\n",
          left + width * static_cast<double>(c), y, width + 0.4, cell + 0.4, shade(scale(value)));
    }
  }
  body += text_at(left, bottom + 16, fmt::format("step {}", heat.columns.front()), "start");
  body += text_at(kWidth - kRight, bottom + 16, fmt::format("{}", heat.columns.back()), "end");
  for (int i = 0; i < 50; ++i)
    body +=
        fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"4.5\" height=\"10\" fill=\"{}\"/>\n",
                    left + 60 + 4.0 * i, bottom + 28, shade(i / 49.0));
  body += text_at(left + 54, bottom + 37, short_number(range.lo), "end");
  body += text_at(left + 268, bottom + 37, short_number(range.hi) + " " + figure.y.label, "start");
  return document(figure, bottom + 50, body);
}

}  // namespace

std::string svg(const Figure& figure) {
  if (!figure.heat.rows.empty()) return heat_svg(figure);
  Range xs, ys;
  bool has_bars = false;
  for (const Series& series : figure.series) {
    has_bars |= series.mark == Mark::bars;
    for (const double x : series.mark == Mark::bars ? series.lo : series.x) xs.add(x, figure.x.log);
    if (series.mark == Mark::bars)
      for (const double x : series.hi) xs.add(x, figure.x.log);
    for (const double y : series.y) ys.add(y, figure.y.log);
    if (series.mark == Mark::bars) continue;
    for (const double y : series.lo) ys.add(y, figure.y.log);
    for (const double y : series.hi) ys.add(y, figure.y.log);
  }
  for (const Guide& guide : figure.lines)
    if (!guide.vertical) ys.reach(guide.value, figure.y.log);
  if (has_bars) ys = {0, 1.06 * ys.hi};
  if (!figure.x.names.empty()) xs = {-0.5, static_cast<double>(figure.x.names.size()) - 0.5};
  Scale x(xs, figure.x.log && figure.x.names.empty(), kLeft, kWidth - kRight);
  Scale y(ys, figure.y.log, kTop + kPlot, kTop);
  if (figure.x.names.empty() && !has_bars) x.widen(0.02);
  if (!has_bars) y.widen(0.04);
  std::string body = frame(figure, x, y);
  for (const Series& series : figure.series) {
    if (series.mark == Mark::bars) {
      body += bars(series, x, y);
      continue;
    }
    body += intervals(series, x, y);
    if (series.mark == Mark::line || series.mark == Mark::line_points) body += line(series, x, y);
    if (series.mark != Mark::line) body += marks(series, x, y);
  }
  double end = kTop + kPlot + kBottom;
  body += legend(figure, end);
  return document(figure, end + 14, body);
}

}  // namespace coldstart::report
