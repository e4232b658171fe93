#include "coldstart/plan/fit.h"

#include <fmt/format.h>
#include <nlopt.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <memory>

#include "coldstart/core/error.h"
#include "coldstart/core/quantile.h"

namespace coldstart::plan {

namespace {

using Small = Eigen::Matrix<double, kMaxColumns, kMaxColumns>;
using SmallVector = Eigen::Matrix<double, kMaxColumns, 1>;

constexpr double kSettled = 1e-6;  // relative change of the objective

double huber(double r) {
  const double a = std::abs(r);
  return a <= kHuberDelta ? r * r / 2 : kHuberDelta * (a - kHuberDelta / 2);
}

// Least squares by normal equations over the columns that are in use, scaled to length 1.
class NormalEquations {
 public:
  explicit NormalEquations(int columns) : n_(columns) {
    ata_.setZero();
    atb_.setZero();
  }

  void add(const double* row, double factor, double rhs, double weight) {
    for (int j = 0; j < n_; ++j) {
      const double wj = weight * factor * row[j];
      atb_[j] += wj * rhs;
      for (int k = j; k < n_; ++k) ata_(j, k) += wj * factor * row[k];
    }
  }

  // Coefficients >= 0: the most negative one is fixed at 0 until none is left.
  SmallVector solve() const {
    unsigned used = (1U << static_cast<unsigned>(n_)) - 1;
    SmallVector c = SmallVector::Zero();
    while (used != 0) {
      c = solve_for(used);
      int worst = -1;
      for (int j = 0; j < n_; ++j)
        if (c[j] < 0 && (worst < 0 || c[j] < c[worst])) worst = j;
      if (worst < 0) break;
      used &= ~(1U << static_cast<unsigned>(worst));
    }
    return used == 0 ? SmallVector::Zero() : c;
  }

 private:
  SmallVector solve_for(unsigned used) const {
    Small a = Small::Identity();
    SmallVector b = SmallVector::Zero(), scale = SmallVector::Ones();
    for (int j = 0; j < n_; ++j)
      if (uses(used, j)) scale[j] = ata_(j, j) > 0 ? 1 / std::sqrt(ata_(j, j)) : 0;
    for (int j = 0; j < n_; ++j) {
      if (!uses(used, j) || scale[j] == 0) continue;  // a column of zeros gets 0
      b[j] = atb_[j] * scale[j];
      for (int k = 0; k < n_; ++k)
        if (uses(used, k) && scale[k] != 0)
          a(j, k) = ata_(std::min(j, k), std::max(j, k)) * scale[j] * scale[k];
    }
    return (a.ldlt().solve(b).array() * scale.array()).matrix();
  }
  static bool uses(unsigned used, int j) { return (used >> static_cast<unsigned>(j)) & 1U; }

  int n_;
  Small ata_;
  SmallVector atb_;
};

// One evaluation of the search: basis, coefficients, objective.
class Projection {
 public:
  explicit Projection(const FitProblem& problem)
      : p_(problem), x_(problem.y.size() * static_cast<size_t>(problem.columns)) {
    for (const double y : p_.y) log_y_.push_back(std::log(y));
    for (const double w : p_.weight) total_ += w;
  }

  double objective(std::span<const double> theta) {
    ++evaluations_;
    p_.basis(theta, x_);
    // The first round linearises at the data, later ones at the fit for the theta before.
    std::vector<double> fitted = fitted_.empty() ? p_.y : fitted_;
    double before = INFINITY;
    constexpr int kRounds = 12;
    for (int round = 0; round < kRounds; ++round) {
      linear_ = reweighted(fitted);
      for (size_t i = 0; i < fitted.size(); ++i) fitted[i] = value(i);
      objective_ = mean_huber(fitted);
      if (!(std::abs(before - objective_) > kSettled * objective_)) break;
      before = objective_;
    }
    fitted_ = std::move(fitted);
    if (!std::isfinite(objective_)) fitted_.clear();
    return objective_ + penalty(theta);
  }

