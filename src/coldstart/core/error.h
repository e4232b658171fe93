// Errors that end a command, and the check for programmer errors.
//
// A message reads   [where] what; got X, expected Y
//                   hint: what to do
// Exceptions are caught once, in app/main.cpp, which prints them and exits with status 2.
// Divergence, time-out, Ctrl-C and pruning are outcomes of a run, not errors. Test:
// tests/core/error_test.cpp.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace coldstart {

class Error : public std::runtime_error {
 public:
  Error(std::string_view where, std::string_view what, std::string_view hint)
      : std::runtime_error(fmt::format("[{}] {}", where, what)), hint_(hint) {}

  const std::string& hint() const { return hint_; }

  // "[where] what\nhint: ..." (no hint line when there is no hint)
  std::string message() const {
    return hint_.empty() ? std::string(what()) : fmt::format("{}\nhint: {}", what(), hint_);
  }

 private:
  std::string hint_;
};

// A value the user gave: flag, configuration file, combination of options.
struct ConfigError : Error {
  using Error::Error;
};
// Input data: text, shards, tensors, logs.
struct DataError : Error {
  using Error::Error;
};
// A checkpoint that cannot be used.
struct CheckpointError : Error {
  using Error::Error;
};
// Memory, disk, files, operating system.
struct ResourceError : Error {
  using Error::Error;
};

[[noreturn]] void check_failed(const char* condition, const char* file, int line,
                               const std::string& message);

// Programmer errors; on in release builds, kept out of inner loops.
#define COLDSTART_CHECK(condition, ...)                                                      \
  do {                                                                                       \
    if (!(condition))                                                                        \
      ::coldstart::check_failed(#condition, __FILE__, __LINE__, ::fmt::format(__VA_ARGS__)); \
  } while (false)

// value as To, or an exception when it does not fit.
template <class To, class From>
To narrow(From value) {
  const To result = static_cast<To>(value);
  COLDSTART_CHECK(static_cast<From>(result) == value && ((result < To{}) == (value < From{})),
                  "{} does not fit the target type", value);
  return result;
}

// a / b for b > 0 that must leave no remainder.
template <class T>
T div_exact(T a, T b) {
  COLDSTART_CHECK(b != 0 && a % b == 0, "{} is not a multiple of {}", a, b);
  return a / b;
}

template <class T>
constexpr T div_up(T a, T b) {
  return (a + b - 1) / b;
}

}  // namespace coldstart
