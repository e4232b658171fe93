#include "coldstart/report/svg_scale.h"

namespace coldstart::report {

std::vector<double> ticks(double lo, double hi, bool log, int count) {
  std::vector<double> result;
  if (!(lo < hi) || !std::isfinite(lo) || !std::isfinite(hi)) return result;
  const double slack = (hi - lo) * 1e-9;
  if (log && lo > 0) {
    const double decades = std::log10(hi / lo);
    const int every = std::max(1, static_cast<int>(std::ceil(decades / (count + 2))));
    const auto first = static_cast<int>(std::floor(std::log10(lo)));
    for (int power = first; power <= std::log10(hi) + 1; power += every)
      for (const double digit : {1.0, 2.0, 5.0}) {
        const double tick = digit * std::pow(10, power);
        if ((digit == 1 || decades < 3) && tick >= lo * (1 - 1e-9) && tick <= hi * (1 + 1e-9))
          result.push_back(tick);
      }
    if (result.size() >= 2) return result;
    result.clear();  // less than a factor of two or so: as on a linear axis
  }
  const double rough = (hi - lo) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double step = power * (rough / power > 5   ? 10
                               : rough / power > 2 ? 5
                               : rough / power > 1 ? 2
                                                   : 1);
  for (double k = std::ceil((lo - slack) / step); k * step <= hi + slack; ++k)
    result.push_back(k * step + 0.0);  // never -0
  return result;
}

}  // namespace coldstart::report
