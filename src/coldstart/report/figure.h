// Figure: what a chart shows, as data. page.h draws it in a browser, svg.h as a file.
//
// Drawing decides nothing: positions, marks, labels and what is said of a point all stand here, so
// that both kinds show the same and tests can look at the numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coldstart::report {

enum class Mark : uint8_t { line, points, line_points, stars, crosses, bars };

struct Series {
  std::string label;
  Mark mark = Mark::line;
  int color = 0;  // of the palette, which repeats; -1: grey, -2: red
  bool dashed = false;
  bool on_edge = false;                  // y is a place on the top edge, not a value
  std::vector<double> x, y;              // a NaN is a gap
  std::vector<double> lo = {}, hi = {};  // interval around y; empty: none
  std::vector<std::string> notes = {};   // of each point; empty: none
};

struct Axis {
  std::string label;
  bool log = false;                     // how it is shown first; a reader can switch
  std::vector<std::string> names = {};  // words instead of numbers: position i is names[i]
};

// A line across: a threshold, a quantile.
struct Guide {
  std::string label;
  double value = 0;
  bool vertical = false;
};

// Colours of rows x columns; a NaN stays empty.
struct HeatMap {
  std::vector<std::string> rows;
  std::vector<double> columns;  // the step of each column
  std::vector<double> values;   // (rows, columns)
  bool log = true;
};

struct Figure {
  std::string id;  // letters, digits and _: name of its file
  std::string title, caption;
  Axis x, y;
  std::vector<Series> series = {};
  std::vector<Guide> lines = {};
  HeatMap heat = {};  // instead of series, when it has rows
};

// Figures of which one is shown, chosen by a word for each picker.
struct Variant {
  std::vector<std::string> keys;  // one a picker
  Figure figure;
};
struct Panel {
  std::string id;
  std::vector<std::string> pickers = {};
  std::vector<Variant> variants;
};

}  // namespace coldstart::report
