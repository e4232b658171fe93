#include "coldstart/plan/fitted_law.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/plan/design_grade.h"

namespace coldstart::plan {

namespace {

// Points of one curve, in order, and where they are among all points.
struct Group {
  size_t curve = 0;
  std::vector<double> steps;
  std::vector<size_t> at;
};

std::vector<Group> by_curve(const std::vector<FitPoint>& points, size_t curves) {
  std::vector<Group> groups(curves);
  for (size_t c = 0; c < curves; ++c) groups[c].curve = c;
  for (size_t i = 0; i < points.size(); ++i) {
    groups[points[i].curve].steps.push_back(points[i].step);
    groups[points[i].curve].at.push_back(i);
  }
  std::erase_if(groups, [](const Group& g) { return g.at.empty(); });
  return groups;
}

FitProblem problem_of(const std::vector<FitPoint>& points) {
  FitProblem problem;
  for (const FitPoint& point : points) {
    problem.y.push_back(point.loss);
    problem.weight.push_back(point.weight);
  }
  problem.columns = 3;
  return problem;
}

// What both laws have in common: fit, and keep what judges the fit.
FitResult run(const FitProblem& problem, double drop, FittedLaw& law) {
  FitResult result = fit(problem);
  if (result.linear.empty())
    throw DataError("fit", "no law of this family comes near these curves",
                    "look at their values and rates: both have to be finite and above 0");
  law.drop = drop;
  law.objective = result.objective;
  law.statistics = statistics(problem, result);
  law.points = problem.y.size();
  law.evaluations = result.evaluations;
  return result;
}

constexpr Nonlinear kAlpha{.lo = 0.02, .hi = 2};

}  // namespace

std::string FittedLaw::name() const {
  return multi_power ? std::string("multi-power") : fmt::format("annealing, lambda {}", lambda);
}

double FittedLaw::loss(const LrTrace& rates, double step) const {
  const std::array<double, 1> steps = {step};
  if (multi_power) return powers.loss(MultiPowerSums(rates, steps))[0];
  const AnnealingSums sums = annealing_sums(rates, lambda, steps);
  return annealing.loss(sums.s1[0], sums.s2[0]);
}

double FittedLaw::gain_se(const LrTrace& from, double from_step, const LrTrace& to,
                          double to_step) const {
  COLDSTART_CHECK(!multi_power, "only of the annealing law");
  const std::array<double, 1> a_step = {from_step}, b_step = {to_step};
  const AnnealingSums a = annealing_sums(from, lambda, a_step);
  const AnnealingSums b = annealing_sums(to, lambda, b_step);
  const double pa = std::pow(a.s1[0], -annealing.alpha), pb = std::pow(b.s1[0], -annealing.alpha);
  // Derivatives of loss(from) - loss(to) by alpha, L0, A, C.
  const std::array<double, 4> g = {annealing.A * (std::log(b.s1[0]) * pb - std::log(a.s1[0]) * pa),
                                   0, pa - pb, b.s2[0] - a.s2[0]};
  double variance = 0;
  for (size_t i = 0; i < 4; ++i)
    for (size_t j = 0; j < 4; ++j) variance += g[i] * statistics.covariance[4 * i + j] * g[j];
  return std::sqrt(std::max(variance, 0.0));
}

std::vector<double> lambdas_told_by(std::span<const RunCurve> curves) {
  double watched = 0, distance = INFINITY;
  for (const RunCurve& curve : curves) {
    const double from = fall_start(curve.rates);
    if (curve.step.size() < 2 || from >= curve.last) continue;
    watched = std::max(watched, curve.last - from);
    const double spaces = static_cast<double>(curve.step.size()) - 1;
    distance = std::min(distance, (curve.last - curve.step.front()) / spaces);
  }
  std::vector<double> told;
  double nearest = kLambdas.front();
  for (const double lambda : kLambdas) {
    const double delay = 1 / (1 - lambda);
    if (delay > watched) break;
    nearest = lambda;
    if (2 * delay >= distance) told.push_back(lambda);
  }
  if (told.empty()) told.push_back(nearest);
  return told;
}

FittedLaw fit_annealing(std::span<const RunCurve> curves, double lambda, double drop) {
  const std::vector<FitPoint> points = fit_points(curves, drop);
  std::vector<double> log_s1(points.size()), s2(points.size());
  for (const Group& group : by_curve(points, curves.size())) {
    const AnnealingSums sums = annealing_sums(curves[group.curve].rates, lambda, group.steps);
    for (size_t k = 0; k < group.at.size(); ++k) {
      log_s1[group.at[k]] = std::log(sums.s1[k]);
      s2[group.at[k]] = sums.s2[k];
    }
  }
  FitProblem problem = problem_of(points);
  problem.theta = {kAlpha};
  problem.starts = {{0.5}};  // one dimension, one minimum
  problem.basis = [&](std::span<const double> theta, std::span<double> x) {
    for (size_t i = 0; i < s2.size(); ++i) {
      x[3 * i] = 1;
      x[3 * i + 1] = std::exp(-theta[0] * log_s1[i]);
      x[3 * i + 2] = -s2[i];
    }
  };
  FittedLaw law;
  law.lambda = lambda;
  const FitResult result = run(problem, drop, law);
  law.annealing = {.floor = result.linear[0],
                   .A = result.linear[1],
                   .alpha = result.theta[0],
                   .C = result.linear[2]};
  return law;
}

FittedLaw fit_multi_power(std::span<const RunCurve> curves, double drop) {
  const std::vector<FitPoint> points = fit_points(curves, drop);
  const std::vector<Group> groups = by_curve(points, curves.size());
  std::vector<MultiPowerSums> sums;
  sums.reserve(groups.size());
  for (const Group& group : groups) sums.emplace_back(curves[group.curve].rates, group.steps);
  FitProblem problem = problem_of(points);
  constexpr MultiPowerShape prior;
  constexpr double kSpread = 1.5, kBound = 4;
  const auto around = [&](double value) {
    return Nonlinear{value / kBound, value * kBound, value, kSpread};
  };
  problem.theta = {kAlpha, around(prior.C), around(prior.beta), around(prior.gamma)};
  problem.starts = {{prior.alpha, prior.C, prior.beta, prior.gamma}};
  // A residual of kHuberDelta at about 20 independent points weighs as much as one spread.
  constexpr double kIndependent = 20;
  problem.prior_strength = kHuberDelta * kHuberDelta / (2 * kIndependent);
  problem.basis = [&](std::span<const double> theta, std::span<double> x) {
    for (size_t g = 0; g < groups.size(); ++g) {
      const std::vector<double> falls = sums[g].falls(theta[1], theta[2], theta[3]);
      for (size_t k = 0; k < falls.size(); ++k) {
        double* row = x.data() + 3 * groups[g].at[k];
        row[0] = 1;
        row[1] = std::pow(sums[g].s1(k), -theta[0]);
        row[2] = -falls[k];
      }
    }
  };
  FittedLaw law;
  law.multi_power = true;
  const FitResult result = run(problem, drop, law);
  law.powers = {.floor = result.linear[0],
                .A = result.linear[1],
                .B = result.linear[2],
                .shape = {.alpha = result.theta[0],
                          .C = result.theta[1],
                          .beta = result.theta[2],
                          .gamma = result.theta[3]}};
  return law;
}

}  // namespace coldstart::plan
