// Schedule-free AdamW (Defazio et al., The Road Less Scheduled, 2024), one pass over y, z, g, v: 28
// bytes a parameter.
//
// What is subtracted from y is formed first, k (y - z) + lr (1 - beta1 (1-k)) d, which keeps the
// digits of a small step. Test: tests/kernels/updates_test.cpp.
#include <cstdint>

#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/shapes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/schedule_free_update.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, which the -inl header expects.
#include "coldstart/kernels/cpu/update_sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

UpdateSums ScheduleFreeRow(float* y, float* z, float* v, const float* g, int64_t n,
                           const ScheduleFreeStep& s) {
  const auto set = [&](double x) HWY_ATTR { return hn::Set(FloatTag(), static_cast<float>(x)); };
  const FloatVec grad_scale = set(s.grad_scale), lr = set(s.lr), decay = set(s.weight_decay);
  const FloatVec beta2 = set(s.beta2), one_minus_beta2 = set(1 - s.beta2);
  const FloatVec inverse_correction2 = set(1 / s.correction2), eps = set(s.eps);
  const FloatVec k = set(s.k), y_step = set(s.lr * (1 - s.beta1 * (1 - s.k)));
  return SummedLoop(n, [&](int64_t i, auto part, SpanSums& sums) HWY_ATTR {
    UpdateLanes x;
    x.weight = part.Load(y + i);
    x.grad = hn::Mul(grad_scale, part.Load(g + i));
    x.momentum = hn::Zero(FloatTag());
    const FloatVec square =
        hn::MulAdd(beta2, part.Load(v + i), hn::Mul(one_minus_beta2, hn::Mul(x.grad, x.grad)));
    const FloatVec root = hn::Sqrt(hn::Mul(square, inverse_correction2));
    x.direction = part.Mask(hn::Div(x.grad, hn::Add(root, eps)));
    const FloatVec step = hn::MulAdd(decay, x.weight, x.direction);
    const FloatVec fast = part.Load(z + i);
    const FloatVec move = hn::MulAdd(k, hn::Sub(x.weight, fast), hn::Mul(y_step, step));
    const FloatVec new_weight = hn::Sub(x.weight, move);
    part.Store(square, v + i);
    part.Store(hn::NegMulAdd(lr, step, fast), z + i);
    part.Store(new_weight, y + i);
    sums.Add(x, hn::Sub(new_weight, x.weight), part);
  });
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {

HWY_EXPORT(ScheduleFreeRow);

void CpuKernels::schedule_free_update(Tensor y, Tensor z, Tensor v, Tensor g,
                                      const ScheduleFreeStep& step, std::span<UpdateSums> rows) {
  const auto [N, C] = check_schedule_free_update(y, z, v, g, rows);
  const int64_t cols = C;
  float *slow = y.f32(), *fast = z.f32(), *square = v.f32();
  const float* gradient = g.f32();
  const Tiling tiling(N, C);
  const RowSums sums(tiling, rows, update_scratch_);
  tiling.for_each([&](const Tile& tile) {
    for (int64_t r = 0; r < tile.rows; ++r) {
      const int64_t at = (tile.first_row + r) * cols + tile.first_col;
      sums.of(tile)[r] = HWY_DYNAMIC_DISPATCH(ScheduleFreeRow)(slow + at, fast + at, square + at,
                                                               gradient + at, tile.cols, step);
    }
  });
  sums.finish();
}

}  // namespace coldstart::kernels::cpu
#endif  // HWY_ONCE
