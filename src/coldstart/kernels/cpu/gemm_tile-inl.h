// What the drivers of our matrix products share: packing all of B, and one tile of C.
//
// A tile walks K in blocks: it packs its block of A (stays in L2); for every panel of B, for every
// chunk of K (a chunk of a panel stays in L1), for every panel of A, one register tile. So a panel
// of C is in cache from its first chunk to its epilogue. An -inl header: included once for every
// target, hence the toggle instead of #pragma once. Test: tests/kernels/cpu_gemm_test.cpp.
#if defined(COLDSTART_KERNELS_CPU_GEMM_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_GEMM_TILE_INL_H_
#undef COLDSTART_KERNELS_CPU_GEMM_TILE_INL_H_
#else
#define COLDSTART_KERNELS_CPU_GEMM_TILE_INL_H_
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <span>

#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/gemm.h"
#include "coldstart/kernels/cpu/gemm_cut-inl.h"
#include "coldstart/kernels/cpu/gemm_epilogue-inl.h"
#include "coldstart/kernels/cpu/gemm_kernel-inl.h"
#include "coldstart/kernels/cpu/gemm_pack-inl.h"
#include "coldstart/kernels/cpu/scratch.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

inline constexpr int64_t kGroupPanels = 8;  // of B, packed together

// Part of C: rows [m0, m1), panels [panel0, panel1) of columns, summed over K in [k0, k1).
struct Tile {
  int64_t m0, m1, panel0, panel1, k0, k1;
  float* a_sums;        // optional: sums over K of the rows of A
  const float* next_a;  // where the rows of this thread's next tile probably are
  bool lower;           // only where a register tile reaches to or below the diagonal of C
};

// What the register tiles of one block of K, one panel of B, have in common.
struct PanelPlan {
  int64_t panels, panel_rows;  // of A
  int64_t n, width;            // columns of the panel of B
  bool add, last;
};

// `work` by reference: a copy would read in whole vectors what was just written number by number,
// and wait for it (2.5 % of a step of bench-10m).
inline void compute_panel(const Gemm& g, const Tile& tile, const PanelPlan& plan, int64_t p,
                          TileWork& work) {
  const int64_t m = tile.m0 + p * plan.panel_rows;
  const int64_t rows = std::min(plan.panel_rows, tile.m1 - m);
  const int64_t n = plan.n, cols = std::min(plan.width, g.N - n);
  const MicroKernel kernel = find_micro_kernel(rows, plan.width / kLanes);
  const int64_t offset = m * g.c_row + n;
  float* c = g.c + offset;
  const bool finish_each = g.accumulate && !g.is_plain();
  work.aux = g.gate != nullptr ? g.gate + offset : c;
  if (cols == plan.width && !finish_each) {
    work.c = c;
    work.c_stride = g.c_row;
    work.add = plan.add;
    kernel(work);
  } else {
    HWY_ALIGN float product[kTileRows * kTileCols];
    work.c = product;
    work.c_stride = plan.width;
    work.aux = product;
    work.add = false;
    kernel(work);
    const Gemm plain{.c = g.c, .c_row = g.c_row};
    epilogue(finish_each ? g : plain, m, n, rows, cols, product, plan.width, plan.add);
  }
  if (plan.last && !finish_each && !g.is_plain()) {
    epilogue(g, m, n, rows, cols, c, g.c_row, false);
  }
}

// A block of A: rows [m0, m0 + rows) x kc steps of k, in one pass over memory.
inline void pack_rows_copying(const Gemm& g, const PanelPlan& plan, const float* a, int64_t rows,
                              int64_t kc, float* packed, float* sums) {
  constexpr int64_t kColumnsOfPanel = kPanelRows / kRowLanes;
  std::array<PackedColumn, kMaxTilePanels * kColumnsOfPanel> columns;
  const auto count = static_cast<size_t>(plan.panels * kColumnsOfPanel);
  for (size_t j = 0; j < count; ++j) {
    const int64_t p = static_cast<int64_t>(j) / kColumnsOfPanel;
    const int64_t i = static_cast<int64_t>(j) % kColumnsOfPanel * kRowLanes;
    columns[j] = {p * plan.panel_rows + i, packed + p * kPanelRows * kc + i, kPanelRows};
  }
  pack_copying(RowLanes(), a, g.a_col, rows, kc, std::span(columns).first(count), sums);
}

