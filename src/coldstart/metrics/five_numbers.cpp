#include "coldstart/metrics/five_numbers.h"

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::metrics {

FiveNumbers five_numbers(std::vector<double>& values) {
  COLDSTART_CHECK(!values.empty(), "five numbers of nothing");
  std::sort(values.begin(), values.end());
  const auto quantile = [&](double share) {
    const double position = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<size_t>(position);
    const size_t above = std::min(below + 1, values.size() - 1);
    return std::lerp(values[below], values[above], position - static_cast<double>(below));
  };
  return {values.front(), quantile(0.25), quantile(0.5), quantile(0.75), values.back()};
}

}  // namespace coldstart::metrics
