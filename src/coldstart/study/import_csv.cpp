#include "coldstart/study/import_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/core/trim.h"
#include "coldstart/io/csv.h"
#include "coldstart/io/flat_json.h"

namespace coldstart::study {

namespace {

// A cell as a number of JSON; nothing when it is none. Programs write numbers in more ways than
// JSON knows: nan, inf, +1, .5, 1. and booleans.
std::optional<std::string> number_of(const std::string& cell) {
  double value = 0;
  if (io::parse_json_number(cell, value)) return cell;
  std::string lower = cell;
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  static const std::map<std::string, std::string> words = {
      {"true", "1"},         {"false", "0"},
      {"nan", "NaN"},        {"inf", "Infinity"},
      {"+inf", "Infinity"},  {"infinity", "Infinity"},
      {"-inf", "-Infinity"}, {"-infinity", "-Infinity"}};
  if (const auto word = words.find(lower); word != words.end()) return word->second;
  const auto parsed = parse_double(lower.starts_with('+') ? lower.substr(1) : lower);
  if (!parsed || !std::isfinite(*parsed)) return std::nullopt;
  return fmt::format("{}", *parsed);
}

bool is_absent(const std::string& cell) {
  return cell.empty() || cell == "-" || cell == "NULL" || cell == "null" || cell == "None";
}

bool has_meaning(const std::string& name, const NameMap& map) {
  const auto& known = known_names();
  return std::ranges::find(known, name) != known.end() ||
         std::ranges::any_of(map, [&](const auto& entry) { return entry.second == name; });
}

}  // namespace

ImportedLog import_csv(std::string_view text, std::string_view source, const LogReading& reading) {
  io::CsvReader reader(text, std::string(source));
  ImportLog log(reading, std::string(source));
  struct Column {
    std::string name;
    int id;
    bool meaning;
  };
  std::vector<Column> columns;
  for (const std::string& header : reader.header()) {
    const std::string name(trimmed(header, " \t"));
    if (!name.empty() &&
        std::ranges::any_of(columns, [&](const Column& c) { return c.name == name; }))
      throw DataError(fmt::format("{}:1", source), fmt::format("two columns are called '{}'", name),
                      "give each column its own name");
    columns.push_back({name, name.empty() ? -1 : log.column(name), has_meaning(name, reading.map)});
  }
  std::vector<std::string> cells;
  while (reader.next(cells)) {
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string cell(trimmed(cells[i], " \t"));
      if (is_absent(cell) || columns[i].id < 0) continue;
      if (const auto number = number_of(cell))
        log.set(columns[i].id, *number);
      else if (columns[i].meaning)
        throw DataError(
            fmt::format("{}:{}", source, reader.line()),
            fmt::format("column '{}' holds '{}', expected a number", columns[i].name, cell),
            "take the units out; a column has one unit for the whole run");
    }
    log.end_row(reader.line());
  }
  return log.finish();
}

}  // namespace coldstart::study
