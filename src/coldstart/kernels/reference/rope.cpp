// Rotary position embedding (Su et al., RoFormer, 2021), pairs (i, i + hs/2) as in LLaMA.
//
//   angle = position theta^(-2i/hs)
//   [a', b'] = [a cos - b sin,  b cos + a sin]   for a = head[i], b = head[i + hs/2]
//
// A rotation is orthogonal, so its backward pass is the rotation by -angle.
// Test: tests/kernels/reference_rope_test.cpp.
#include <cmath>

#include "coldstart/kernels/reference/element.h"
#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

void ReferenceKernels::rope(Tensor qkv, const AttentionShape& shape, double theta,
                            int64_t first_position, bool backward) {
  check_rope(qkv, shape, theta, first_position);
  const int64_t half = shape.head_size / 2;
  with_type(qkv.dtype(), [&]<class Real>() {
    for (int64_t n = 0; n < shape.B * shape.T; ++n) {
      const double position = static_cast<double>(first_position + n % shape.T);
      for (int64_t i = 0; i < half; ++i) {
        const double exponent = -static_cast<double>(i) / static_cast<double>(half);
        const double angle = (backward ? -1 : 1) * position * std::pow(theta, exponent);
        const double cosine = std::cos(angle), sine = std::sin(angle);
        for (int64_t h = 0; h < shape.H + shape.H_kv; ++h) {  // q heads, then k heads
          Real* head = qkv.data<Real>() + n * shape.qkv_cols() + h * shape.head_size;
          const double a = head[i], b = head[i + half];
          head[i] = static_cast<Real>(a * cosine - b * sine);
          head[i + half] = static_cast<Real>(b * cosine + a * sine);
        }
      }
    }
  });
}

}  // namespace coldstart::kernels
