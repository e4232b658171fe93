// The probability distributions behind intervals and tests, from Boost.Math, which only
// distributions.cpp includes. Test: tests/plan/distributions_test.cpp.
#pragma once

#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

double normal_cdf(double z);
double normal_quantile(double share);
double student_t_quantile(double share, double degrees);
double student_t_cdf(double t, double degrees);
double chi_squared_quantile(double share, double degrees);
double chi_squared_above(double value, double degrees);          // P(X > value)
double f_above(double value, double degrees1, double degrees2);  // P(F > value), Fisher's F

// Wilson's interval of a share: `hits` of `n` (n > 0), z = 1.645 for 5 % on either side.
Interval wilson(double hits, double n, double z);

}  // namespace coldstart::plan
