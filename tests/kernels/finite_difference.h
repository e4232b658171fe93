// Checks a gradient against central differences of a scalar function, in double:
//   df/dx_i ~ (f(x_i + h) - f(x_i - h)) / 2h,  error O(h^2) + O(1e-16 |f| / h).
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "coldstart/tensor/tensor.h"

namespace coldstart {

// x is changed and restored element by element; value() evaluates the function at the present x.
// Every `stride`-th element is checked. The error may be `tolerance` of the largest gradient.
inline void expect_gradient(const std::string& name, Tensor x, Tensor gradient,
                            const std::function<double()>& value, double tolerance = 1e-6,
                            int64_t stride = 1, double h = 1e-5) {
  ASSERT_EQ(x.size(), gradient.size()) << name;
  double scale = 0;
  for (int64_t i = 0; i < gradient.size(); ++i) scale = std::max(scale, std::abs(gradient.at(i)));
  ASSERT_GT(scale, 0) << "gradient of " << name << " is zero everywhere";
  for (int64_t i = 0; i < x.size(); i += stride) {
    double& element = x.data<double>()[i];
    const double saved = element;
    element = saved + h;
    const double above = value();
    element = saved - h;
    const double below = value();
    element = saved;
    ASSERT_NEAR(gradient.at(i), (above - below) / (2 * h), tolerance * scale)
        << name << "[" << i << "] of " << x.shape_text();
  }
}

// sum_i weights[i] x[i]: makes a scalar of a tensor, whose gradient is `weights`.
inline double weighted_sum(const Tensor& x, const Tensor& weights) {
  double sum = 0;
  for (int64_t i = 0; i < x.size(); ++i) sum += x.at(i) * weights.at(i);
  return sum;
}

}  // namespace coldstart
