// Fits of loss curves: nonlinear parameters are searched, linear ones solved for.
//
//   y_i ~ sum_j c_j x_ij(theta),  c_j >= 0
//   minimise  sum_i w_i huber(log(fit_i / y_i)) / sum_i w_i + penalty,   huber with delta = 1e-3
// Given theta the coefficients come from iteratively reweighted least squares, so the search has
// one to four dimensions instead of four to seven (variable projection, Golub and Pereyra 1973):
// from every start a Nelder-Mead search, then a local refinement with BOBYQA (NLopt). No random
// numbers: equal input gives equal output. Huber loss on logarithms as in Hoffmann et al. 2022.
// Test: tests/plan/fit_test.cpp.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace coldstart::plan {

inline constexpr double kHuberDelta = 1e-3;
inline constexpr int kMaxColumns = 3;

struct Nonlinear {
  double lo = 0, hi = 0;
  // A penalty of strength * ((log theta - log prior) / log spread)^2 when spread > 1.
  double prior = 0, spread = 0;
};

struct FitProblem {
  std::vector<double> y;       // finite, > 0
  std::vector<double> weight;  // >= 0, some > 0; as many as y
  int columns = 0;             // 1 .. kMaxColumns
  std::vector<Nonlinear> theta = {};
  std::vector<std::vector<double>> starts = {};  // each of theta's size
  // Fills x (row-major, y.size() x columns).
  std::function<void(std::span<const double> theta, std::span<double> x)> basis;
  double prior_strength = 0;
};

struct FitResult {
  std::vector<double> theta, linear;
  double objective = 0;  // without the penalty; INFINITY when nothing could be fitted
  int evaluations = 0;
  std::vector<double> fitted;  // at the points
};

// DataError when there are fewer points than parameters, or a value that is not finite.
FitResult fit(const FitProblem& problem);

// What the data say of the parameters (theta, then linear) at the fit found.
struct FitStatistics {
  // Condition number of J'J, J the derivatives of log fit by every parameter, columns scaled to
  // length 1; INFINITY when a column vanishes or two are parallel.
  double condition = 0;
  double spread = 0;       // of the residuals of log y, from their median size
  double correlation = 0;  // of neighbouring residuals, 0 to 0.9
  // Row-major covariance of the parameters, residuals correlated as above; parameters that stand on
  // a bound have none.
  std::vector<double> covariance = {};
};
FitStatistics statistics(const FitProblem& problem, const FitResult& result);

}  // namespace coldstart::plan