inline void compute_tile(const Gemm& g, const Cut& cut, const ColumnPanels& columns,
                         const float* packed_b, const Tile& tile) {
  const int64_t tile_rows = tile.m1 - tile.m0;
  PanelPlan plan{};
  plan.panels = div_up(tile_rows, int64_t{kTileRows});
  plan.panel_rows = div_up(tile_rows, plan.panels);  // even panels: no thin last one
  plan.panels = div_up(tile_rows, plan.panel_rows);
  const bool copying = g.a_row == 1;
  const int64_t block_k = cut.block_chunks * cut.kc;
  float* packed_a = thread_scratch(ScratchSlot::packed_a, plan.panels * kPanelRows * block_k);
  // Row-major A: the whole next tile, spread evenly over all register tiles of this one.
  const int64_t b_panels = tile.panel1 - tile.panel0;
  const int64_t ahead_step =
      std::max<int64_t>(1, tile_rows * g.a_row / ((tile.k1 - tile.k0) * b_panels * plan.panels));
  const float* ahead = tile.next_a;
  HWY_ALIGN float sums[kMaxTilePanels * kPanelRows] = {};

  for (int64_t k0 = tile.k0; k0 < tile.k1; k0 += block_k) {
    const int64_t k1 = std::min(tile.k1, k0 + block_k);
    for (int64_t j = tile.panel0; j < tile.panel1; ++j) {
      plan.n = columns.begin(j);
      plan.width = columns.width(j);
      for (int64_t k = k0; k < k1; k += cut.kc) {
        const int64_t kc = std::min(cut.kc, k1 - k);
        plan.add = g.accumulate || k > tile.k0;
        plan.last = k + kc == tile.k1;
        const float* a = g.a + tile.m0 * g.a_row + k * g.a_col;
        float* packed = packed_a + (k - k0) * plan.panels * kPanelRows;
        if (j == tile.panel0 && copying) {
          pack_rows_copying(g, plan, a, tile_rows, kc, packed, tile.a_sums ? sums : nullptr);
        }
        const float* b = packed_b + plan.n * g.K + k * plan.width;
        const int64_t above =
            tile.lower ? std::max<int64_t>(0, (plan.n - tile.m0) / plan.panel_rows) : 0;
        for (int64_t p = above; p < plan.panels; ++p) {
          float* panel = packed + p * kPanelRows * kc;
          if (j == tile.panel0 && !copying) {  // just before its first use: it waits for memory
            const int64_t m = p * plan.panel_rows;
            for (int64_t i = 0; i < kPanelRows; i += kRowLanes) {
              pack_transposing(RowLanes(), a, g.a_row, tile_rows, kc,
                               {m + i, panel + i, kPanelRows});
            }
          }
          TileWork work;
          work.kc = kc;
          work.a = panel;
          work.b = b;
          // The chunk after this one lies right behind it.
          work.next_step[0] = 4 * plan.width / plan.panels;
          work.next[0] = b + kc * plan.width + p * kc / 4 * work.next_step[0];
          if (!copying) {
            work.next[1] = ahead;
            work.next_step[1] = 4 * ahead_step;
            ahead += ahead_step * kc;
          } else {  // the next chunk, one cache line of each of its rows
            const int64_t line = (j - tile.panel0) * plan.panels + p;
            const bool useful = !plan.last && line * 16 < tile_rows + 15;
            work.next[1] = useful ? a + kc * g.a_col + line * 16 : panel;
            work.next_step[1] = useful ? g.a_col : 0;
          }
          compute_panel(g, tile, plan, p, work);
        }
      }
    }
  }
  if (g.pre != nullptr) hwy::FlushStream();
  if (tile.a_sums == nullptr) return;
  for (int64_t i = 0; i < tile_rows; ++i) {
    const int64_t at = i / plan.panel_rows * kPanelRows + i % plan.panel_rows;
    tile.a_sums[i] = sums[at] + (g.accumulate ? tile.a_sums[i] : 0.0F);
  }
}

// Panels [first, first + count) of B, kc steps of k from k on.
inline void pack_panels(const Gemm& g, const ColumnPanels& columns, int64_t first, int64_t count,
                        int64_t k, int64_t kc, float* packed) {
  std::array<PackedColumn, kGroupPanels * kTileVecs> group;
  size_t used = 0;
  for (int64_t j = first; j < first + count; ++j) {
    const int64_t n = columns.begin(j), width = columns.width(j);
    for (int64_t i = 0; i < width; i += kLanes) {
      group[used++] = {n + i, packed + n * g.K + k * width + i, width};
    }
  }
  if (g.b_col == 1) {
    pack_copying(Lanes(), g.b + k * g.b_row, g.b_row, g.N, kc, std::span(group).first(used),
                 nullptr);
  } else {
    for (const PackedColumn& column : std::span(group).first(used)) {
      pack_transposing(Lanes(), g.b + k, g.b_col, g.N, kc, column);
    }
  }
}

// All of B, panel after panel; within a panel chunk after chunk of K.
inline const float* pack_b(const Gemm& g, const Cut& cut, const ColumnPanels& columns) {
  float* packed = thread_scratch(ScratchSlot::packed_b, columns.vecs * kLanes * g.K);
  // A task is a chunk of K and as many panels as make reading from memory sequential.
  const int64_t group = g.b_col == 1 ? kGroupPanels : 1;
  const int64_t groups = div_up(columns.count, group);
  const int64_t tasks = cut.chunks * groups;
  parallel_for(tasks, cut.grain(tasks), [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t task = begin; task < end; ++task) {
      const int64_t k = task / groups * cut.kc;
      const int64_t first = task % groups * group;
      pack_panels(g, columns, first, std::min(group, columns.count - first), k,
                  std::min(cut.kc, g.K - k), packed);
    }
  });
  return packed;
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_GEMM_TILE_INL_H_
