// gemm_symmetric: C = alpha A A^T, of which only the lower triangle is multiplied out.
//
// Column panels as in gemm_own; a tile is the rows of some whole panels, left of and up to its own
// diagonal. Within it a register tile that lies above the diagonal is left out. What is below the
// diagonal squares of the panels is then copied to its mirror image while it is in cache, by the
// task that made it, so that no element is written twice. Register tiles on the diagonal are whole:
// N (N + panel width) / 2 of N^2 elements are computed, 53 % at N = 768.
// c(m, n) and c(n, m) are the same products added in the same order, so C is symmetric to the bit.
// Large tiles come first, which spreads them evenly over threads. Test:
// tests/kernels/cpu_gemm_test.cpp.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/gemm_symmetric.cpp"
#include <hwy/foreach_target.h>
// after foreach_target
#include <hwy/highway.h>

#include <algorithm>
#include <array>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/gemm.h"
#include "coldstart/kernels/cpu/gemm_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

// c(n, m) = c(m, n) for rows m in [m0, m1) and columns n in [n0, n1), a block below the diagonal.
void mirror_block(float* c, int64_t stride, int64_t m0, int64_t m1, int64_t n0, int64_t n1) {
  int64_t m = m0;
#if HWY_TARGET != HWY_SCALAR
  const Lanes d;
  for (; m + kLanes <= m1; m += kLanes) {
    std::array<const float*, hn::MaxLanes(Lanes())> rows;
    for (size_t i = 0; i < rows.size(); ++i) rows[i] = c + (m + static_cast<int64_t>(i)) * stride;
    int64_t n = n0;
    for (; n + 4 <= n1; n += 4) transpose_four(d, rows.data(), n, stride, c + n * stride + m);
    for (; n < n1; ++n) {
      for (size_t i = 0; i < rows.size(); ++i)
        c[n * stride + m + static_cast<int64_t>(i)] = rows[i][n];
    }
  }
#endif
  for (; m < m1; ++m) {
    for (int64_t n = n0; n < n1; ++n) c[n * stride + m] = c[m * stride + n];
  }
}

// Tiles of whole panels both ways, so that a tile ends where a panel does.
struct SymmetricCut {
  int64_t panels_down = 0, tiles_down = 0;
  int64_t panels_across = 0, tiles_across = 0;
};

SymmetricCut choose_symmetric_cut(const ColumnPanels& columns) {
  constexpr int64_t kRowsOfTile = 144;     // a packed block of them stays in L2
  constexpr int64_t kColumnsOfTile = 768;  // enough uses of that block
  SymmetricCut cut;
  cut.panels_down =
      std::max<int64_t>(1, std::min<int64_t>(kRowsOfTile, kMaxTilePanels * kTileRows) / kTileCols);
  cut.tiles_down = div_up(columns.count, cut.panels_down);
  // The rows of a tile are the columns of one tile as well: a register tile across the end of a
  // panel reaches above the diagonal, and nobody else may write there.
  const int64_t across = div_up(columns.vecs * kLanes, kColumnsOfTile);
  cut.panels_across = div_up(div_up(columns.count, across), cut.panels_down) * cut.panels_down;
  cut.tiles_across = div_up(columns.count, cut.panels_across);
  return cut;
}

void gemm_symmetric(const Gemm& given) {
  Gemm g = given;
  g.N = g.M;
  g.b = g.a;
  g.b_row = g.a_col;
  g.b_col = g.a_row;
  COLDSTART_CHECK(
      !g.accumulate && !g.has_forward_epilogue() && g.gate == nullptr && g.a_row_sums == nullptr,
      "a symmetric product has no epilogue but alpha");
  const ColumnPanels columns(g.N);
  Cut cut = choose_cut(g, columns);
  cut.k_ranges = 1;
  cut.chunks_in_range = cut.chunks;
  cut.block_chunks = div_up(cut.chunks, div_up(cut.chunks * cut.kc, kMaxBlockK));
  const float* packed_b = pack_b(g, cut, columns);
  const SymmetricCut tiles = choose_symmetric_cut(columns);
  const auto row_of = [&](int64_t panel) { return std::min(g.M, columns.begin(panel)); };
  const int64_t tasks = tiles.tiles_down * tiles.tiles_across;
  parallel_for(tasks, cut.grain(tasks), [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t task = begin; task < end; ++task) {
      const int64_t down = tiles.tiles_down - 1 - task / tiles.tiles_across;
      const int64_t first = down * tiles.panels_down;
      const int64_t last = std::min(columns.count, first + tiles.panels_down);
      const int64_t panel0 = task % tiles.tiles_across * tiles.panels_across;
      const int64_t panel1 = std::min(last, panel0 + tiles.panels_across);
      if (panel0 >= panel1) continue;  // above the diagonal
      const Tile tile{
          .m0 = row_of(first),
          .m1 = row_of(last),
          .panel0 = panel0,
          .panel1 = panel1,
          .k0 = 0,
          .k1 = g.K,
          .a_sums = nullptr,
          .next_a = g.a + row_of(std::max<int64_t>(0, first - tiles.panels_down)) * g.a_row,
          .lower = true};
      compute_tile(g, cut, columns, packed_b, tile);
      for (int64_t j = panel0; j < panel1; ++j) {
        const int64_t below = std::max(tile.m0, row_of(j + 1));
        mirror_block(g.c, g.c_row, below, tile.m1, row_of(j), row_of(j + 1));
      }
    }
  });
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {
HWY_EXPORT(gemm_symmetric);

void gemm_symmetric_own(const Gemm& g) { HWY_DYNAMIC_DISPATCH(gemm_symmetric)(g); }

}  // namespace coldstart::kernels::cpu
#endif
