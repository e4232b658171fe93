// Loops over whole arenas:  sum of squares,  y += x,  y *= factor,  y = value;  and over the rows
// of a matrix:  <a_r, b_r>,  w_r *= factor_r.
//
// All are bound by memory, so the squares can be taken in double, where no float overflows; chunks
// are fixed and added in order. Test: tests/kernels/cpu_targets_test.cpp.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/shapes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/arena_ops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, which the -inl header expects.
#include "coldstart/kernels/cpu/vector_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

double SumSquares(const float* x, int64_t n) {
  DoubleVec even = hn::Zero(DoubleTag()), odd = even;
  VectorLoop(n, [&](int64_t k, auto part) HWY_ATTR {
    const auto [low, high] = InDouble(part.Load(x + k));
    even = hn::MulAdd(low, low, even);
    odd = hn::MulAdd(high, high, odd);
  });
  return LaneSum(hn::Add(even, odd));
}

double Dot(const float* a, const float* b, int64_t n) {
  DoubleVec even = hn::Zero(DoubleTag()), odd = even;
  VectorLoop(n, [&](int64_t k, auto part) HWY_ATTR {
    const auto [a_low, a_high] = InDouble(part.Load(a + k));
    const auto [b_low, b_high] = InDouble(part.Load(b + k));
    even = hn::MulAdd(a_low, b_low, even);
    odd = hn::MulAdd(a_high, b_high, odd);
  });
  return LaneSum(hn::Add(even, odd));
}

void AddTo(float* y, const float* x, int64_t n) {
  VectorLoop(n, [&](int64_t k, auto part)
                    HWY_ATTR { part.Store(hn::Add(part.Load(y + k), part.Load(x + k)), y + k); });
}

void ScaleBy(float* y, float factor, int64_t n) {
  const FloatVec f = hn::Set(FloatTag(), factor);
  VectorLoop(
      n, [&](int64_t k, auto part) HWY_ATTR { part.Store(hn::Mul(part.Load(y + k), f), y + k); });
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {

HWY_EXPORT(SumSquares);
HWY_EXPORT(Dot);
HWY_EXPORT(AddTo);
HWY_EXPORT(ScaleBy);

namespace {
constexpr int64_t kChunk = 1 << 16;  // elements
}

double CpuKernels::sum_squares(Tensor x) {
  const float* from = x.f32();
  std::vector<double> partials(static_cast<size_t>(div_up(x.size(), kChunk)));
  parallel_for(x.size(), kChunk, [&](int64_t begin, int64_t end, int64_t chunk) {
    partials[static_cast<size_t>(chunk)] =
        HWY_DYNAMIC_DISPATCH(SumSquares)(from + begin, end - begin);
  });
  return ordered_sum(partials);
}

void CpuKernels::row_dots(Tensor a, Tensor b, std::span<double> rows) {
  const auto [R, C] = check_row_dots(a, b, rows);
  const float* first = a.f32();
  const float* second = b.f32();
  const int64_t width = C;
  parallel_for(R, std::max<int64_t>(1, kChunk / width), [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t r = begin; r < end; ++r) {
      rows[static_cast<size_t>(r)] =
          HWY_DYNAMIC_DISPATCH(Dot)(first + r * width, second + r * width, width);
    }
  });
}

void CpuKernels::add(Tensor y, Tensor x) {
  check_elementwise(y, x);
  float* to = y.f32();
  const float* from = x.f32();
  parallel_for(y.size(), kChunk, [&](int64_t begin, int64_t end, int64_t) {
    HWY_DYNAMIC_DISPATCH(AddTo)(to + begin, from + begin, end - begin);
  });
}

void CpuKernels::scale(Tensor y, double factor) {
  float* to = y.f32();
  parallel_for(y.size(), kChunk, [&](int64_t begin, int64_t end, int64_t) {
    HWY_DYNAMIC_DISPATCH(ScaleBy)(to + begin, static_cast<float>(factor), end - begin);
  });
}

void CpuKernels::fill(Tensor y, double value) {
  float* to = y.f32();
  parallel_for(y.size(), kChunk, [&](int64_t begin, int64_t end, int64_t) {
    std::fill(to + begin, to + end, static_cast<float>(value));
  });
}

void CpuKernels::scale_rows(Tensor w, std::span<const double> factors) {
  const auto [N, C] = check_scale_rows(w, factors);
  const int64_t cols = C;
  float* to = w.f32();
  const int64_t rows_per_chunk = std::max<int64_t>(1, kChunk / C);
  parallel_for(N, rows_per_chunk, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t r = begin; r < end; ++r) {
      const auto factor = static_cast<float>(factors[static_cast<size_t>(r)]);
      HWY_DYNAMIC_DISPATCH(ScaleBy)(to + r * cols, factor, cols);
    }
  });
}

}  // namespace coldstart::kernels::cpu
#endif  // HWY_ONCE
