#include "coldstart/io/toml.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <string>

#include "coldstart/core/error.h"

namespace coldstart::io {

namespace {

struct Located {
  Setting setting;
  toml::source_index line;
};

std::string at(std::string_view source, const toml::source_region& region) {
  return fmt::format("{}:{}", source, region.begin.line);
}

[[noreturn]] void refuse(const Setting& setting, std::string_view got) {
  throw ConfigError(setting.where,
                    fmt::format("{} has a value of the wrong type; got {}, expected true, false, a "
                                "number, text or a list of integers",
                                setting.name(), got),
                    "see docs/options.md");
}

FieldValue value_of(const toml::node& node, const Setting& setting) {
  if (const auto* boolean = node.as_boolean()) return boolean->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* real = node.as_floating_point()) return real->get();
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* array = node.as_array()) {
    std::vector<int64_t> list;
    for (const toml::node& item : *array) {
      const auto* integer = item.as_integer();
      if (!integer) refuse(setting, "a list that holds something else than integers");
      list.push_back(integer->get());
    }
    return list;
  }
  refuse(setting, node.is_table() ? "a table inside a table" : "a date or time");
}

void collect(const toml::table& table, const std::string& name, std::string_view source,
             std::vector<Located>& out) {
  for (const auto& [key, node] : table) {
    if (node.is_table() && name.empty()) {
      collect(*node.as_table(), std::string(key.str()), source, out);
      continue;
    }
    Setting setting{name, std::string(key.str()), {}, at(source, node.source())};
    setting.value = value_of(node, setting);
    out.push_back({std::move(setting), node.source().begin.line});
  }
}

std::string literal(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return toml_quoted(*text);
  if (const auto* list = std::get_if<std::vector<int64_t>>(&value))
    return fmt::format("[{}]", fmt::join(*list, ", "));
  std::string text = value_text(value);
  // A TOML number without point or exponent is an integer.
  if (std::holds_alternative<double>(value) && text.find_first_of(".en") == std::string::npos)
    text += ".0";
  return text;
}

// "  # words", from that column on, in as many lines as it takes; its further lines begin further
// to the left where the value is long.
std::string wrapped_comment(std::string_view comment, size_t column) {
  constexpr size_t kColumns = 100, kLatest = 40;
  std::string out;
  size_t end = 0;  // of the line, in columns; 0: none has begun
  for (size_t at = 0; at < comment.size();) {
    const size_t space = std::min(comment.find(' ', at), comment.size());
    const std::string_view word = comment.substr(at, space - at);
    at = space + 1;
    if (end == 0) {
      out += "  #";
      end = column + 1;
    } else if (end + 1 + word.size() > kColumns) {
      column = std::min(column, kLatest);
      out += fmt::format("\n{:{}}#", "", column);
      end = column + 1;
    }
    out += fmt::format(" {}", word);
    end += 1 + word.size();
  }
  return out;
}

}  // namespace

std::string toml_quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      result += fmt::format("\\{}", c);
    else if (byte < 0x20 || byte == 0x7f)
      result += fmt::format("\\u{:04X}", byte);
    else
      result += c;
  }
  return result + "\"";
}

std::vector<Setting> parse_toml(std::string_view text, std::string_view source) {
  toml::table root;
  try {
    root = toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    throw ConfigError(at(source, error.source()), fmt::format("not TOML: {}", error.description()),
                      "a file holds [tables] of lines like `lr = 0.001`; text needs quotes");
  }
  std::vector<Located> located;
  collect(root, "", source, located);
  std::stable_sort(located.begin(), located.end(),
                   [](const Located& a, const Located& b) { return a.line < b.line; });
  std::vector<Setting> settings;
  for (Located& entry : located) settings.push_back(std::move(entry.setting));
  return settings;
}

std::string to_toml(std::span<const Setting> settings) {
  std::string out;
  std::string table;
  for (const Setting& setting : settings) {
    if (setting.table != table) {
      table = setting.table;
      out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", table);
    }
    const std::string line = fmt::format("{} = {}", setting.key, literal(setting.value));
    out += line + wrapped_comment(setting.comment, line.size() + 2) + "\n";
  }
  return out;
}

}  // namespace coldstart::io
