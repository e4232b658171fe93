// Auto: a setting that the program chooses unless the user does; written `auto` where it is open.
//
// For defaults that depend on another setting, such as Lion's betas beside AdamW's. Whoever
// resolves a configuration closes it with otherwise(), so that the stored configuration says the
// value. Test: tests/core/fields_test.cpp.
#pragma once

#include <optional>
#include <type_traits>

#include "coldstart/core/error.h"

namespace coldstart {

template <class T>
class Auto {
 public:
  Auto() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): {.beta1 = 0.8} is the point
  Auto(T value) : value_(value) {}

  bool is_open() const { return !value_; }
  T value() const {
    COLDSTART_CHECK(value_.has_value(), "a setting that is still auto was read");
    return *value_;
  }
  T value_or(T fallback) const { return value_.value_or(fallback); }
  void otherwise(T fallback) {
    if (!value_) value_ = fallback;
  }
  bool operator==(const Auto&) const = default;

 private:
  std::optional<T> value_;
};

}  // namespace coldstart
