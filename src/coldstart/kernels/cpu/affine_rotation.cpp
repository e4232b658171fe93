#include "coldstart/kernels/cpu/affine_rotation.h"

#include <cmath>

namespace coldstart::kernels::cpu {

AffineStep affine_rotation(const RotationSums& sums, int64_t n, const Rotation& rotation,
                           size_t sphere) {
  const AffineStep stay{.moves = false};
  const double radius = rotation.radius[sphere];
  const double scale = rotation.row_scale.empty() ? 1 : rotation.row_scale[sphere];
  if (!(sums.weight_sq > 0 && radius > 0 && std::isfinite(sums.weight_sq))) return stay;

  const double mean = rotation.center ? sums.direction / static_cast<double>(n) : 0;
  const double along_w = sums.weight_direction - mean * sums.weight;  // <u - mean, w>
  const double p = rotation.project ? along_w / sums.weight_sq : 0;
  const double norm_sq = sums.direction_sq - mean * sums.direction - p * along_w;
  if (!(norm_sq > kNoDirection * sums.direction_sq && std::isfinite(norm_sq))) return stay;

  const bool averages = !rotation.norm_average.empty();
  double s = norm_sq, average_sq = norm_sq;
  if (averages) {
    s = rotation.norm_decay * rotation.norm_average[sphere] + (1 - rotation.norm_decay) * norm_sq;
    average_sq = s / rotation.norm_correction;
  }
  const double f = rotation.angle * scale * radius / (std::sqrt(average_sq) + rotation.eps);
  // |w - f d|^2 with d = u - mean - p w; <w, d> is zero after projecting.
  const double w_dot_d = rotation.project ? 0 : along_w;
  const double turned_sq = sums.weight_sq - 2 * f * w_dot_d + f * f * norm_sq;
  if (!(turned_sq > 0 && std::isfinite(turned_sq))) return stay;

  if (averages) rotation.norm_average[sphere] = s;
  const double to_sphere = radius / std::sqrt(turned_sq);
  return {static_cast<float>(1 - to_sphere * (1 + f * p)), static_cast<float>(to_sphere * f),
          static_cast<float>(-to_sphere * f * mean), true};
}

}  // namespace coldstart::kernels::cpu