  // The state of the last evaluation.
  void store(std::span<const double> theta, FitResult& result) const {
    result.theta.assign(theta.begin(), theta.end());
    result.linear.assign(linear_.data(), linear_.data() + p_.columns);
    result.objective = objective_;
    result.fitted = fitted_;
  }
  int evaluations() const { return evaluations_; }

 private:
  const double* row(size_t i) const { return x_.data() + i * static_cast<size_t>(p_.columns); }
  double value(size_t i) const {
    double sum = 0;
    for (int j = 0; j < p_.columns; ++j) sum += linear_[j] * row(i)[j];
    return sum;
  }

  // log(x c) ~ log(f) + (x c - f)/f = log(y)  at the present fit f, with Huber's weights.
  SmallVector reweighted(std::span<const double> fitted) const {
    NormalEquations equations(p_.columns);
    for (size_t i = 0; i < fitted.size(); ++i) {
      if (p_.weight[i] == 0) continue;
      const double f = fitted[i] > 0 ? fitted[i] : p_.y[i];
      const double r = std::log(f) - log_y_[i];
      const double w = std::abs(r) <= kHuberDelta ? 1 : kHuberDelta / std::abs(r);
      equations.add(row(i), 1 / f, 1 - r, p_.weight[i] * w);
    }
    return equations.solve();
  }

  double mean_huber(std::span<const double> fitted) const {
    double sum = 0;
    for (size_t i = 0; i < fitted.size(); ++i) {
      if (p_.weight[i] == 0) continue;
      if (!(fitted[i] > 0)) return INFINITY;
      sum += p_.weight[i] * huber(std::log(fitted[i]) - log_y_[i]);
    }
    return sum / total_;
  }

  double penalty(std::span<const double> theta) const {
    double sum = 0;
    for (size_t k = 0; k < theta.size(); ++k) {
      if (p_.theta[k].spread <= 1) continue;
      const double z = std::log(theta[k] / p_.theta[k].prior) / std::log(p_.theta[k].spread);
      sum += z * z;
    }
    return p_.prior_strength * sum;
  }

