// Turns the rows of w, or all of it, on spheres (updates.h: Rotation), step by step as the equation
// reads: center, project, normalise, step, back to the sphere.
//
// Source: Kosson, Messmer, Jaggi, Rotational Equilibrium, 2024 (the averaged norm, centering,
// rows). Test: tests/kernels/reference_updates_test.cpp.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/reference/update_direction.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

namespace {

using Numbers = std::vector<double>;

double dot(const Numbers& a, const Numbers& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// One sphere: w turned by u; false, and nothing changed, where there is no direction.
bool rotate(Numbers& w, Numbers& u, double angle, double radius, const Rotation& rotation,
            double* average_sq) {
  const double weight_sq = dot(w, w), whole_sq = dot(u, u);
  if (!(weight_sq > 0 && radius > 0 && std::isfinite(weight_sq))) return false;
  if (rotation.center) {
    const double mean = std::accumulate(u.begin(), u.end(), 0.0) / static_cast<double>(u.size());
    for (double& x : u) x -= mean;
  }
  if (rotation.project) {
    const double along = dot(u, w) / weight_sq;
    for (size_t i = 0; i < u.size(); ++i) u[i] -= along * w[i];
  }
  const double norm_sq = dot(u, u);
  if (!(norm_sq > kNoDirection * whole_sq && std::isfinite(norm_sq))) return false;
  double s = norm_sq;
  if (average_sq != nullptr) {
    s = rotation.norm_decay * *average_sq + (1 - rotation.norm_decay) * norm_sq;
  }
  const double average =
      average_sq != nullptr ? std::sqrt(s / rotation.norm_correction) : std::sqrt(norm_sq);
  Numbers turned = w;
  for (size_t i = 0; i < w.size(); ++i) {
    turned[i] -= angle * radius * u[i] / (average + rotation.eps);
  }
  const double norm = std::sqrt(dot(turned, turned));
  if (!(norm > 0 && std::isfinite(norm))) return false;
  for (size_t i = 0; i < w.size(); ++i) w[i] = turned[i] * (radius / norm);
  if (average_sq != nullptr) *average_sq = s;
  return true;
}

}  // namespace

int64_t ReferenceKernels::rotate_update(const UpdateTensors& t, const Direction& direction,
                                        const Rotation& rotation, std::span<UpdateSums> rows) {
  const auto [N, C] = check_rotate_update(t, direction, rotation, rows);
  const int64_t sphere_rows = rotation.per_row ? 1 : N;
  int64_t unchanged = 0;
  with_type(t.w.dtype(), [&, N = N, C = C]<class Real>() {
    const DirectionOf<Real> direction_of(t, direction);
    Real* weights = t.w.data<Real>();
    for (int64_t first = 0; first < N; first += sphere_rows) {
      const auto sphere = static_cast<size_t>(first);  // the only one is 0 when it is the tensor
      Numbers w, u;
      for (int64_t r = first; r < first + sphere_rows; ++r) {
        UpdateSums sums;
        const double gain =
            rotation.row_gain.empty() ? 1 : rotation.row_gain[static_cast<size_t>(r)];
        for (int64_t i = r * C; i < (r + 1) * C; ++i) {
          const Coordinate x = direction_of.update(i, gain);
          add_to(sums, x);
          w.push_back(x.w);
          u.push_back(x.u);
        }
        rows[static_cast<size_t>(r)] = sums;
      }
      const double scale = rotation.row_scale.empty() ? 1 : rotation.row_scale[sphere];
      double* average = rotation.norm_average.empty() ? nullptr : &rotation.norm_average[sphere];
      if (!rotate(w, u, rotation.angle * scale, rotation.radius[sphere], rotation, average)) {
        unchanged += sphere_rows;
        continue;
      }
      for (int64_t i = 0; i < sphere_rows * C; ++i) {
        store_weight(weights[first * C + i], w[static_cast<size_t>(i)],
                     rows[static_cast<size_t>(first + i / C)]);
      }
    }
  });
  return unchanged;
}

}  // namespace coldstart::kernels
