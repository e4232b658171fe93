// A small bench for one optimizer: parameters, kernels, report and a step counter, with gradients
// that are functions of a seed.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "coldstart/core/random.h"
#include "coldstart/optim/registry.h"

namespace coldstart::optim {

inline void set(Tensor x, int64_t i, double value) {
  if (x.dtype() == DType::f32) {
    x.f32()[i] = static_cast<float>(value);
  } else {
    x.data<double>()[i] = value;
  }
}

inline void fill(Tensor x, const std::function<double(int64_t)>& value) {
  for (int64_t i = 0; i < x.size(); ++i) set(x, i, value(i));
}

inline void fill_normal(Tensor x, uint64_t seed, double scale = 1) {
  const Rng rng(seed, Stream::test);
  fill(x, [&](int64_t i) { return scale * rng.normal(static_cast<uint64_t>(i)); });
}

inline std::vector<double> numbers(Tensor x) {
  std::vector<double> result;
  for (int64_t i = 0; i < x.size(); ++i) result.push_back(x.at(i));
  return result;
}

inline double norm(const std::vector<double>& x) {
  double square = 0;
  for (const double value : x) square += value * value;
  return std::sqrt(square);
}
inline double norm(Tensor x) { return norm(numbers(x)); }

inline double rms(const std::vector<double>& x) {
  return norm(x) / std::sqrt(static_cast<double>(x.size()));
}

inline std::vector<double> difference(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> result;
  for (size_t i = 0; i < a.size(); ++i) result.push_back(a[i] - b[i]);
  return result;
}

// In radians, exact for small angles.
inline double angle_between(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> x = a, y = b;
  for (double& value : x) value /= norm(a);
  for (double& value : y) value /= norm(b);
  return 2 * std::asin(std::min(1.0, norm(difference(x, y)) / 2));
}

inline std::vector<double> row(Tensor x, int64_t r) { return numbers(x.row_range(r, r + 1)); }

inline ParamSpec matrix_spec(int64_t rows, int64_t cols, Role role = Role::mlp_in) {
  return {std::string(role_name(role)), role, 0, rows, cols};
}
inline ParamSpec vector_spec(int64_t size) { return {"gain", Role::norm_gain, 0, 0, size}; }

struct Lab {
  ParamList params;
  std::unique_ptr<kernels::Kernels> kernels;
  std::unique_ptr<Optimizer> optimizer;
  StepReport report;
  double peak_lr;
  int64_t steps = 0;

  // Weights are drawn from N(0, scale^2); float64 runs on the reference kernels.
  Lab(const std::vector<ParamSpec>& specs, const OptimizerOptions& options,
      DType dtype = DType::f64, double scale = 0.02)
      : params(specs, dtype),
        kernels(dtype == DType::f64 ? kernels::make_reference_kernels()
                                    : kernels::make_cpu_kernels()),
        optimizer(make_optimizer(params, options)),
        report(params),
        peak_lr(options.lr) {
    for (size_t i = 0; i < params.size(); ++i) fill_normal(params[i].weight, 1000 + i, scale);
  }

  void draw_gradients(uint64_t seed, double scale = 1) {
    for (size_t i = 0; i < params.size(); ++i)
      fill_normal(params[i].grad, 7919 * (seed + 1) + i, scale);
  }

  void step() { step(peak_lr); }
  void step(double lr) { step(StepContext{.step = steps, .lr = lr, .peak_lr = peak_lr}); }
  void step(StepContext context) {
    optimizer->step(params, context, *kernels, report);
    ++steps;
  }

  std::vector<double> weights(size_t i = 0) const { return numbers(params[i].weight); }
};

}  // namespace coldstart::optim
