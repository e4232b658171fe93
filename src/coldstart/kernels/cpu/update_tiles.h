// How the updates cut a tensor: tiles of whole rows, or of a part of one row where rows are long,
// about 16384 weights each, whatever the number of threads. Sums are kept per part of a row and
// added in order.
//
// Test: tests/kernels/updates_test.cpp (rows shorter, longer and as long as a tile).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/kernels/updates.h"

namespace coldstart::kernels::cpu {

struct Tile {
  int64_t first_row = 0, rows = 0;
  int64_t first_col = 0, cols = 0;
  int64_t first_part = 0;  // of its parts of rows: row r of the tile is part first_part + r
};

class Tiling {
 public:
  Tiling(int64_t rows, int64_t cols)
      : rows_(rows),
        cols_(cols),
        rows_per_tile_(std::max<int64_t>(1, kTile / cols)),
        parts_per_row_(div_up(cols, kTile)) {}

  bool whole_rows() const { return parts_per_row_ == 1; }
  int64_t parts_per_row() const { return parts_per_row_; }
  int64_t parts() const { return rows_ * parts_per_row_; }

  // fn(tile) for all tiles, in parallel.
  template <class Fn>
  void for_each(const Fn& fn) const {
    if (whole_rows()) {
      parallel_for(rows_, rows_per_tile_, [&](int64_t begin, int64_t end, int64_t) {
        fn(Tile{begin, end - begin, 0, cols_, begin});
      });
    } else {
      parallel_for(parts(), 1, [&](int64_t part, int64_t, int64_t) {
        const int64_t col = part % parts_per_row_ * kTile;
        fn(Tile{part / parts_per_row_, 1, col, std::min(kTile, cols_ - col), part});
      });
    }
  }

 private:
  static constexpr int64_t kTile = 1 << 14;  // weights: with its gradient and moments, 256 KiB
  int64_t rows_, cols_, rows_per_tile_, parts_per_row_;
};

// Sums of one part of a row, in double, from which a rotation's affine map follows.
struct RotationSums {
  double weight_sq = 0;         // |w|^2
  double weight_direction = 0;  // <w, u>
  double direction_sq = 0;      // |u|^2
  double weight = 0;            // sum of w, with centering
  double direction = 0;         // sum of u, with centering
  RotationSums& operator+=(const RotationSums& other);
};

// w' = w - (weight w + direction u + offset): every plain step, and every rotation once its sums
// are known.
struct AffineStep {
  float weight = 0, direction = 0, offset = 0;
  bool moves = true;  // false: w stays as it is, bit by bit
};

// Grows on first use, then is reused for ever.
struct UpdateScratch {
  std::vector<UpdateSums> sums;        // one a part, where rows have several
  std::vector<RotationSums> measured;  // one a part
  std::vector<AffineStep> steps;       // one a part, or one a sphere
  std::vector<int64_t> kept;           // one a part: coordinates outside a cautious mask
};

// The first n of a scratch vector.
template <class T>
T* grown(std::vector<T>& scratch, int64_t n) {
  if (static_cast<int64_t>(scratch.size()) < n) scratch.resize(static_cast<size_t>(n));
  return scratch.data();
}

// Where the tiles write their sums: straight into `rows`, or into scratch that finish() adds up.
class RowSums {
 public:
  RowSums(const Tiling& tiling, std::span<UpdateSums> rows, UpdateScratch& scratch)
      : tiling_(tiling),
        rows_(rows),
        parts_(tiling.whole_rows() ? rows.data() : grown(scratch.sums, tiling.parts())) {}

  UpdateSums* of(const Tile& tile) const { return parts_ + tile.first_part; }
  void finish() const;

 private:
  const Tiling& tiling_;
  std::span<UpdateSums> rows_;
  UpdateSums* parts_;
};

}  // namespace coldstart::kernels::cpu