  const FitProblem& p_;
  std::vector<double> x_, log_y_, fitted_;
  SmallVector linear_ = SmallVector::Zero();
  double total_ = 0, objective_ = INFINITY;
  int evaluations_ = 0;
};

double nlopt_objective(unsigned n, const double* theta, double* /*gradient*/, void* data) {
  const double value = static_cast<Projection*>(data)->objective({theta, n});
  return std::isfinite(value) ? value : 1e30;
}

// Minimises from theta, which becomes the best point found. A search that ends because it cannot
// get better at this precision has succeeded too.
double search(nlopt_algorithm algorithm, const FitProblem& problem, Projection& projection,
              std::vector<double>& theta, double step, int most) {
  const auto n = static_cast<unsigned>(theta.size());
  const std::unique_ptr<nlopt_opt_s, void (*)(nlopt_opt)> optimizer(nlopt_create(algorithm, n),
                                                                    nlopt_destroy);
  COLDSTART_CHECK(optimizer, "NLopt gave no optimizer");
  std::vector<double> lo(n), hi(n), steps(n);
  for (unsigned k = 0; k < n; ++k) {
    lo[k] = problem.theta[k].lo, hi[k] = problem.theta[k].hi;
    theta[k] = std::clamp(theta[k], lo[k], hi[k]);
    steps[k] = step * (hi[k] - lo[k]);
  }
  nlopt_set_lower_bounds(optimizer.get(), lo.data());
  nlopt_set_upper_bounds(optimizer.get(), hi.data());
  nlopt_set_min_objective(optimizer.get(), nlopt_objective, &projection);
  nlopt_set_initial_step(optimizer.get(), steps.data());
  nlopt_set_xtol_rel(optimizer.get(), 1e-5);
  nlopt_set_ftol_rel(optimizer.get(), kSettled);
  nlopt_set_maxeval(optimizer.get(), most);
  double value = INFINITY;
  const nlopt_result end = nlopt_optimize(optimizer.get(), theta.data(), &value);
  COLDSTART_CHECK(end > 0 || end == NLOPT_ROUNDOFF_LIMITED || end == NLOPT_FAILURE,
                  "NLopt ended with {}", static_cast<int>(end));
  return value;
}

void check(const FitProblem& p) {
  COLDSTART_CHECK(p.columns >= 1 && p.columns <= kMaxColumns, "{} columns", p.columns);
  COLDSTART_CHECK(p.weight.size() == p.y.size(), "{} weights for {} points", p.weight.size(),
                  p.y.size());
  COLDSTART_CHECK(p.theta.empty() || !p.starts.empty(), "no start");
  size_t used = 0;
  for (size_t i = 0; i < p.y.size(); ++i) {
    if (!std::isfinite(p.y[i]) || p.y[i] <= 0)
      throw DataError("fit", fmt::format("point {}: got {}, expected a number above 0", i, p.y[i]),
                      "the laws describe a loss, which is positive");
    if (p.weight[i] > 0) ++used;
  }
  const size_t parameters = p.theta.size() + static_cast<size_t>(p.columns);
  if (used <= parameters)
    throw DataError("fit",
                    fmt::format("{} points for {} parameters; expected more", used, parameters),
                    "evaluate more often");
}

}  // namespace

FitResult fit(const FitProblem& problem) {
  check(problem);
  Projection projection(problem);
  FitResult best;
  best.objective = INFINITY;
  double lowest = INFINITY;
  const auto keep = [&](const std::vector<double>& theta) {
    const double value = projection.objective(theta);
    if (!(value < lowest)) return;
    lowest = value;
    projection.store(theta, best);
  };
  if (problem.theta.empty()) keep({});
  for (std::vector<double> theta : problem.starts) {
    constexpr int kMost = 400;
    search(NLOPT_LN_NELDERMEAD, problem, projection, theta, 0.15, kMost);
    keep(theta);
  }
  if (problem.theta.size() > 1 && std::isfinite(lowest)) {  // BOBYQA needs two dimensions
    std::vector<double> theta = best.theta;
    constexpr int kMost = 200;
    search(NLOPT_LN_BOBYQA, problem, projection, theta, 0.01, kMost);
    keep(theta);
  }
  best.evaluations = projection.evaluations();
  return best;
}

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Derivatives of log fit by theta and by the linear coefficients, rows scaled by sqrt(weight).
Matrix jacobian_of(const FitProblem& problem, const FitResult& result) {
  const auto n = static_cast<Eigen::Index>(problem.y.size());
  const auto columns = static_cast<Eigen::Index>(problem.columns);
  const auto nonlinear = static_cast<Eigen::Index>(result.theta.size());
  std::vector<double> x(problem.y.size() * static_cast<size_t>(columns));
  const auto basis = [&](std::span<const double> theta) -> Matrix {
    problem.basis(theta, x);
    return Eigen::Map<Matrix>(x.data(), n, columns);
  };
  const Eigen::Map<const Eigen::VectorXd> c(result.linear.data(), columns);
  Matrix jacobian(n, nonlinear + columns);
  jacobian.rightCols(columns) = basis(result.theta);
  for (Eigen::Index k = 0; k < nonlinear; ++k) {
    std::vector<double> up = result.theta, down = result.theta;
    const auto at = static_cast<size_t>(k);
    const double h = 1e-4 * std::max(std::abs(up[at]), 1e-3);
    up[at] += h, down[at] -= h;
    jacobian.col(k) = (basis(up) * c - basis(down) * c) / (2 * h);
  }
  for (Eigen::Index i = 0; i < n; ++i)
    jacobian.row(i) *=
        std::sqrt(problem.weight[static_cast<size_t>(i)]) / result.fitted[static_cast<size_t>(i)];
  return jacobian;
}

double condition_of(Matrix jacobian) {
  for (Eigen::Index j = 0; j < jacobian.cols(); ++j) {
    const double length = jacobian.col(j).norm();
    if (!(length > 0)) return INFINITY;
    jacobian.col(j) /= length;
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(jacobian.transpose() * jacobian,
                                                             Eigen::EigenvaluesOnly);
  const double lowest = eigen.eigenvalues()[0];
  return lowest > 0 ? eigen.eigenvalues()[jacobian.cols() - 1] / lowest : INFINITY;
}

// Parameters that do not stand on a bound, and that the data know of at all.
std::vector<Eigen::Index> free_parameters(const FitProblem& problem, const FitResult& result,
                                          const Matrix& jacobian) {
  std::vector<Eigen::Index> free;
  const auto nonlinear = static_cast<Eigen::Index>(result.theta.size());
  for (Eigen::Index k = 0; k < jacobian.cols(); ++k) {
    const auto at = static_cast<size_t>(k);
    const bool inside = k < nonlinear ? result.theta[at] > problem.theta[at].lo &&
                                            result.theta[at] < problem.theta[at].hi
                                      : result.linear[static_cast<size_t>(k - nonlinear)] > 0;
    if (inside && jacobian.col(k).norm() > 0) free.push_back(k);
  }
  return free;
}

// variance (J'J)^-1 over the free parameters, weights scaled to a mean of 1 so that equal ones give
// the ordinary formula. The columns are scaled, because they differ by orders of magnitude.
Matrix covariance_of(const FitProblem& problem, const FitResult& result, const Matrix& jacobian,
                     double variance) {
  const std::vector<Eigen::Index> free = free_parameters(problem, result, jacobian);
  Matrix covariance = Matrix::Zero(jacobian.cols(), jacobian.cols());
  if (free.empty()) return covariance;
  double total = 0, used = 0;
  for (const double w : problem.weight) total += w, used += w > 0 ? 1 : 0;
  Matrix part = jacobian(Eigen::all, free);
  const Eigen::VectorXd scale = part.colwise().norm().cwiseInverse();
  part = part * scale.asDiagonal();
  const Eigen::MatrixXd information = part.transpose() * part * (used / total);
  const Eigen::MatrixXd inverse =
      Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd>(information).pseudoInverse();
  covariance(free, free) = variance * (scale.asDiagonal() * inverse * scale.asDiagonal());
  return covariance;
}

}  // namespace

FitStatistics statistics(const FitProblem& problem, const FitResult& result) {
  FitStatistics s{.condition = INFINITY};
  if (result.fitted.size() != problem.y.size()) return s;
  std::vector<double> r, size;
  for (size_t i = 0; i < problem.y.size(); ++i) {
    if (problem.weight[i] == 0) continue;
    r.push_back(std::log(problem.y[i] / result.fitted[i]));
    size.push_back(std::abs(r.back()));
  }
  // The median does not see a few spikes, as the fit does not; clipped at three of it they do not
  // count in the correlation either.
  constexpr double kMadToSd = 1.4826, kClip = 3;
  s.spread = kMadToSd * upper_median(size);
  double squares = 0, neighbours = 0;
  for (size_t i = 0; i < r.size(); ++i) {
    r[i] = std::clamp(r[i], -kClip * s.spread, kClip * s.spread);
    squares += r[i] * r[i];
    if (i > 0) neighbours += r[i] * r[i - 1];
  }
  s.correlation = squares > 0 ? std::clamp(neighbours / squares, 0.0, 0.9) : 0;
  const Matrix jacobian = jacobian_of(problem, result);
  s.condition = condition_of(jacobian);
  const double variance = s.spread * s.spread * (1 + s.correlation) / (1 - s.correlation);
  const Matrix covariance = covariance_of(problem, result, jacobian, variance);
  s.covariance.assign(covariance.data(), covariance.data() + covariance.size());
  return s;
}

}  // namespace coldstart::plan
