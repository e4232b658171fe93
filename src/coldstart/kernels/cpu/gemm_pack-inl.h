// Packing for gemm_own: blocks of A and B in the order in which the register tile reads them.
//
// A panel holds `width` lines of the operand (rows of A, columns of B), k-major:
// panel[k * width + line]. It is written in columns of one vector of neighbouring lines. Lines past
// the end are zero or repeat the last one; their products are never stored. An operand is read
// along whichever of its indices is contiguous: vector copies when the lines are neighbours in
// memory, transposition in registers when k is. An -inl header: included once for every target,
// hence the toggle instead of #pragma once.
#if defined(COLDSTART_KERNELS_CPU_GEMM_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_GEMM_PACK_INL_H_
#undef COLDSTART_KERNELS_CPU_GEMM_PACK_INL_H_
#else
#define COLDSTART_KERNELS_CPU_GEMM_PACK_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "coldstart/core/error.h"
#include "coldstart/kernels/cpu/gemm_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The vectors in which a panel of A is packed.
using RowLanes = hn::CappedTag<float, kPanelRows>;
inline constexpr int64_t kRowLanes = static_cast<int64_t>(hn::MaxLanes(RowLanes()));

// Where the vector of the lines `line`, line + 1, ... goes: to + k * width.
struct PackedColumn {
  int64_t line;
  float* to;
  int64_t width;
};

// Lines are neighbours: src[k * k_stride + line]. All columns (sorted by line) together, so that
// memory is read in the order in which it lies. Adds the sums over k of column j to
// sums[j * Lanes(d)] and on (optional).
template <class D>
HWY_NOINLINE void pack_copying(D d, const float* HWY_RESTRICT src, int64_t k_stride, int64_t lines,
                               int64_t kc, std::span<const PackedColumn> columns,
                               float* HWY_RESTRICT sums) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  size_t whole = 0;
  while (whole < columns.size() && columns[whole].line + lanes <= lines) ++whole;
  const auto put = [&](hn::Vec<D> v, size_t j, int64_t k) HWY_ATTR {
    hn::Store(v, d, columns[j].to + k * columns[j].width);
    if (sums == nullptr) return;
    float* sum = sums + static_cast<int64_t>(j) * lanes;
    hn::Store(hn::Add(hn::Load(d, sum), v), d, sum);
  };
  for (int64_t k = 0; k < kc; ++k) {
    const float* line = src + k * k_stride;
    size_t j = 0;
    for (; j < whole; ++j) put(hn::LoadU(d, line + columns[j].line), j, k);
    for (; j < columns.size(); ++j) {
      const float* from = line + columns[j].line;
      const int64_t rest = std::clamp<int64_t>(lines - columns[j].line, 0, lanes);
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3  // where a masked load never faults
      put(hn::MaskedLoad(hn::FirstN(d, static_cast<size_t>(rest)), d, from), j, k);
#else
      HWY_ALIGN float padded[hn::MaxLanes(D())] = {};
      std::copy_n(from, rest, padded);
      put(hn::Load(d, padded), j, k);
#endif
    }
  }
}

#if HWY_TARGET != HWY_SCALAR
// 4 floats from each of the rows i, i + 4, i + 8, ...: one 128-bit block of the result a row.
template <class D>
HWY_INLINE hn::Vec<D> load_blocks(D d, const float* const* rows, int64_t k) {
  if constexpr (hn::MaxLanes(D()) <= 4) {
    return hn::LoadU(d, rows[0] + k);
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, load_blocks(half, rows + hn::MaxLanes(D()) / 2, k),
                       load_blocks(half, rows, k));
  }
}

// Four steps of k of Lanes(d) rows: a 4 x 4 transposition within every 128-bit block.
template <class D>
HWY_INLINE void transpose_four(D d, const float* const* rows, int64_t k, int64_t width, float* to) {
  const hn::Repartition<uint64_t, D> d64;
  const auto r0 = load_blocks(d, rows, k), r1 = load_blocks(d, rows + 1, k);
  const auto r2 = load_blocks(d, rows + 2, k), r3 = load_blocks(d, rows + 3, k);
  const auto low01 = hn::BitCast(d64, hn::InterleaveLower(d, r0, r1));
  const auto low23 = hn::BitCast(d64, hn::InterleaveLower(d, r2, r3));
  const auto high01 = hn::BitCast(d64, hn::InterleaveUpper(d, r0, r1));
  const auto high23 = hn::BitCast(d64, hn::InterleaveUpper(d, r2, r3));
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(d64, low01, low23)), d, to);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(d64, low01, low23)), d, to + width);
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(d64, high01, high23)), d, to + 2 * width);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(d64, high01, high23)), d, to + 3 * width);
}
#endif

// k is contiguous: src[line * line_stride + k]. One column.
template <class D>
HWY_NOINLINE void pack_transposing([[maybe_unused]] D d, const float* HWY_RESTRICT src,
                                   int64_t line_stride, int64_t lines, int64_t kc,
                                   PackedColumn column) {
  std::array<const float*, hn::MaxLanes(D())> rows;
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i] = src + std::min(column.line + static_cast<int64_t>(i), lines - 1) * line_stride;
  }
  int64_t k = 0;
#if HWY_TARGET != HWY_SCALAR
  for (; k + 4 <= kc; k += 4) {
    transpose_four(d, rows.data(), k, column.width, column.to + k * column.width);
  }
#endif
  for (; k < kc; ++k) {
    for (size_t i = 0; i < rows.size(); ++i) {
      column.to[k * column.width + static_cast<int64_t>(i)] = rows[i][k];
    }
  }
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_GEMM_PACK_INL_H_
