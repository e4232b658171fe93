#include "coldstart/core/fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

namespace coldstart {

namespace {

template <class... Cases>
struct Overload : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overload(Cases...) -> Overload<Cases...>;

// "an integer of tokens, 1 or more"
std::string with_range(const char* noun, const FieldInfo& info) {
  const std::string range = info.range.text();
  return fmt::format("{}{}{}", noun, info.unit.empty() ? "" : " of " + info.unit,
                     range.empty() ? "" : ", " + range);
}

[[noreturn]] void refuse(const Field& field, const std::string& got, std::string_view where,
                         const std::string& hint = "") {
  throw ConfigError(
      where,
      fmt::format("{} cannot be used; got {}, expected {}", field.name(), got, field.expected()),
      hint.empty() ? fmt::format("{}: {}", field.name(), field.info.help) : hint);
}

std::string did_you_mean(const std::string& nearest) {
  return nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest);
}

// The value as a user recognises it in a message: text in quotes.
std::string quoted(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return fmt::format("'{}'", *text);
  if (std::holds_alternative<std::vector<int64_t>>(value))
    return fmt::format("[{}]", value_text(value));
  return value_text(value);
}

constexpr std::string_view kAuto = "auto";

bool is_auto(const FieldValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text && *text == kAuto;
}

template <class T>
FieldValue auto_value(const Auto<T>& choice) {
  return choice.is_open() ? FieldValue(std::string(kAuto)) : FieldValue(choice.value());
}

}  // namespace

std::string Range::text() const {
  const bool low = std::isfinite(min), high = std::isfinite(max);
  if (low && high && !above_min && !below_max) return fmt::format("{} to {}", min, max);
  if (low && high)
    return fmt::format("{} {}, {} {}", above_min ? "above" : "at least", min,
                       below_max ? "below" : "at most", max);
  if (low) return above_min ? fmt::format("above {}", min) : fmt::format("{} or more", min);
  if (high) return below_max ? fmt::format("below {}", max) : fmt::format("at most {}", max);
  return "";
}

std::string value_text(const FieldValue& value) {
  return std::visit(Overload{[](const std::string& text) { return text; },
                             [](const std::vector<int64_t>& list) {
                               return fmt::format("{}", fmt::join(list, ","));
                             },
                             [](const auto& number) { return fmt::format("{}", number); }},
                    value);
}

std::string Field::expected() const {
  return std::visit(
      Overload{[](bool*) { return std::string("true or false"); },
               [&](int64_t*) { return with_range("an integer", info); },
               [&](double*) { return with_range("a number", info); },
               [](std::string*) { return std::string("text"); },
               [](Length*) {
                 return std::string(
                     "a number of steps, a share such as 2%, or data such as 5e6 tokens or 0.5 "
                     "epochs");
               },
               [](Auto<bool>*) { return std::string("true, false or auto"); },
               [&](Auto<double>*) { return with_range("auto or a number", info); },
               [&](std::vector<int64_t>*) { return with_range("a list of integers", info); },
               [](const Choice& choice) {
                 return fmt::format("one of {}", fmt::join(choice.names, ", "));
               }},
      target);
}

std::string Field::value_hint() const {
  return std::visit(
      Overload{
          [](bool*) { return std::string("true|false"); },
          [](int64_t*) { return std::string("N"); }, [](double*) { return std::string("X"); },
          [](std::string*) { return std::string("TEXT"); },
          [](Length*) { return std::string("N|P%|'N tokens'|'N epochs'"); },
          [](Auto<bool>*) { return std::string("true|false|auto"); },
          [](Auto<double>*) { return std::string("X|auto"); },
          [](std::vector<int64_t>*) { return std::string("N,N,..."); },
          [](const Choice& choice) { return fmt::format("{}", fmt::join(choice.names, "|")); }},
      target);
}

std::string Field::help_line() const {
  const std::string text = value_text(value());
  return text.empty() ? info.help : fmt::format("{} [{}]", info.help, text);
}

FieldValue Field::value() const {
  return std::visit(Overload{[](const Choice& choice) { return FieldValue(choice.get()); },
                             [](Length* length) {
                               return length->unit() == Length::Unit::steps
                                          ? FieldValue(length->steps_of({}, ""))
                                          : FieldValue(length->text());
                             },
                             [](Auto<bool>* choice) { return auto_value(*choice); },
                             [](Auto<double>* choice) { return auto_value(*choice); },
                             [](auto* value) { return FieldValue(*value); }},
                    target);
}

