// The fused tail of a matrix product, applied to a block of C while it is in cache.
// An -inl header: included once for every target, hence the toggle instead of #pragma once.
#if defined(COLDSTART_KERNELS_CPU_GEMM_EPILOGUE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_GEMM_EPILOGUE_INL_H_
#undef COLDSTART_KERNELS_CPU_GEMM_EPILOGUE_INL_H_
#else
#define COLDSTART_KERNELS_CPU_GEMM_EPILOGUE_INL_H_
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>

#include "coldstart/kernels/cpu/gemm.h"
#include "coldstart/kernels/cpu/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class Body>
HWY_INLINE void for_activation(Activation act, Body&& body) {
  switch (act) {
    case Activation::none:
      return body.template operator()<Activation::none>();
    case Activation::gelu:
      return body.template operator()<Activation::gelu>();
    case Activation::relu:
      return body.template operator()<Activation::relu>();
    case Activation::leaky_relu:
      return body.template operator()<Activation::leaky_relu>();
  }
}

struct RowPointers {
  const float* src;
  float* c;
  const float* bias;  // may be null, as pre and gate
  float* pre;
  const float* gate;
};

template <Activation act>
HWY_INLINE void forward_row(const RowPointers& row, float alpha, bool add, int64_t cols) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  const auto scale = hn::Set(d, alpha);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  // Nobody reads pre before the backward pass: past the caches, where alignment allows.
  bool stream = reinterpret_cast<uintptr_t>(row.pre) % (HWY_LANES(float) * sizeof(float)) == 0;
  const auto finish = [&](const float* src, float* c, const float* bias, float* pre) HWY_ATTR {
    V z = hn::Mul(hn::LoadU(d, src), scale);
    if (add) z = hn::Add(z, hn::LoadU(d, c));
    if (bias != nullptr) z = hn::Add(z, hn::LoadU(d, bias));
    if (pre != nullptr && stream) {
      hn::Stream(z, d, pre);
    } else if (pre != nullptr) {
      hn::StoreU(z, d, pre);
    }
    hn::StoreU(Activate<act>(d, z), d, c);
  };
  int64_t n = 0;
  for (; n + lanes <= cols; n += lanes) {
    finish(row.src + n, row.c + n, row.bias ? row.bias + n : nullptr,
           row.pre ? row.pre + n : nullptr);
  }
  if (n == cols) return;
  HWY_ALIGN float padded[4][HWY_LANES(float)] = {};
  const auto rest = static_cast<size_t>(cols - n);
  std::copy_n(row.src + n, rest, padded[0]);
  std::copy_n(row.c + n, rest, padded[1]);
  if (row.bias) std::copy_n(row.bias + n, rest, padded[2]);
  stream = false;
  finish(padded[0], padded[1], row.bias ? padded[2] : nullptr, row.pre ? padded[3] : nullptr);
  std::copy_n(padded[1], rest, row.c + n);
  if (row.pre) std::copy_n(padded[3], rest, row.pre + n);
}

template <Activation act>
HWY_INLINE void gated_row(const RowPointers& row, float alpha, bool add, int64_t cols) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  const auto scale = hn::Set(d, alpha);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto finish = [&](const float* src, float* c, const float* gate) HWY_ATTR {
    V z = hn::Mul(hn::LoadU(d, src), scale);
    z = hn::Mul(z, ActivateDerivative<act>(d, hn::LoadU(d, gate)));
    if (add) z = hn::Add(z, hn::LoadU(d, c));
    hn::StoreU(z, d, c);
  };
  int64_t n = 0;
  for (; n + lanes <= cols; n += lanes) finish(row.src + n, row.c + n, row.gate + n);
  if (n == cols) return;
  HWY_ALIGN float padded[3][HWY_LANES(float)] = {};
  const auto rest = static_cast<size_t>(cols - n);
  std::copy_n(row.src + n, rest, padded[0]);
  std::copy_n(row.c + n, rest, padded[1]);
  std::copy_n(row.gate + n, rest, padded[2]);
  finish(padded[0], padded[1], padded[2]);
  std::copy_n(padded[1], rest, row.c + n);
}

// The block rows [row, row + rows) x columns [col, col + cols) of C. src holds A B there (stride
// src_row) and may be c itself; `add` adds the result to what c holds. Before another thread reads
// g.pre: hwy::FlushStream().
inline HWY_NOINLINE void epilogue(const Gemm& g, int64_t row, int64_t col, int64_t rows,
                                  int64_t cols, const float* src, int64_t src_row, bool add) {
  const int64_t origin = row * g.c_row + col;
  for_activation(g.gate ? g.gate_act : g.act, [&]<Activation act>() HWY_ATTR {
    for (int64_t m = 0; m < rows; ++m) {
      const int64_t offset = origin + m * g.c_row;
      const RowPointers p{.src = src + m * src_row,
                          .c = g.c + offset,
                          .bias = g.bias ? g.bias + col : nullptr,
                          .pre = g.pre ? g.pre + offset : nullptr,
                          .gate = g.gate ? g.gate + offset : nullptr};
      if (g.gate) {
        gated_row<act>(p, g.alpha, add, cols);
      } else {
        forward_row<act>(p, g.alpha, add, cols);
      }
    }
  });
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_GEMM_EPILOGUE_INL_H_
