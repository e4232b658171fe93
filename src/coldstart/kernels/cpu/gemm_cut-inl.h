// How gemm_own cuts a product: C into tiles of rows and panels of columns, K into chunks, blocks
// and ranges. A function of the shape alone; of these only the chunks and ranges of K change bytes.
//
// A chunk of a panel of B stays in L1, a block of A in L2. An -inl header: included once for every
// target, hence the toggle instead of #pragma once. Test: tests/kernels/cpu_gemm_test.cpp.
#if defined(COLDSTART_KERNELS_CPU_GEMM_CUT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_GEMM_CUT_INL_H_
#undef COLDSTART_KERNELS_CPU_GEMM_CUT_INL_H_
#else
#define COLDSTART_KERNELS_CPU_GEMM_CUT_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>

#include "coldstart/core/error.h"
#include "coldstart/kernels/cpu/gemm.h"
#include "coldstart/kernels/cpu/gemm_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

// With kMaxBlockK: a block of A that stays in L2 (528 KiB with AVX-512).
inline constexpr int64_t kMaxTilePanels = kManyRegisters ? 22 : 16;
inline constexpr int64_t kMaxBlockK = 768;

// Columns of C in panels of at most kTileCols, as even as whole vectors allow.
struct ColumnPanels {
  int64_t vecs, count;
  explicit ColumnPanels(int64_t N)
      : vecs(div_up(N, kLanes)), count(div_up(vecs, int64_t{kTileVecs})) {}
  int64_t begin(int64_t panel) const { return vecs * panel / count * kLanes; }
  int64_t width(int64_t panel) const { return begin(panel + 1) - begin(panel); }
};

// The cut of one product into tasks: row tiles x column tiles x ranges of K.
struct Cut {
  int64_t tile_rows = 0, row_tiles = 0;
  int64_t tile_panels = 0, col_tiles = 0;  // of ColumnPanels
  int64_t kc = 0;                          // length of a chunk of K
  int64_t chunks = 0;                      // of K
  int64_t block_chunks = 0;                // chunks of one packed block of A
  int64_t k_ranges = 1;                    // more than one: partial products, summed in order
  int64_t chunks_in_range = 0;
  bool small = false;  // not worth waking other threads

  // How many of `tasks` tasks a thread takes at a time.
  int64_t grain(int64_t tasks) const { return small ? std::max<int64_t>(tasks, 1) : 1; }
};

inline Cut choose_cut(const Gemm& g, const ColumnPanels& columns) {
  constexpr int64_t kMaxKc = 192;       // a chunk of a panel of B, 36 KiB with AVX-512, stays in L1
  constexpr int64_t kMaxTileVecs = 48;  // columns of a tile: enough uses of a packed block of A
  constexpr int64_t kEnoughTasks = 16;  // below, a long K is cut too
  Cut cut;
  cut.small = g.M * g.N * g.K < 1 << 20;  // about 10 microseconds
  cut.row_tiles = div_up(g.M, kMaxTilePanels * kTileRows);
  cut.tile_rows = div_up(div_up(g.M, cut.row_tiles), int64_t{kTileRows}) * kTileRows;
  cut.row_tiles = div_up(g.M, cut.tile_rows);
  cut.col_tiles = div_up(columns.vecs, kMaxTileVecs);
  cut.tile_panels = div_up(columns.count, cut.col_tiles);
  cut.col_tiles = div_up(columns.count, cut.tile_panels);
  cut.chunks = div_up(g.K, kMaxKc);
  cut.kc = div_up(g.K, cut.chunks);
  const int64_t tiles = cut.row_tiles * cut.col_tiles;
  const int64_t ranges = std::min(cut.chunks, div_up(kEnoughTasks, tiles));
  cut.chunks_in_range = div_up(cut.chunks, ranges);
  cut.k_ranges = div_up(cut.chunks, cut.chunks_in_range);
  const int64_t blocks = div_up(cut.chunks_in_range * cut.kc, kMaxBlockK);
  cut.block_chunks = div_up(cut.chunks_in_range, blocks);
  return cut;
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_GEMM_CUT_INL_H_
