// m' = keep m + add g';  out = mix_m m + mix_g g'. The weights are not known here: their sums stay
// zero.
//
// Test: tests/kernels/reference_updates_test.cpp.
#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/reference/update_direction.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

void ReferenceKernels::momentum_mix(Tensor out, Tensor m, Tensor g, const Direction& direction,
                                    std::span<UpdateSums> rows) {
  const auto [N, C] = check_momentum_mix(out, m, g, direction, rows);
  with_type(out.dtype(), [&, N = N, C = C]<class Real>() {
    for (int64_t r = 0; r < N; ++r) {
      UpdateSums sums;
      for (int64_t i = r * C; i < (r + 1) * C; ++i) {
        Coordinate x{.g = direction.grad_scale * g.data<Real>()[i], .m = m.data<Real>()[i]};
        x.u = direction.mix_m * x.m + direction.mix_g * x.g;
        m.data<Real>()[i] = static_cast<Real>(direction.keep * x.m + direction.add * x.g);
        out.data<Real>()[i] = static_cast<Real>(x.u);
        add_to(sums, x);
      }
      rows[static_cast<size_t>(r)] = sums;
    }
  });
}

}  // namespace coldstart::kernels
