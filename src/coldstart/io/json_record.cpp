#include "coldstart/io/json_record.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"

namespace coldstart::io {

namespace {

using Json = nlohmann::ordered_json;

std::string number_text(double value) {
  if (std::isnan(value)) return "\"NaN\"";
  if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  if (value == 0 && std::signbit(value)) return "-0.0";  // "-0" would be read as an integer
  return fmt::format("{}", value);
}

// Bytes that are not UTF-8 are replaced: a record must never fail to be written.
std::string quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

struct Print {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return number_text(value); }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const std::vector<double>& values) const {
    std::string text = "[";
    for (size_t i = 0; i < values.size(); ++i) {
      if (i > 0) text += ',';
      text += number_text(values[i]);
    }
    return text += ']';
  }
};

std::optional<double> non_finite(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

// NaN and Infinity as bare words, which JSON does not have but many programs write, put in quotes.
std::string with_quoted_words(std::string_view text) {
  std::string result;
  bool inside = false;  // a string
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside && c == '\\' && i + 1 < text.size()) {
      result.append(text, i++, 2);
      continue;
    }
    if (c == '"') inside = !inside;
    const std::string_view rest = text.substr(i);
    const std::string_view word = rest.starts_with("NaN")         ? "NaN"
                                  : rest.starts_with("Infinity")  ? "Infinity"
                                  : rest.starts_with("-Infinity") ? "-Infinity"
                                                                  : "";
    if (inside || word.empty()) {
      result += c;
      continue;
    }
    result.append("\"").append(word).append("\"");
    i += word.size() - 1;
  }
  return result;
}

[[noreturn]] void refuse(std::string_view where, std::string_view what) {
  throw DataError(where, what, "each line is one JSON object");
}

double list_item(const Json& item, std::string_view where) {
  if (item.is_number()) return item.get<double>();
  const auto special =
      item.is_string() ? non_finite(item.get_ref<const std::string&>()) : std::nullopt;
  if (!special) refuse(where, "a list holds something else than numbers");
  return *special;
}

JsonValue value_of(const Json& json, std::string_view where) {
  if (json.is_null()) return std::monostate{};
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_unsigned() &&
      json.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
    return json.get<double>();
  if (json.is_number_integer()) return json.get<int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  std::vector<double> list;
  for (const Json& item : json) list.push_back(list_item(item, where));
  return list;
}

}  // namespace

JsonRecord& JsonRecord::put(std::string key, JsonValue value) {
  COLDSTART_CHECK(!find(key), "'{}' is added twice", key);
  entries_.emplace_back(std::move(key), std::move(value));
  return *this;
}

const JsonValue* JsonRecord::find(std::string_view key) const {
  for (const auto& [name, value] : entries_)
    if (name == key) return &value;
  return nullptr;
}

std::optional<double> JsonRecord::number(std::string_view key) const {
  const JsonValue* value = find(key);
  if (!value) return std::nullopt;
  if (const auto* real = std::get_if<double>(value)) return *real;
  if (const auto* whole = std::get_if<int64_t>(value)) return static_cast<double>(*whole);
  if (const auto* text = std::get_if<std::string>(value)) return non_finite(*text);
  return std::nullopt;
}

std::optional<int64_t> JsonRecord::integer(std::string_view key) const {
  const JsonValue* value = find(key);
  const auto* whole = value ? std::get_if<int64_t>(value) : nullptr;
  return whole ? std::optional(*whole) : std::nullopt;
}

std::optional<std::string> JsonRecord::text(std::string_view key) const {
  const JsonValue* value = find(key);
  const auto* text = value ? std::get_if<std::string>(value) : nullptr;
  return text ? std::optional(*text) : std::nullopt;
}

std::string JsonRecord::line() const {
  std::string text = "{";
  for (const auto& [key, value] : entries_)
    text +=
        fmt::format("{}{}:{}", text.size() > 1 ? "," : "", quoted(key), std::visit(Print{}, value));
  return text += '}';
}

JsonRecord JsonRecord::parse(std::string_view text, std::string_view where) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) json = Json::parse(with_quoted_words(text), nullptr, false);
  if (!json.is_object()) refuse(where, "not a JSON object");
  JsonRecord record;
  // Inner objects by a stack of their own: a hostile depth must not use up the program's.
  std::vector<std::pair<std::string, const Json*>> open = {{"", &json}};
  while (!open.empty()) {
    const auto [prefix, object] = open.back();
    open.pop_back();
    for (const auto& [key, value] : object->items()) {
      if (value.is_object())
        open.emplace_back(prefix + key + ".", &value);
      else if (record.find(prefix + key))
        refuse(where, fmt::format("'{}{}' stands there twice", prefix, key));
      else
        record.put(prefix + key, value_of(value, where));
    }
  }
  return record;
}

}  // namespace coldstart::io
