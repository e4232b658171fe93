// The register tile of gemm_own: kRows x kVecs vectors of C stay in registers while k runs.
//
// Per k: kVecs vector loads of packed B, kRows broadcasts of packed A, kRows kVecs fused
// multiply-adds. Largest tile: 8 rows x 3 vectors where there are 32 vector registers (24 sums, 3
// of B, the rest for A), 6 x 2 with 16. Taller and narrower (14 x 2) needs half as many broadcasts
// again per multiply-add; alone it is slower, in whole products alike. Reading A unpacked, rows far
// apart, cost 7 % more time than packed even from L1, so both operands are packed
// (docs/performance.md).
// An -inl header: included once for every target, hence the toggle instead of #pragma once.
#if defined(COLDSTART_KERNELS_CPU_GEMM_KERNEL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_GEMM_KERNEL_INL_H_
#undef COLDSTART_KERNELS_CPU_GEMM_KERNEL_INL_H_
#else
#define COLDSTART_KERNELS_CPU_GEMM_KERNEL_INL_H_
#endif

#include <hwy/highway.h>

#include <array>
#include <cstdint>
#include <utility>

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::ScalableTag<float>;
inline constexpr int64_t kLanes = HWY_LANES(float);
inline constexpr bool kManyRegisters = HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON;
inline constexpr int kTileVecs = kManyRegisters ? 3 : 2;
inline constexpr int kTileRows = kManyRegisters ? 8 : 6;
inline constexpr int64_t kTileCols = kTileVecs * kLanes;

// Rows of a panel of packed A: kTileRows, padded to whole vectors of A's packing.
inline constexpr int64_t kPanelRows = 8;

// What one register tile works on. Memory that will be needed soon is asked for a little in every
// step of k, because asking for all of it at once stalls.
struct TileWork {
  int64_t kc = 0;
  const float* a = nullptr;  // packed, kc x kPanelRows
  const float* b = nullptr;  // packed, kc x columns of the tile
  float* c = nullptr;
  int64_t c_stride = 0;
  bool add = false;            // C += instead of C =
  const float* aux = nullptr;  // another matrix of C's stride that the epilogue reads; else c
  // Towards L2: the cache lines at next[i] + (k / 4) * next_step[i].
  std::array<const float*, 2> next{};
  std::array<int64_t, 2> next_step{};
};

using MicroKernel = void (*)(const TileWork& work);

// C tile (+)= packed A (kRows x kc) * packed B (kc x kVecs vectors).
template <int kRows, int kVecs>
HWY_NOINLINE void micro_kernel(const TileWork& work) {
  const Lanes d;
  using V = hn::Vec<Lanes>;
  const float* HWY_RESTRICT a = work.a;
  const float* HWY_RESTRICT b = work.b;
  float* HWY_RESTRICT c = work.c;
  const int64_t c_stride = work.c_stride;
  constexpr int64_t kCols = kVecs * kLanes;
  V sum[kRows * kVecs];
#pragma GCC unroll 24
  for (int i = 0; i < kRows * kVecs; ++i) sum[i] = hn::Zero(d);
  const auto step = [&]() HWY_ATTR __attribute__((always_inline)) {
    const V b0 = hn::Load(d, b);
    const V b1 = kVecs > 1 ? hn::Load(d, b + kLanes) : b0;
    const V b2 = kVecs > 2 ? hn::Load(d, b + 2 * kLanes) : b0;
#pragma GCC unroll 8
    for (int m = 0; m < kRows; ++m) {
      const V am = hn::Set(d, a[m]);
      V* row = sum + m * kVecs;
      row[0] = hn::MulAdd(am, b0, row[0]);
      if constexpr (kVecs > 1) row[1] = hn::MulAdd(am, b1, row[1]);
      if constexpr (kVecs > 2) row[2] = hn::MulAdd(am, b2, row[2]);
    }
    a += kPanelRows;
    b += kCols;
  };

  int64_t k = 0;
  const float* aux = work.aux;
  for (const float* c_line = c; k + 2 <= work.kc && k < int64_t{2} * kRows; k += 2) {
    __builtin_prefetch(c_line, 1);
    __builtin_prefetch(aux);
    step();
    __builtin_prefetch(c_line + kCols / 2, 1);
    __builtin_prefetch(aux + kCols / 2);
    step();
    __builtin_prefetch(c_line + kCols - 1, 1);
    __builtin_prefetch(aux + kCols - 1);
    c_line += c_stride;
    aux += c_stride;
  }
  const float* next0 = work.next[0];
  const float* next1 = work.next[1];
  for (; k + 4 <= work.kc; k += 4) {
    __builtin_prefetch(next0, 0, 2);
    step();
    step();
    __builtin_prefetch(next1, 0, 2);
    step();
    step();
    next0 += work.next_step[0];
    next1 += work.next_step[1];
  }
  for (; k < work.kc; ++k) step();

    // One flat loop, which GCC 12 unrolls in time to keep the sums in registers.
#pragma GCC unroll 24
  for (int i = 0; i < kRows * kVecs; ++i) {
    float* to = c + i / kVecs * c_stride + i % kVecs * kLanes;
    hn::StoreU(work.add ? hn::Add(sum[i], hn::LoadU(d, to)) : sum[i], d, to);
  }
}

// The kernel for 1..kTileRows rows and 1..kTileVecs vectors; an edge tile has its own kernel
// instead of padding.
template <int kVecs, int... kRows>
constexpr std::array<MicroKernel, kTileRows> micro_kernels_of_width(
    std::integer_sequence<int, kRows...>) {
  return {&micro_kernel<kRows + 1, kVecs>...};
}

template <int... kVecs>
constexpr std::array<std::array<MicroKernel, kTileRows>, kTileVecs> micro_kernel_table(
    std::integer_sequence<int, kVecs...>) {
  return {micro_kernels_of_width<kVecs + 1>(std::make_integer_sequence<int, kTileRows>{})...};
}

inline MicroKernel find_micro_kernel(int64_t rows, int64_t vecs) {
  static constexpr auto kTable = micro_kernel_table(std::make_integer_sequence<int, kTileVecs>{});
  return kTable[static_cast<size_t>(vecs - 1)][static_cast<size_t>(rows - 1)];
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_GEMM_KERNEL_INL_H_
