// A loop over n floats by vectors with a masked tail, and sums of lanes in double, for any Highway
// target.
//
//   VectorLoop(n, [&](int64_t k, auto part) HWY_ATTR { part.Store(f(part.Load(x + k)), y + k); });
//
// `part` is WholeVector for all but the last, partial vector; its Load fills absent lanes with
// zero, its Store leaves them alone, its Mask makes them zero, Lanes() are there. Pointers need no
// alignment. Test: every test of tests/kernels/ whose sizes are odd.
#if defined(COLDSTART_KERNELS_CPU_VECTOR_LOOP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_VECTOR_LOOP_INL_H_
#undef COLDSTART_KERNELS_CPU_VECTOR_LOOP_INL_H_
#else
#define COLDSTART_KERNELS_CPU_VECTOR_LOOP_INL_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::ScalableTag<float>;
using FloatVec = hn::Vec<FloatTag>;
using DoubleTag = hn::ScalableTag<double>;
using DoubleVec = hn::Vec<DoubleTag>;
inline constexpr int64_t kFloatLanes = static_cast<int64_t>(HWY_LANES(float));

struct WholeVector {
  HWY_INLINE FloatVec Load(const float* from) const { return hn::LoadU(FloatTag(), from); }
  HWY_INLINE void Store(FloatVec v, float* to) const { hn::StoreU(v, FloatTag(), to); }
  HWY_INLINE FloatVec Mask(FloatVec v) const { return v; }
  HWY_INLINE int64_t Lanes() const { return kFloatLanes; }
};

struct FirstLanes {
  int64_t count;  // 1 .. kFloatLanes - 1
  HWY_INLINE FloatVec Load(const float* from) const {
    HWY_ALIGN float lanes[HWY_LANES(float)] = {};
    for (int64_t i = 0; i < count; ++i) lanes[i] = from[i];
    return hn::Load(FloatTag(), lanes);
  }
  HWY_INLINE void Store(FloatVec v, float* to) const {
    HWY_ALIGN float lanes[HWY_LANES(float)];
    hn::Store(v, FloatTag(), lanes);
    for (int64_t i = 0; i < count; ++i) to[i] = lanes[i];
  }
  HWY_INLINE FloatVec Mask(FloatVec v) const {
    return hn::IfThenElseZero(hn::FirstN(FloatTag(), static_cast<size_t>(count)), v);
  }
  HWY_INLINE int64_t Lanes() const { return count; }
};

template <class Fn>
HWY_INLINE void VectorLoop(int64_t n, const Fn& fn) {
  int64_t k = 0;
  for (; k + kFloatLanes <= n; k += kFloatLanes) fn(k, WholeVector());
  if (k < n) fn(k, FirstLanes{n - k});
}

HWY_INLINE float LaneSum(FloatVec v) {
  const FloatTag d;
  return hn::GetLane(hn::SumOfLanes(d, v));
}

struct TwoDoubleVecs {
  DoubleVec low, high;
};

// All lanes of v in double. With a single lane, high is zero.
HWY_INLINE TwoDoubleVecs InDouble(FloatVec v) {
  const DoubleTag dd;
#if HWY_TARGET == HWY_SCALAR
  return {hn::PromoteTo(dd, v), hn::Zero(dd)};
#else
  const hn::Half<FloatTag> half;
  return {hn::PromoteTo(dd, hn::LowerHalf(half, v)), hn::PromoteTo(dd, hn::UpperHalf(half, v))};
#endif
}

HWY_INLINE DoubleVec HalvesInDouble(FloatVec v) {
  const auto [low, high] = InDouble(v);
  return hn::Add(low, high);
}

HWY_INLINE double LaneSum(DoubleVec v) {
  const DoubleTag dd;
  return hn::GetLane(hn::SumOfLanes(dd, v));
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_VECTOR_LOOP_INL_H_
