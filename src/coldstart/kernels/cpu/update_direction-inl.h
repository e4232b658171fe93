// A vector of a direction (updates.h), compiled for its kind and with or without caution, so that
// the loops have no branches.
//
// New moments are computed here and stored by the loop that may write. Signs are compared, never
// products: u g' underflows in float where u and g' are small.
// Test: tests/kernels/updates_test.cpp.
#if defined(COLDSTART_KERNELS_CPU_UPDATE_DIRECTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_UPDATE_DIRECTION_INL_H_
#undef COLDSTART_KERNELS_CPU_UPDATE_DIRECTION_INL_H_
#else
#define COLDSTART_KERNELS_CPU_UPDATE_DIRECTION_INL_H_
#endif

#include <hwy/cache_control.h>

#include "coldstart/kernels/cpu/update_loops.h"
#include "coldstart/kernels/cpu/update_sums-inl.h"
#include "coldstart/kernels/cpu/vector_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

HWY_INLINE FloatVec SetFloat(double x) { return hn::Set(FloatTag(), static_cast<float>(x)); }

// 0 and NaN stay what they are.
HWY_INLINE FloatVec Sign(FloatVec x) {
  const FloatTag d;
  return hn::IfThenElse(hn::Gt(hn::Abs(x), hn::Zero(d)), hn::CopySign(hn::Set(d, 1.0F), x), x);
}

template <DirectionKind kKind, bool kCautious>
class DirectionLoop {
 public:
  static constexpr bool kHasMomentum = kKind != DirectionKind::given;
  static constexpr bool kHasSquare = kKind == DirectionKind::adam;

  explicit HWY_INLINE DirectionLoop(const UpdateArrays& arrays)
      : arrays_(arrays),
        coupled_decay_(SetFloat(arrays.rule.coupled_decay)),
        keep_(SetFloat(arrays.rule.keep)),
        add_(SetFloat(arrays.rule.add)),
        mix_m_(SetFloat(arrays.rule.mix_m)),
        mix_g_(SetFloat(arrays.rule.mix_g)),
        beta2_(SetFloat(arrays.rule.beta2)),
        one_minus_beta2_(SetFloat(1 - arrays.rule.beta2)),
        inverse_correction2_(SetFloat(1 / arrays.rule.correction2)),
        eps_(SetFloat(arrays.rule.eps)) {}

  // To the row's numbers from col on.
  HWY_INLINE void GoTo(int64_t row, int64_t col) {
    const int64_t first = row * arrays_.cols + col;
    w_ = arrays_.w + first;
    g_ = arrays_.g + first;
    if constexpr (kHasMomentum) m_ = arrays_.m + first;
    if constexpr (kHasSquare) v_ = arrays_.v + first;
    if constexpr (!kHasMomentum) given_ = arrays_.given + first;
    const auto gain = arrays_.row_gain;
    grad_scale_ =
        SetFloat(arrays_.rule.grad_scale * (gain.empty() ? 1 : gain[static_cast<size_t>(row)]));
  }

  struct Lanes : UpdateLanes {
    FloatVec new_momentum, new_square;
  };

  template <class Part>
  HWY_INLINE Lanes At(int64_t i, Part part) const {
    Lanes x;
    x.weight = part.Load(w_ + i);
    x.grad = hn::MulAdd(coupled_decay_, x.weight, hn::Mul(grad_scale_, part.Load(g_ + i)));
    if constexpr (kHasMomentum) {
      x.momentum = part.Load(m_ + i);
      x.new_momentum = hn::MulAdd(keep_, x.momentum, hn::Mul(add_, x.grad));
      const FloatVec c = hn::MulAdd(mix_m_, x.momentum, hn::Mul(mix_g_, x.grad));
      if constexpr (kHasSquare) {
        const FloatVec square = hn::Mul(one_minus_beta2_, hn::Mul(x.grad, x.grad));
        x.new_square = hn::MulAdd(beta2_, part.Load(v_ + i), square);
        const FloatVec root = hn::Sqrt(hn::Mul(x.new_square, inverse_correction2_));
        x.direction = part.Mask(hn::Div(c, hn::Add(root, eps_)));  // eps 0: 0 / 0 in absent lanes
      } else {
        x.direction = kKind == DirectionKind::sign ? Sign(c) : c;
      }
    } else {
      x.momentum = hn::Zero(FloatTag());
      x.direction = part.Load(given_ + i);
    }
    if constexpr (kCautious) {
      x.direction = hn::IfThenZeroElse(AgainstGradient(x), x.direction);
    }
    return x;
  }

  template <class Part>
  HWY_INLINE void StoreMoments(const Lanes& x, int64_t i, Part part) const {
    if constexpr (kHasMomentum) part.Store(x.new_momentum, m_ + i);
    if constexpr (kHasSquare) part.Store(x.new_square, v_ + i);
  }

  // May point behind the tensor: a prefetch never faults.
  HWY_INLINE void Prefetch(int64_t i) const {
    hwy::Prefetch(w_ + i);
    hwy::Prefetch(g_ + i);
    if constexpr (kHasMomentum) hwy::Prefetch(m_ + i);
    if constexpr (kHasSquare) hwy::Prefetch(v_ + i);
    if constexpr (!kHasMomentum) hwy::Prefetch(given_ + i);
  }

  float* weights() const { return w_; }

 private:
  static HWY_INLINE hn::Mask<FloatTag> AgainstGradient(const Lanes& x) {
    const FloatTag d;
    const FloatVec zero = hn::Zero(d), sign_bit = hn::SignBit(d);
    const FloatVec along = hn::Xor(x.direction, hn::And(x.grad, sign_bit));
    return hn::Or(hn::Le(along, zero), hn::Eq(x.grad, zero));
  }

  const UpdateArrays& arrays_;
  const FloatVec coupled_decay_, keep_, add_, mix_m_, mix_g_;
  const FloatVec beta2_, one_minus_beta2_, inverse_correction2_, eps_;
  FloatVec grad_scale_;
  float* w_ = nullptr;
  const float* g_ = nullptr;
  float *m_ = nullptr, *v_ = nullptr;
  const float* given_ = nullptr;
};

template <DirectionKind kKind, class Fn>
HWY_INLINE void WithCaution(const UpdateArrays& arrays, const Fn& fn) {
  if (arrays.rule.cautious) {
    fn(DirectionLoop<kKind, true>(arrays));
  } else {
    fn(DirectionLoop<kKind, false>(arrays));
  }
}

// Calls fn(loop) with the DirectionLoop of the arrays' rule.
template <class Fn>
HWY_INLINE void WithDirection(const UpdateArrays& arrays, const Fn& fn) {
  switch (arrays.rule.kind) {
    case DirectionKind::momentum:
      return WithCaution<DirectionKind::momentum>(arrays, fn);
    case DirectionKind::sign:
      return WithCaution<DirectionKind::sign>(arrays, fn);
    case DirectionKind::adam:
      return WithCaution<DirectionKind::adam>(arrays, fn);
    case DirectionKind::given:
      return WithCaution<DirectionKind::given>(arrays, fn);
  }
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_UPDATE_DIRECTION_INL_H_
