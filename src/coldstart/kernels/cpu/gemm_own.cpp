// gemm_own: our packed matrix product (the GotoBLAS scheme).
//
// 1. All of B is packed into panels of at most kTileCols columns, cooperatively.
// 2. C is cut into tiles, and a thread takes one at a time (gemm_tile-inl.h).
// 3. Where C is small and K long (weight gradients), K is cut too and partial products are added in
//    order.
// The sum over k of one element has one order, given by the shape alone, however C is cut. So the
// bytes do not depend on the number of threads.
// Sources: Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008);
// Van Zee and van de Geijn, "BLIS" (2015). Test: tests/kernels/cpu_gemm_test.cpp.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/gemm_own.cpp"
#include <hwy/foreach_target.h>
// after foreach_target
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/gemm.h"
#include "coldstart/kernels/cpu/gemm_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

// C from the partial products of the ranges of K, added in their order.
void add_partials(const Gemm& g, const Cut& cut, float* partials) {
  const int64_t product = g.M * g.N;
  const hn::ScalableTag<float> d;
  parallel_for(g.M, cut.small ? g.M : 16, [&](int64_t begin, int64_t end, int64_t) HWY_ATTR {
    float* sum = partials + begin * g.N;
    const int64_t count = (end - begin) * g.N;
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
      auto total = hn::LoadU(d, sum + i);
      for (int64_t r = 1; r < cut.k_ranges; ++r) {
        total = hn::Add(total, hn::LoadU(d, sum + r * product + i));
      }
      hn::StoreU(total, d, sum + i);
    }
    for (; i < count; ++i) {
      for (int64_t r = 1; r < cut.k_ranges; ++r) sum[i] += sum[r * product + i];
    }
    epilogue(g, begin, 0, end - begin, g.N, sum, g.N, g.accumulate);
    if (g.pre != nullptr) hwy::FlushStream();
    if (g.a_row_sums == nullptr) return;
    const float* a_sums = partials + cut.k_ranges * product;
    for (int64_t m = begin; m < end; ++m) {
      float a_sum = g.accumulate ? g.a_row_sums[m] : 0.0F;
      for (int64_t r = 0; r < cut.k_ranges; ++r) a_sum += a_sums[r * g.M + m];
      g.a_row_sums[m] = a_sum;
    }
  });
}

void gemm(const Gemm& g) {
  COLDSTART_CHECK(g.a_row_sums == nullptr || g.a_row == 1, "row sums of A need contiguous columns");
  const ColumnPanels columns(g.N);
  const Cut cut = choose_cut(g, columns);
  const float* packed_b = pack_b(g, cut, columns);
  const int64_t tiles = cut.row_tiles * cut.col_tiles;
  Gemm part = g;
  float* partials = nullptr;
  if (cut.k_ranges > 1) {
    partials = thread_scratch(ScratchSlot::partial_sums, cut.k_ranges * (g.M * g.N + g.M));
    part = {
        .M = g.M, .N = g.N, .K = g.K, .a = g.a, .a_row = g.a_row, .a_col = g.a_col, .c_row = g.N};
  }
  const int64_t tasks = tiles * cut.k_ranges;
  parallel_for(tasks, cut.grain(tasks),
               [&, ahead = thread_count()](int64_t begin, int64_t end, int64_t) {
                 for (int64_t task = begin; task < end; ++task) {
                   const int64_t range = task / tiles;
                   Tile tile{};
                   tile.m0 = task % tiles / cut.col_tiles * cut.tile_rows;
                   tile.m1 = std::min(g.M, tile.m0 + cut.tile_rows);
                   tile.panel0 = task % cut.col_tiles * cut.tile_panels;
                   tile.panel1 = std::min(columns.count, tile.panel0 + cut.tile_panels);
                   tile.k0 = range * cut.chunks_in_range * cut.kc;
                   tile.k1 = std::min(g.K, tile.k0 + cut.chunks_in_range * cut.kc);
                   const int64_t next_row = (task + ahead) % tiles / cut.col_tiles * cut.tile_rows;
                   tile.next_a = g.a + std::min(g.M - 1, next_row) * g.a_row;
                   Gemm mine = part;
                   float* a_sums = g.a_row_sums;
                   if (partials != nullptr) {
                     mine.c = partials + range * g.M * g.N;
                     a_sums = partials + cut.k_ranges * g.M * g.N + range * g.M;
                   }
                   if (g.a_row_sums != nullptr && tile.panel0 == 0) tile.a_sums = a_sums + tile.m0;
                   compute_tile(mine, cut, columns, packed_b, tile);
                 }
               });
  if (partials != nullptr) add_partials(g, cut, partials);
}

const char* target_name() { return hwy::TargetName(HWY_TARGET); }

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {
HWY_EXPORT(gemm);
HWY_EXPORT(target_name);

void gemm_own(const Gemm& g) { HWY_DYNAMIC_DISPATCH(gemm)(g); }

std::string gemm_own_name() { return HWY_DYNAMIC_DISPATCH(target_name)(); }

}  // namespace coldstart::kernels::cpu
#endif
