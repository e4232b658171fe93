// w' = w - k e, e = decay w + size scale_r u, u a direction (updates.h); k = 1, or with trust
// trust |w| / |e|.
//
// AdamW (Loshchilov & Hutter, Decoupled Weight Decay Regularization, 2019) is
//   m' = b1 m + (1-b1) g;  c = m' / c1 (mix_m = b1 / c1, mix_g = (1-b1) / c1);  size = lr;
//   decay = lr weight_decay.
// A cautious step is scaled by the share of coordinates outside the mask, and k needs all of e, so
// all directions come first and the weights second. Test: tests/kernels/reference_updates_test.cpp.
#include <cmath>
#include <vector>

#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/reference/update_direction.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

double ReferenceKernels::plain_update(const UpdateTensors& t, const Direction& direction,
                                      const PlainStep& step, std::span<UpdateSums> rows) {
  const auto [N, C] = check_plain_update(t, direction, step, rows);
  double k = 1;
  with_type(t.w.dtype(), [&, N = N, C = C]<class Real>() {
    const DirectionOf<Real> direction_of(t, direction);
    std::vector<double> u(static_cast<size_t>(N * C));
    double kept = 0;
    for (int64_t r = 0; r < N; ++r) {
      UpdateSums sums;
      for (int64_t i = r * C; i < (r + 1) * C; ++i) {
        const Coordinate x = direction_of.update(i, 1);
        u[static_cast<size_t>(i)] = x.u;
        kept += against_gradient(x) ? 0 : 1;
        add_to(sums, x);
      }
      rows[static_cast<size_t>(r)] = sums;
    }
    const double caution = direction.cautious ? static_cast<double>(t.w.size()) / (kept + 1) : 1;
    const auto move = [&](int64_t i, double scale) {
      return step.decay * t.w.data<Real>()[i] +
             step.size * scale * caution * u[static_cast<size_t>(i)];
    };
    if (step.trust > 0) {
      double w_sq = 0, e_sq = 0;
      for (int64_t i = 0; i < N * C; ++i) {
        w_sq += std::pow(static_cast<double>(t.w.data<Real>()[i]), 2);
        e_sq += std::pow(move(i, 1), 2);
      }
      const double ratio = step.trust * std::sqrt(w_sq) / std::sqrt(e_sq);
      if (ratio > 0 && std::isfinite(ratio)) k = ratio;
    }
    for (int64_t r = 0; r < N; ++r) {
      UpdateSums& sums = rows[static_cast<size_t>(r)];
      const double scale = step.row_scale.empty() ? 1 : step.row_scale[static_cast<size_t>(r)];
      for (int64_t i = r * C; i < (r + 1) * C; ++i) {
        Real& w = t.w.data<Real>()[i];
        store_weight(w, w - k * move(i, scale), sums);
      }
      sums.direction_sq *= caution * caution;
    }
  });
  return k;
}

}  // namespace coldstart::kernels
