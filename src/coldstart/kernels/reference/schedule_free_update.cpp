// Schedule-free AdamW (Defazio et al., The Road Less Scheduled, 2024): the equation of updates.h,
// coordinate by coordinate. The sums take y for the weight; there is no momentum.
//
// Test: tests/kernels/reference_updates_test.cpp.
#include <cmath>

#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/reference/update_direction.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

void ReferenceKernels::schedule_free_update(Tensor y, Tensor z, Tensor v, Tensor g,
                                            const ScheduleFreeStep& s, std::span<UpdateSums> rows) {
  const auto [N, C] = check_schedule_free_update(y, z, v, g, rows);
  with_type(y.dtype(), [&, N = N, C = C]<class Real>() {
    for (int64_t r = 0; r < N; ++r) {
      UpdateSums sums;
      for (int64_t i = r * C; i < (r + 1) * C; ++i) {
        Real &here = y.data<Real>()[i], &fast = z.data<Real>()[i], &square = v.data<Real>()[i];
        Coordinate x{.w = here, .g = s.grad_scale * g.data<Real>()[i]};
        const double old_fast = fast;
        const double new_square = s.beta2 * square + (1 - s.beta2) * x.g * x.g;
        x.u = x.g / (std::sqrt(new_square / s.correction2) + s.eps);
        const double step = x.u + s.weight_decay * x.w;
        square = static_cast<Real>(new_square);
        fast = static_cast<Real>(old_fast - s.lr * step);
        add_to(sums, x);
        store_weight(
            here, (1 - s.k) * x.w + s.k * old_fast + s.lr * (s.beta1 * (1 - s.k) - 1) * step, sums);
      }
      rows[static_cast<size_t>(r)] = sums;
    }
  });
}

}  // namespace coldstart::kernels
