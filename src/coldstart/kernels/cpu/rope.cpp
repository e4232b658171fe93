// Rotary position embedding in place (Su et al., RoFormer, 2021), pairs (i, i + hs/2) as in LLaMA.
//
//   [a', b'] = [a cos - b sin,  b cos + a sin],  angle = position theta^(-2i/hs)
//
// The backward pass is the rotation by -angle. Angles come from a table: a sine costs more than the
// whole rotation. Test: tests/kernels/cpu_targets_test.cpp.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/shapes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/rope.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, which the -inl header expects.
#include "coldstart/kernels/cpu/vector_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

// All heads of one token; direction is 1 or -1.
void RotateHeads(float* heads, int64_t count, int64_t head_size, const float* cosines,
                 const float* sines, float direction) {
  const int64_t half = head_size / 2;
  const FloatVec sign = hn::Set(FloatTag(), direction);
  for (float* head = heads; head < heads + count * head_size; head += head_size) {
    VectorLoop(half, [&](int64_t k, auto part) HWY_ATTR {
      const FloatVec a = part.Load(head + k), b = part.Load(head + half + k);
      const FloatVec cosine = part.Load(cosines + k), sine = hn::Mul(sign, part.Load(sines + k));
      part.Store(hn::NegMulAdd(b, sine, hn::Mul(a, cosine)), head + k);
      part.Store(hn::MulAdd(a, sine, hn::Mul(b, cosine)), head + half + k);
    });
  }
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {

HWY_EXPORT(RotateHeads);

void RopeTable::prepare(double theta, int64_t head_size, int64_t positions) {
  if (theta == theta_ && 2 * half_ == head_size && positions <= positions_) return;
  const bool grows = theta == theta_ && 2 * half_ == head_size;
  positions_ = grows ? std::max(positions, 2 * positions_) : positions;
  theta_ = theta;
  half_ = head_size / 2;
  cosines_.resize(static_cast<size_t>(positions_ * half_));
  sines_.resize(cosines_.size());
  for (int64_t i = 0; i < half_; ++i) {
    const double frequency = std::pow(theta, -static_cast<double>(i) / static_cast<double>(half_));
    for (int64_t p = 0; p < positions_; ++p) {
      const double angle = static_cast<double>(p) * frequency;
      cosines_[static_cast<size_t>(p * half_ + i)] = static_cast<float>(std::cos(angle));
      sines_[static_cast<size_t>(p * half_ + i)] = static_cast<float>(std::sin(angle));
    }
  }
}

void CpuKernels::rope(Tensor qkv, const AttentionShape& shape, double theta, int64_t first_position,
                      bool backward) {
  constexpr int64_t kRows = 16;
  check_rope(qkv, shape, theta, first_position);
  rope_table_.prepare(theta, shape.head_size, first_position + shape.T);
  float* rows = qkv.f32();
  parallel_for(shape.B * shape.T, kRows, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t n = begin; n < end; ++n) {
      const int64_t position = first_position + n % shape.T;
      HWY_DYNAMIC_DISPATCH(RotateHeads)
      (rows + n * shape.qkv_cols(), shape.H + shape.H_kv, shape.head_size,
       rope_table_.cosines(position), rope_table_.sines(position), backward ? -1.0f : 1.0f);
    }
  });
}

}  // namespace coldstart::kernels::cpu
#endif  // HWY_ONCE
