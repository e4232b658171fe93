// The loops of the updates over one tile, for the best Highway target of this machine. What they do
// to a weight is one affine map, w' = w - (a w + b u + c): a plain step as it stands, a rotation by
// coefficients that follow from sums of w and u (affine_rotation.h).
//
// Test: tests/kernels/updates_test.cpp.
#pragma once

#include <cstdint>
#include <span>

#include "coldstart/kernels/cpu/update_tiles.h"
#include "coldstart/kernels/updates.h"

namespace coldstart::kernels::cpu {

// An update's tensors as pointers, with the direction to take.
struct UpdateArrays {
  UpdateArrays(const UpdateTensors& t, const Direction& direction,
               std::span<const double> row_gain = {});
  Direction rule;
  std::span<const double> row_gain;  // or empty: 1
  float* w;
  const float* g;
  float *m, *v;
  const float* given;
  int64_t cols;
};

// Reads only: coordinates outside the cautious mask.
int64_t count_kept(const UpdateArrays& arrays, const Tile& tile);

// Reads only: the sums of every row of the tile, into sums[0 .. tile.rows). Sums of w and u only
// where `center`.
void measure_tile(const UpdateArrays& arrays, const Tile& tile, bool center, RotationSums* sums);

// Updates m, v and w. Row r of the tile moves by steps[r * stride]. Meanwhile the numbers that
// stand `prefetch` further on are fetched into the cache; 0: none.
void apply_tile(const UpdateArrays& arrays, const Tile& tile, const AffineStep* steps,
                int64_t stride, UpdateSums* sums, int64_t prefetch = 0);

}  // namespace coldstart::kernels::cpu
