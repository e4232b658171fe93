// Length: a number of steps, or a share of a total that is known later ("100", "2%").
//
// A bare fraction ("0.02") is refused: it reads as steps to one user and as a share to the next.
// Test: tests/core/length_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coldstart {

class Length {
 public:
  constexpr Length() = default;
  static constexpr Length of_steps(int64_t steps) { return Length(steps, 0); }
  static constexpr Length of_percent(double percent) { return Length(0, percent); }
  // "100" or "2%" or "0.5%"; nothing for anything else, for a negative number or a share > 100 %.
  static std::optional<Length> parse(std::string_view text);

  bool is_share() const { return percent_ != 0; }
  int64_t steps_of(int64_t total) const;  // a share is rounded to the nearest step
  std::string text() const;

  bool operator==(const Length&) const = default;

 private:
  constexpr Length(int64_t steps, double percent) : steps_(steps), percent_(percent) {}

  int64_t steps_ = 0;
  double percent_ = 0;  // kept as the user wrote it, so that text() gives it back
};

}  // namespace coldstart
