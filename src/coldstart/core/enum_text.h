// Text names of enums, in one place each: specialise EnumText<E> beside the enum.
//
//   template <> struct EnumText<Shape> {
//     static constexpr auto names = enum_names<Shape>({{Shape::linear, "linear"}, ...});
//   };
// Test: tests/core/fields_test.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coldstart {

template <class E>
struct EnumText;

template <class E, size_t n>
constexpr std::array<std::pair<E, std::string_view>, n> enum_names(
    const std::pair<E, std::string_view> (&names)[n]) {
  std::array<std::pair<E, std::string_view>, n> result{};
  for (size_t i = 0; i < n; ++i) result[i] = names[i];
  return result;
}

template <class E>
std::string_view enum_name(E value) {
  for (const auto& [candidate, name] : EnumText<E>::names)
    if (candidate == value) return name;
  return "?";
}

template <class E>
std::optional<E> parse_enum(std::string_view text) {
  for (const auto& [value, name] : EnumText<E>::names)
    if (name == text) return value;
  return std::nullopt;
}

template <class E>
std::vector<std::string> enum_choices() {
  std::vector<std::string> result;
  for (const auto& entry : EnumText<E>::names) result.emplace_back(entry.second);
  return result;
}

}  // namespace coldstart
