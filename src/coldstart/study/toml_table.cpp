#include "coldstart/study/toml_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

namespace coldstart::study {

TomlTable::TomlTable(const toml::table& table, std::string source, std::string what)
    : table_(&table), source_(std::move(source)), what_(std::move(what)) {}

std::string TomlTable::where() const {
  return fmt::format("{}:{}", source_, table_->source().begin.line);
}

std::string TomlTable::where(const char* key) const {
  const toml::node* found = table_->get(key);
  return found ? fmt::format("{}:{}", source_, found->source().begin.line) : where();
}

const toml::node* TomlTable::node(const char* key) {
  asked_.emplace_back(key);
  return table_->get(key);
}

void TomlTable::refuse(const char* key, std::string_view expected) const {
  throw ConfigError(where(key),
                    fmt::format("{} of {} cannot be used; expected {}", key, what_, expected),
                    "docs/studies.md describes every key");
}

std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* truth = node.as_boolean()) return std::string(truth->get() ? "true" : "false");
  if (const auto* whole = node.as_integer()) return fmt::format("{}", whole->get());
  if (const auto* real = node.as_floating_point()) return fmt::format("{}", real->get());
  return std::nullopt;
}

std::optional<std::string> TomlTable::text(const char* key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  if (!found->is_string()) refuse(key, "text in quotes");
  return found->as_string()->get();
}

std::optional<int64_t> TomlTable::integer(const char* key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  if (!found->is_integer() || found->as_integer()->get() < 0) refuse(key, "an integer, 0 or more");
  return found->as_integer()->get();
}

std::optional<double> TomlTable::number(const char* key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  if (const auto* whole = found->as_integer()) return static_cast<double>(whole->get());
  if (!found->is_floating_point()) refuse(key, "a number");
  return found->as_floating_point()->get();
}

std::optional<bool> TomlTable::boolean(const char* key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  if (!found->is_boolean()) refuse(key, "true or false");
  return found->as_boolean()->get();
}

std::optional<std::vector<int64_t>> TomlTable::integers(const char* key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  std::vector<int64_t> list;
  if (!found->is_array()) refuse(key, "a list of integers");
  for (const toml::node& item : *found->as_array()) {
    if (!item.is_integer()) refuse(key, "a list of integers");
    list.push_back(item.as_integer()->get());
  }
  return list;
}

std::optional<std::vector<double>> TomlTable::numbers(const char* key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  std::vector<double> list;
  if (!found->is_array()) refuse(key, "a list of numbers");
  for (const toml::node& item : *found->as_array()) {
    const auto value = item.value<double>();
    if (!item.is_number() || !value) refuse(key, "a list of numbers");
    list.push_back(*value);
  }
  return list;
}

std::optional<std::vector<std::string>> TomlTable::texts(const char* key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  std::vector<std::string> list;
  if (!found->is_array()) refuse(key, "a list of texts");
  for (const toml::node& item : *found->as_array()) {
    if (!item.is_string()) refuse(key, "a list of texts");
    list.push_back(item.as_string()->get());
  }
  return list;
}

std::optional<std::vector<std::string>> TomlTable::values(const char* key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  std::vector<std::string> list;
  if (!found->is_array()) refuse(key, "a list of values");
  for (const toml::node& item : *found->as_array()) {
    auto text = scalar_text(item);
    if (!text) refuse(key, "a list of numbers, texts, true or false");
    list.push_back(std::move(*text));
  }
  return list;
}

std::optional<std::string> TomlTable::value(const char* key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  auto text = scalar_text(*found);
  if (!text) refuse(key, "a number, text, true or false");
  return text;
}

std::vector<TomlTable> TomlTable::tables(const char* key) {
  const toml::node* found = node(key);
  std::vector<TomlTable> list;
  if (!found) return list;
  const std::string name = fmt::format("[[{}]]", key);
  if (!found->is_array_of_tables()) refuse(key, fmt::format("tables under {}", name));
  for (const toml::node& item : *found->as_array())
    list.emplace_back(*item.as_table(), source_, name);
  return list;
}

void TomlTable::finish() const {
  for (const auto& [key, value] : *table_) {
    const std::string name(key.str());
    if (std::ranges::find(asked_, name) != asked_.end()) continue;
    const std::string nearest = nearest_name(name, asked_);
    throw ConfigError(fmt::format("{}:{}", source_, key.source().begin.line),
                      fmt::format("{} has no key '{}'", what_, name),
                      nearest.empty() ? "docs/studies.md describes every key"
                                      : fmt::format("did you mean '{}'?", nearest));
  }
}

}  // namespace coldstart::study
