// Vector exp, sigmoid and the activations with their derivatives, for any Highway target.
//
//   exp(x)   = 2^n p(r),  n = round(x / ln 2),  r = x - n ln 2,  p of degree 6; relative error
//              below 2e-7; 0 below -87.3365, inf above 88.7228; NaN stays NaN
//   sigmoid  = 1 / (1 + exp(-x)), 0 below -87
//   gelu(z)  = z sigmoid(2u),  u = sqrt(2/pi) (z + 0.044715 z^3)   [0.5 (1 + tanh u) = sigmoid(2u)]
//   gelu'(z) = s + z s (1 - s) 2u'(z),  s = sigmoid(2u)
// An -inl header: included once for every target, hence the toggle instead of #pragma once.
// Test: tests/kernels/cpu_simd_math_test.cpp.
#if defined(COLDSTART_KERNELS_CPU_SIMD_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_SIMD_MATH_INL_H_
#undef COLDSTART_KERNELS_CPU_SIMD_MATH_INL_H_
#else
#define COLDSTART_KERNELS_CPU_SIMD_MATH_INL_H_
#endif

#include <hwy/highway.h>

#include <limits>

#include "coldstart/kernels/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// exp for x in [-87.3365, 88.7228]; a NaN may become a number.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V ExpInRange(D d, V x) {
  const hn::RebindToSigned<D> di;
  const V n = hn::Round(hn::Mul(x, hn::Set(d, 1.442695041f)));
  // ln 2 in two parts; the first has trailing zeros, so n * part is exact.
  V r = hn::NegMulAdd(n, hn::Set(d, 0.693359375f), x);
  r = hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4f), r);
  // Least maximum relative error on |r| <= ln2/2 with the first two terms exact: 3.1e-9.
  V p = hn::Set(d, 1.381431839e-3f);
  p = hn::MulAdd(p, r, hn::Set(d, 8.368851279e-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 4.166840113e-2f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.666651952e-1f));
  p = hn::MulAdd(p, r, hn::Set(d, 4.999999337e-1f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0f));
  const auto exponent = hn::ShiftLeft<23>(hn::ConvertTo(di, n));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), exponent));
}

// Constants first: x86 min and max return the second operand when either is NaN.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Clamp(V lowest, V highest, V x) {
  return hn::Max(lowest, hn::Min(highest, x));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V Exp(D d, V x) {
  const V highest = hn::Set(d, 88.722835f);
  const V lowest = hn::Set(d, -87.336544f);
  V result = ExpInRange(d, Clamp<D>(lowest, highest, x));
  // x * inf is inf above, and NaN for a NaN: adding to the exponent field of one makes it a number.
  const V infinity = hn::Set(d, std::numeric_limits<float>::infinity());
  result = hn::IfThenElse(hn::Le(x, highest), result, hn::Mul(x, infinity));
  return hn::IfThenZeroElse(hn::Lt(x, lowest), result);
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V Sigmoid(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  // Within these bounds 1 + exp(-x) has a normal reciprocal.
  const V lowest = hn::Set(d, -87.0f);
  const V bounded = Clamp<D>(lowest, hn::Set(d, 87.0f), hn::Neg(x));
  const V divisor = hn::Add(one, ExpInRange(d, bounded));
#if HWY_TARGET == HWY_AVX3
  // 14 bits and one Newton step, 28 bits: a division of 16 floats takes 16 cycles, this about 4.
  const V guess = hn::ApproximateReciprocal(divisor);
  const V inverse = hn::Mul(guess, hn::NegMulAdd(divisor, guess, hn::Set(d, 2.0f)));
#else
  const V inverse = hn::Div(one, divisor);
#endif
  return hn::IfThenZeroElse(hn::Lt(x, lowest), inverse);
}

inline constexpr float kGeluTwiceRoot = 1.5957691216057308f;  // 2 sqrt(2/pi)
inline constexpr float kGeluCubic = 0.044715f;

// sigmoid(2u) of the gelu formula
template <class D, class V = hn::Vec<D>>
HWY_INLINE V GeluGate(D d, V z) {
  const V poly = hn::MulAdd(hn::Mul(z, z), hn::Set(d, kGeluTwiceRoot * kGeluCubic),
                            hn::Set(d, kGeluTwiceRoot));
  return Sigmoid(d, hn::Mul(z, poly));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V Gelu(D d, V z) {
  return hn::Mul(z, GeluGate(d, z));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V GeluDerivative(D d, V z) {
  const V s = GeluGate(d, z);
  const V slope = hn::MulAdd(hn::Mul(z, z), hn::Set(d, 3 * kGeluTwiceRoot * kGeluCubic),
                             hn::Set(d, kGeluTwiceRoot));
  const V s_one_minus_s = hn::NegMulAdd(s, s, s);
  return hn::MulAdd(hn::Mul(z, s_one_minus_s), slope, s);
}

// act(z) and act'(z), the activation chosen at compile time.
template <Activation act, class D, class V = hn::Vec<D>>
HWY_INLINE V Activate(D d, V z) {
  if constexpr (act == Activation::gelu) return Gelu(d, z);
  if constexpr (act == Activation::relu) return hn::IfThenZeroElse(hn::Lt(z, hn::Zero(d)), z);
  if constexpr (act == Activation::leaky_relu) {
    const V leaked = hn::Mul(z, hn::Set(d, static_cast<float>(kLeakySlope)));
    return hn::IfThenElse(hn::Lt(z, hn::Zero(d)), leaked, z);
  }
  return z;
}

template <Activation act, class D, class V = hn::Vec<D>>
HWY_INLINE V ActivateDerivative(D d, V z) {
  const V one = hn::Set(d, 1.0f);
  if constexpr (act == Activation::gelu) return GeluDerivative(d, z);
  if constexpr (act == Activation::relu) {
    return hn::IfThenElseZero(hn::Gt(z, hn::Zero(d)), one);
  }
  if constexpr (act == Activation::leaky_relu) {
    return hn::IfThenElse(hn::Gt(z, hn::Zero(d)), one, hn::Set(d, static_cast<float>(kLeakySlope)));
  }
  return one;
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_SIMD_MATH_INL_H_
