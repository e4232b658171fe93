#include "coldstart/metrics/five_numbers.h"

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/core/quantile.h"

namespace coldstart::metrics {

FiveNumbers five_numbers(std::vector<double>& values) {
  COLDSTART_CHECK(!values.empty(), "five numbers of nothing");
  std::sort(values.begin(), values.end());
  return {values.front(), quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75),
          values.back()};
}

}  // namespace coldstart::metrics