void Field::set(const FieldValue& given, std::string_view where) const {
  const auto integer = [&]() -> int64_t {
    const auto* number = std::get_if<int64_t>(&given);
    if (!number || !info.range.contains(static_cast<double>(*number)))
      refuse(*this, quoted(given), where);
    return *number;
  };
  const auto truth = [&] {
    const auto* value = std::get_if<bool>(&given);
    if (!value) refuse(*this, quoted(given), where);
    return *value;
  };
  const auto number = [&] {
    const auto* real = std::get_if<double>(&given);
    const auto* whole = std::get_if<int64_t>(&given);
    if (!real && !whole) refuse(*this, quoted(given), where);
    const double value = real ? *real : static_cast<double>(*whole);
    if (!std::isfinite(value) || !info.range.contains(value)) refuse(*this, quoted(given), where);
    return value;
  };
  std::visit(
      Overload{
          [&](bool* out) { *out = truth(); }, [&](int64_t* out) { *out = integer(); },
          [&](double* out) { *out = number(); },
          [&](Auto<bool>* out) { *out = is_auto(given) ? Auto<bool>() : truth(); },
          [&](Auto<double>* out) { *out = is_auto(given) ? Auto<double>() : number(); },
          [&](std::string* out) {
            const auto* text = std::get_if<std::string>(&given);
            if (!text) refuse(*this, quoted(given), where);
            *out = *text;
          },
          [&](Length* out) {
            if (std::holds_alternative<double>(given))
              refuse(*this, quoted(given), where, "write a share with a percent sign: \"2%\"");
            const auto length =
                std::holds_alternative<std::string>(given) || std::holds_alternative<int64_t>(given)
                    ? Length::parse(value_text(given))
                    : std::nullopt;
            // The range is one of steps; what a share or an amount of data comes to is known later.
            if (!length || (length->unit() == Length::Unit::steps &&
                            !info.range.contains(static_cast<double>(length->steps_of({}, "")))))
              refuse(*this, quoted(given), where);
            *out = *length;
          },
          [&](std::vector<int64_t>* out) {
            const auto* list = std::get_if<std::vector<int64_t>>(&given);
            if (!list || !std::all_of(list->begin(), list->end(), [&](int64_t item) {
                  return info.range.contains(static_cast<double>(item));
                }))
              refuse(*this, quoted(given), where);
            *out = *list;
          },
          [&](const Choice& choice) {
            const auto* text = std::get_if<std::string>(&given);
            if (!text) refuse(*this, quoted(given), where);
            if (std::find(choice.names.begin(), choice.names.end(), *text) == choice.names.end())
              refuse(*this, quoted(given), where, did_you_mean(nearest_name(*text, choice.names)));
            choice.set(*text);
          }},
      target);
}

void Field::set_text(std::string_view text, std::string_view where) const {
  // The text as the type that the target wants; what does not parse stays text, which set() then
  // refuses with the usual message.
  const auto typed = [&](const auto& parsed) {
    return parsed ? FieldValue(*parsed) : FieldValue(std::string(text));
  };
  const auto truth = [&] {
    return text == "true"    ? FieldValue(true)
           : text == "false" ? FieldValue(false)
                             : FieldValue(std::string(text));
  };
  set(std::visit(Overload{[&](bool*) { return truth(); }, [&](Auto<bool>*) { return truth(); },
                          [&](Auto<double>*) { return typed(parse_double(text)); },
                          [&](int64_t*) { return typed(parse_int(text)); },
                          [&](double*) { return typed(parse_double(text)); },
                          [&](std::vector<int64_t>*) { return typed(parse_int_list(text)); },
                          [&](const auto&) { return FieldValue(std::string(text)); }},
                 target),
      where);
}

const Field& FieldList::find(std::string_view name, std::string_view where) const {
  const Field* found = nullptr;
  std::vector<std::string> known, homonyms;
  for (const Field& field : fields_) {
    if (field.name() == name) return field;
    known.push_back(field.name());
    if (field.key != name) continue;
    found = &field;
    homonyms.push_back(field.name());
  }
  if (homonyms.size() == 1) return *found;
  if (!homonyms.empty())
    throw ConfigError(where, fmt::format("'{}' is ambiguous", name),
                      fmt::format("write one of {}", fmt::join(homonyms, ", ")));
  std::string nearest = nearest_name(name, known);
  if (name.find('.') == std::string_view::npos) {  // compare bare keys with bare keys
    std::vector<std::string> keys;
    for (const Field& field : fields_) keys.push_back(field.key);
    nearest = nearest_name(name, keys);
  }
  throw ConfigError(where, fmt::format("there is no option '{}'", name),
                    nearest.empty() ? "docs/options.md lists all" : did_you_mean(nearest));
}

std::string FieldList::short_name(const Field& field) const {
  const auto same_key = [&](const Field& other) { return other.key == field.key; };
  return std::count_if(fields_.begin(), fields_.end(), same_key) == 1 ? field.key : field.name();
}

void FieldList::apply(std::span<const Setting> settings) const {
  for (const Setting& setting : settings)
    find(setting.name(), setting.where).set(setting.value, setting.where);
}

std::vector<Setting> FieldList::settings() const {
  std::vector<Setting> result;
  for (const Field& field : fields_)
    result.push_back({field.table, field.key, field.value(), "", field.info.help});
  return result;
}

std::vector<std::string> differences(const FieldList& from, const FieldList& to) {
  std::vector<std::string> lines;
  for (const Field& before : from) {
    const Field& after = to.find(before.name(), "differences");
    if (before.value() != after.value())
      lines.push_back(fmt::format("{}: {} -> {}", before.name(), value_text(before.value()),
                                  value_text(after.value())));
  }
  return lines;
}

}  // namespace coldstart
