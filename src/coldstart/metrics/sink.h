// MetricSink: where measures put their values; it knows which levels are wanted and makes the
// names.
//
// A name is "<metric><part>/<where>": "update_l2.no_decay/role/mlp_in". A value that is missing or
// NaN is left out: absent means undefined, and 0 means 0. Values are kept to seven digits, which
// keeps files small. Test: tests/metrics/sink_test.cpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "coldstart/metrics/five_numbers.h"
#include "coldstart/metrics/level.h"

namespace coldstart::metrics {

using MetricValue = std::variant<double, FiveNumbers>;
using NamedValue = std::pair<std::string, MetricValue>;

// How the values of several parameters become one.
enum class Combine : uint8_t {
  mean,
  rms,  // root of the mean of squares
};

class MetricSink {
 public:
  explicit MetricSink(const Layout& layout) : layout_(layout) {}

  // Whose values come next, and at which levels.
  void begin(std::string metric, const LevelSet& levels);
  bool wants(Level level) const { return levels_[level]; }
  const Layout& layout() const { return layout_; }

  void put(std::string_view part, std::string_view where, std::optional<double> value);
  // values: those of the rows in layout().rows[param]; what is missing there does not count.
  void put_rows(std::string_view part, size_t param, std::span<const std::optional<double>> values);
  // One value a parameter, missing where there is none: reported at the tensor level as it is and
  // combined at the levels above.
  void put_tensors(std::string_view part, std::span<const std::optional<double>> values,
                   Combine combine);

  // Something that the user should know now: a whole sentence.
  void warn(std::string text) { warnings_.push_back(std::move(text)); }

  std::vector<NamedValue> take();  // everything so far, in the order in which it came
  std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }

 private:
  const Layout& layout_;
  std::string metric_;
  LevelSet levels_;
  std::vector<NamedValue> values_;
  std::vector<std::string> warnings_;
};

// The nearest number that seven digits can write.
double seven_digits(double value);

}  // namespace coldstart::metrics
