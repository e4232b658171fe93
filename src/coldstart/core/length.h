// Length: a number of steps, a share of a total, or an amount of data; a share and an amount become
// steps when the run is known ("100", "2%", "5e6 tokens", "0.5 epochs").
//
// A bare fraction ("0.02") is refused: it reads as steps to one user and as a share to the next.
// Test: tests/core/length_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coldstart {

// What turns a length into steps; 0: not known here.
struct LengthScale {
  int64_t total_steps = 0;  // a share is one of these
  int64_t tokens_per_step = 0;
  int64_t tokens_per_epoch = 0;
};

class Length {
 public:
  enum class Unit : uint8_t { steps, percent, tokens, epochs };

  constexpr Length() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a plain number is a number of steps
  constexpr Length(int64_t steps) : steps_(steps) {}
  static constexpr Length of_steps(int64_t steps) { return steps; }
  static constexpr Length of_percent(double percent) { return {Unit::percent, percent}; }
  static constexpr Length of_tokens(double tokens) { return {Unit::tokens, tokens}; }
  static constexpr Length of_epochs(double epochs) { return {Unit::epochs, epochs}; }
  // "100", "2%", "5e6 tokens", "1 epoch"; nothing for anything else, for a negative number or a
  // share > 100 %.
  static std::optional<Length> parse(std::string_view text);

  Unit unit() const { return unit_; }
  bool is_share() const { return unit_ == Unit::percent; }
  bool is_data() const { return unit_ == Unit::tokens || unit_ == Unit::epochs; }
  // A share is rounded to the nearest step, an amount of data up. ConfigError at `where` when the
  // scale does not have what this length is counted in.
  int64_t steps_of(const LengthScale& scale, std::string_view where) const;
  std::string text() const;

  bool operator==(const Length&) const = default;

 private:
  constexpr Length(Unit unit, double amount) : amount_(amount), unit_(unit) {}

  int64_t steps_ = 0;
  double amount_ = 0;  // kept as the user wrote it, so that text() gives it back
  Unit unit_ = Unit::steps;
};

}  // namespace coldstart
