// A rotation as an affine map of w and u, from sums of w and u alone.
//
// With n numbers, mean = sum(u)/n if centering, p = <u - mean, w> / |w|^2 if projecting:
//   t  = w - f (u - mean - p w),   f = angle radius / (average + eps)
//   w' = t radius / |t|
// and |t| follows from the sums, so that w is read once to take them and once to turn it. The map
// is given as what is subtracted: near 1, the factor of w itself would lose the digits of a small
// angle. All in double, from sums of exact products: a row keeps its norm to the rounding of its
// elements, step after step, and a direction that centering or projecting leaves nothing of is
// recognised. Test: tests/kernels/updates_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/kernels/cpu/update_tiles.h"
#include "coldstart/kernels/updates.h"

namespace coldstart::kernels::cpu {

// Of the sphere whose sums these are: index into radius and norm_average. Advances norm_average.
AffineStep affine_rotation(const RotationSums& sums, int64_t n, const Rotation& rotation,
                           size_t sphere);

}  // namespace coldstart::kernels::cpu
