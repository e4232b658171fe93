#include "coldstart/train/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "coldstart/core/text.h"

namespace coldstart::train {

namespace {

std::string bar(double fraction, int cells, bool unicode) {
  const int full = std::clamp(static_cast<int>(fraction * cells), 0, cells);
  std::string text;
  for (int i = 0; i < cells; ++i) {
    if (unicode) {
      text += i < full ? "━" : "─";
    } else {
      text += i < full ? '#' : '.';
    }
  }
  return text;
}

std::string head(const ProgressState& s) {
  return fmt::format("step {}/{}", s.step, s.total_steps);
}

// `rank` says who goes first when the line is too long: the highest.
struct Field {
  std::string text;
  int rank;
};

// In order of printing.
std::vector<Field> fields_of(const ProgressState& s) {
  std::vector<Field> fields = {
      {fmt::format("loss {:.4f}", s.loss), 0},
      {fmt::format("lr {:.2e}", s.lr), 5},
      {fmt::format("|g| {:.2f}", s.grad_norm), 4},
      {fmt::format("{} tok/s", human_count(s.tokens_per_s)), 2},
  };
  if (s.fraction_of_peak > 0) {
    fields.push_back({fmt::format("{:.0f}% of peak", 100 * s.fraction_of_peak), 3});
  }
  fields.push_back({fmt::format("{} left", human_duration(s.left_s)), 1});
  return fields;
}

}  // namespace

std::string plain_line(const ProgressState& s) {
  std::string line = head(s);
  for (const Field& field : fields_of(s)) line += "  " + field.text;
  return line;
}

std::string table_row(const std::string& label, size_t label_width, const std::string& text,
                      int width) {
  const size_t indent = label_width + 1;
  std::string row = fmt::format("{:<{}}", label, indent);
  size_t column = indent;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const size_t word = end - begin;
    if (column > indent && column + 1 + word > static_cast<size_t>(width)) {
      row += '\n';
      row.append(indent, ' ');
      column = indent;
    }
    row += ' ';
    row.append(text, begin, word);
    column += 1 + word;
    begin = end + 1;
  }
  row += '\n';
  return row;
}

std::string progress_line(const ProgressState& s, int width, bool unicode) {
  const double fraction =
      s.total_steps > 0 ? static_cast<double>(s.step) / static_cast<double>(s.total_steps) : 0;
  std::vector<Field> fields = fields_of(s);
  constexpr int kMaxCells = 30, kMinCells = 8;
  const std::string percent = fmt::format("{:3.0f}%", 100 * fraction);
  const auto columns_beside_bar = [&] {
    size_t columns = head(s).size() + 2 + percent.size();
    for (const Field& field : fields) columns += 2 + field.text.size();
    return static_cast<int>(columns);
  };
  while (!fields.empty() && columns_beside_bar() + kMinCells > width) {
    fields.erase(std::max_element(fields.begin(), fields.end(),
                                  [](const Field& a, const Field& b) { return a.rank < b.rank; }));
  }
  const int cells = std::min(kMaxCells, width - columns_beside_bar());
  if (cells < 1) return head(s).substr(0, static_cast<size_t>(std::max(width, 0)));
  std::string line = head(s) + " " + bar(fraction, cells, unicode) + " " + percent;
  for (const Field& field : fields) line += "  " + field.text;
  return line;
}

}  // namespace coldstart::train
