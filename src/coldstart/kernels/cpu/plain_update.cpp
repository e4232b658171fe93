// w' = w - (decay w + size scale_r u), in one pass over the tensors; 28 bytes a parameter for
// AdamW, 20 for Lion. The step is formed first and subtracted last: w (1 - decay) would round the
// factor, and with it lose digits of a small decay.
//
// A cautious step is scaled by how many coordinates the mask leaves, so these are counted first.
// Test: tests/kernels/updates_test.cpp.
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

}  // namespace

void CpuKernels::plain_update(const UpdateTensors& t, const Direction& direction,
                              const PlainStep& step, std::span<UpdateSums> rows) {
  const auto [N, C] = check_plain_update(t, direction, step, rows);
  const Tiling tiling(N, C);
  const UpdateArrays arrays(t, direction);
  const double caution =
      direction.cautious ? caution_factor(arrays, tiling, N * C, update_scratch_) : 1;
  AffineStep* steps = grown(update_scratch_.steps, tiling.parts());
  const RowSums sums(tiling, rows, update_scratch_);
  tiling.for_each([&](const Tile& tile) {
    for (int64_t r = 0; r < tile.rows; ++r) {
      const auto row = static_cast<size_t>(tile.first_row + r);
      const double scale = step.row_scale.empty() ? 1 : step.row_scale[row];
      steps[tile.first_part + r] = {static_cast<float>(step.decay),
                                    static_cast<float>(step.size * scale * caution), 0, true};
    }
    apply_tile(arrays, tile, steps + tile.first_part, 1, sums.of(tile));
  });
  sums.finish();
  if (direction.cautious) {
    for (UpdateSums& row : rows) row.direction_sq *= caution * caution;
  }
}

}  // namespace coldstart::kernels::cpu
