// w' = w - k (decay w + size scale_r u), in one pass over the tensors; 28 bytes a parameter for
// AdamW, 20 for Lion. The step is formed first and subtracted last: w (1 - decay) would round the
// factor, and with it lose digits of a small decay.
//
// A cautious step is scaled by how many coordinates the mask leaves, so these are counted first;
// and k, where it is not 1, follows from |w|, |u| and <w, u>, which are measured first. Test:
// tests/kernels/updates_test.cpp.
#include <cmath>
#include <numeric>

#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/cpu/update_loops.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels::cpu {

namespace {

// d / (kept + 1), d the number of weights.
double caution_factor(const UpdateArrays& arrays, const Tiling& tiling, int64_t size,
                      UpdateScratch& scratch) {
  int64_t* kept = grown(scratch.kept, tiling.parts());
  std::fill_n(kept, tiling.parts(), 0);  // a tile of several rows counts in its first part
  tiling.for_each([&](const Tile& tile) { kept[tile.first_part] = count_kept(arrays, tile); });
  const int64_t total = std::accumulate(kept, kept + tiling.parts(), int64_t{0});
  return static_cast<double>(size) / static_cast<double>(total + 1);
}

// trust |w| / |decay w + size u|, or 1.
double trust_factor(const UpdateArrays& arrays, const Tiling& tiling, const PlainStep& step,
                    double size, UpdateScratch& scratch) {
  RotationSums* measured = grown(scratch.measured, tiling.parts());
  tiling.for_each(
      [&](const Tile& tile) { measure_tile(arrays, tile, false, measured + tile.first_part); });
  RotationSums all;
  for (int64_t k = 0; k < tiling.parts(); ++k) all += measured[k];
  const double step_sq = step.decay * step.decay * all.weight_sq +
                         2 * step.decay * size * all.weight_direction +
                         size * size * all.direction_sq;
  const double ratio = step.trust * std::sqrt(all.weight_sq) / std::sqrt(step_sq);
  return ratio > 0 && std::isfinite(ratio) ? ratio : 1;
}

}  // namespace

double CpuKernels::plain_update(const UpdateTensors& t, const Direction& direction,
                                const PlainStep& step, std::span<UpdateSums> rows) {
  const auto [N, C] = check_plain_update(t, direction, step, rows);
  const Tiling tiling(N, C);
  const UpdateArrays arrays(t, direction);
  const double caution =
      direction.cautious ? caution_factor(arrays, tiling, N * C, update_scratch_) : 1;
  const double trust =
      step.trust > 0 ? trust_factor(arrays, tiling, step, step.size * caution, update_scratch_) : 1;
  AffineStep* steps = grown(update_scratch_.steps, tiling.parts());
  const RowSums sums(tiling, rows, update_scratch_);
  tiling.for_each([&](const Tile& tile) {
    for (int64_t r = 0; r < tile.rows; ++r) {
      const auto row = static_cast<size_t>(tile.first_row + r);
      const double scale = step.row_scale.empty() ? 1 : step.row_scale[row];
      steps[tile.first_part + r] = {static_cast<float>(step.decay * trust),
                                    static_cast<float>(step.size * scale * caution * trust), 0,
                                    true};
    }
    apply_tile(arrays, tile, steps + tile.first_part, 1, sums.of(tile));
  });
  sums.finish();
  if (direction.cautious) {
    for (UpdateSums& row : rows) row.direction_sq *= caution * caution;
  }
  return trust;
}

}  // namespace coldstart::kernels::cpu
