#include "coldstart/plan/distributions.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::plan {

namespace bm = boost::math;

double normal_cdf(double z) { return bm::cdf(bm::normal(), z); }

double normal_quantile(double share) { return bm::quantile(bm::normal(), share); }

double student_t_quantile(double share, double degrees) {
  return bm::quantile(bm::students_t(degrees), share);
}

double student_t_cdf(double t, double degrees) { return bm::cdf(bm::students_t(degrees), t); }

double chi_squared_quantile(double share, double degrees) {
  return bm::quantile(bm::chi_squared(degrees), share);
}

double chi_squared_above(double value, double degrees) {
  return bm::cdf(bm::complement(bm::chi_squared(degrees), value));
}

double f_above(double value, double degrees1, double degrees2) {
  return bm::cdf(bm::complement(bm::fisher_f(degrees1, degrees2), value));
}

Interval wilson(double hits, double n, double z) {
  COLDSTART_CHECK(n > 0, "a share of nothing");
  const double p = hits / n, zz = z * z / n;
  const double middle = p + zz / 2;
  const double half = z * std::sqrt(p * (1 - p) / n + zz / (4 * n));
  return {(middle - half) / (1 + zz), p, (middle + half) / (1 + zz)};
}

}  // namespace coldstart::plan
