#include "coldstart/plan/annealing_law.h"

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::plan {

namespace {

// m and the sum of m after n more steps of a straight piece, on which the rate falls by d a step:
//   m_n = lambda^n m + d (1 - lambda^n) / (1 - lambda)
//   sum = m lambda (1 - lambda^n) / (1 - lambda) + d / (1 - lambda) (n - lambda (1 - lambda^n) / (1
//   - lambda))
struct Momentum {
  double m = 0, sum = 0;

  Momentum after(double n, double d, double lambda) const {
    const double rest = 1 - lambda, power = std::pow(lambda, n);
    const double decayed = lambda * (1 - power) / rest;
    return {power * m + d * (1 - power) / rest, sum + m * decayed + d / rest * (n - decayed)};
  }
};

}  // namespace

double AnnealingLaw::loss(double s1, double s2) const {
  return floor + A * std::pow(s1, -alpha) - C * s2;
}

AnnealingSums annealing_sums(const LrTrace& trace, double lambda, std::span<const double> steps) {
  COLDSTART_CHECK(lambda > 0 && lambda < 1, "lambda {}", lambda);
  AnnealingSums sums;
  sums.s1.reserve(steps.size());
  sums.s2.reserve(steps.size());
  const std::span<const LrKnot> knots = trace.knots();
  const double start = trace.warmup_end();
  Momentum at_knot;
  size_t piece = 0;
  const auto length = [&](size_t i) { return knots[i + 1].step - knots[i].step; };
  const auto fall = [&](size_t i) {
    return knots[i].step < start ? 0 : (knots[i].lr - knots[i + 1].lr) / length(i);
  };
  for (const double step : steps) {
    while (piece + 1 < knots.size() && knots[piece + 1].step <= step) {
      at_knot = at_knot.after(length(piece), fall(piece), lambda);
      ++piece;
    }
    const double d = piece + 1 < knots.size() ? fall(piece) : 0;
    sums.s1.push_back(trace.area(step));
    sums.s2.push_back(at_knot.after(step - knots[piece].step, d, lambda).sum);
  }
  return sums;
}

}  // namespace coldstart::plan
