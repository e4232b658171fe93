// m' = keep m + add g';  out = mix_m m + mix_g g': 16 bytes a parameter.
//
// Test: tests/kernels/updates_test.cpp.
#include <cstdint>

#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/shapes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/momentum_mix.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, which the -inl header expects.
#include "coldstart/kernels/cpu/update_sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

UpdateSums MomentumMixRow(float* out, float* m, const float* g, int64_t n, const Direction& rule) {
  const auto set = [&](double x) HWY_ATTR { return hn::Set(FloatTag(), static_cast<float>(x)); };
  const FloatVec grad_scale = set(rule.grad_scale), keep = set(rule.keep), add = set(rule.add);
  const FloatVec mix_m = set(rule.mix_m), mix_g = set(rule.mix_g);
  return SummedLoop(n, [&](int64_t i, auto part, SpanSums& sums) HWY_ATTR {
    const FloatVec zero = hn::Zero(FloatTag());
    UpdateLanes x;
    x.weight = zero;
    x.grad = hn::Mul(grad_scale, part.Load(g + i));
    x.momentum = part.Load(m + i);
    x.direction = hn::MulAdd(mix_m, x.momentum, hn::Mul(mix_g, x.grad));
    part.Store(hn::MulAdd(keep, x.momentum, hn::Mul(add, x.grad)), m + i);
    part.Store(x.direction, out + i);
    sums.Add(x, zero, part);
  });
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {

HWY_EXPORT(MomentumMixRow);

void CpuKernels::momentum_mix(Tensor out, Tensor m, Tensor g, const Direction& direction,
                              std::span<UpdateSums> rows) {
  const auto [N, C] = check_momentum_mix(out, m, g, direction, rows);
  const int64_t cols = C;
  float *to = out.f32(), *momentum = m.f32();
  const float* gradient = g.f32();
  const Tiling tiling(N, C);
  const RowSums sums(tiling, rows, update_scratch_);
  tiling.for_each([&](const Tile& tile) {
    for (int64_t r = 0; r < tile.rows; ++r) {
      const int64_t at = (tile.first_row + r) * cols + tile.first_col;
      sums.of(tile)[r] = HWY_DYNAMIC_DISPATCH(MomentumMixRow)(to + at, momentum + at, gradient + at,
                                                              tile.cols, direction);
      // 0 x NaN: without a weight, a bad gradient says nothing of grad_weight.
      sums.of(tile)[r].grad_weight = 0;
    }
  });
  sums.finish();
}

}  // namespace coldstart::kernels::cpu
#endif  // HWY_ONCE
