// Activations outside the matrix products, element by element.
//
//   swiglu      h = silu(gate) up,  silu(z) = z s(z),  s = sigmoid
//   backward    dup = dh silu(gate);  dgate = dh up s (1 + gate (1 - s))
//
// Test: tests/kernels/cpu_targets_test.cpp.
#include <cstdint>

#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/shapes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/activation.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, which the -inl headers expect.
#include "coldstart/kernels/cpu/simd_math-inl.h"
#include "coldstart/kernels/cpu/vector_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace {

template <Activation act>
void ActivateAll(float* y, const float* z, int64_t n) {
  VectorLoop(n, [&](int64_t k, auto part)
                    HWY_ATTR { part.Store(Activate<act>(FloatTag(), part.Load(z + k)), y + k); });
}

}  // namespace

void ActivationForward(float* y, const float* z, int64_t n, Activation act) {
  switch (act) {
    case Activation::none:
      return ActivateAll<Activation::none>(y, z, n);
    case Activation::gelu:
      return ActivateAll<Activation::gelu>(y, z, n);
    case Activation::relu:
      return ActivateAll<Activation::relu>(y, z, n);
    case Activation::leaky_relu:
      return ActivateAll<Activation::leaky_relu>(y, z, n);
  }
}

void SwigluForwardRow(float* h, const float* gate_up, int64_t F) {
  VectorLoop(F, [&](int64_t k, auto part) HWY_ATTR {
    const FloatVec gate = part.Load(gate_up + k), up = part.Load(gate_up + F + k);
    part.Store(hn::Mul(hn::Mul(gate, Sigmoid(FloatTag(), gate)), up), h + k);
  });
}

void SwigluBackwardRow(float* dgate_up, const float* dh, const float* gate_up, int64_t F) {
  VectorLoop(F, [&](int64_t k, auto part) HWY_ATTR {
    const FloatVec gate = part.Load(gate_up + k), up = part.Load(gate_up + F + k);
    const FloatVec d = part.Load(dh + k), s = Sigmoid(FloatTag(), gate);
    const FloatVec slope = hn::MulAdd(hn::Mul(gate, s), hn::Sub(hn::Set(FloatTag(), 1.0f), s), s);
    part.Store(hn::Mul(hn::Mul(d, up), slope), dgate_up + k);
    part.Store(hn::Mul(d, hn::Mul(gate, s)), dgate_up + F + k);
  });
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {

HWY_EXPORT(ActivationForward);
HWY_EXPORT(SwigluForwardRow);
HWY_EXPORT(SwigluBackwardRow);

namespace {
constexpr int64_t kElements = 1 << 14;  // of a chunk
constexpr int64_t kRows = 8;            // of a chunk
}  // namespace

void CpuKernels::activation_forward(Tensor y, Tensor z, Activation act) {
  const int64_t size = check_elementwise(y, z);
  float* to = y.f32();
  const float* from = z.f32();
  parallel_for(size, kElements, [&](int64_t begin, int64_t end, int64_t) {
    HWY_DYNAMIC_DISPATCH(ActivationForward)(to + begin, from + begin, end - begin, act);
  });
}

void CpuKernels::swiglu_forward(Tensor h, Tensor gate_up) {
  const RowsShape s = check_swiglu_forward(h, gate_up);
  float* to = h.f32();
  const float* from = gate_up.f32();
  parallel_for(s.N, kRows, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t n = begin; n < end; ++n) {
      HWY_DYNAMIC_DISPATCH(SwigluForwardRow)(to + n * s.C, from + n * 2 * s.C, s.C);
    }
  });
}

void CpuKernels::swiglu_backward(Tensor dgate_up, Tensor dh, Tensor gate_up) {
  const RowsShape s = check_swiglu_backward(dgate_up, dh, gate_up);
  float* to = dgate_up.f32();
  const float *d = dh.f32(), *from = gate_up.f32();
  parallel_for(s.N, kRows, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t n = begin; n < end; ++n) {
      const int64_t at = n * 2 * s.C;
      HWY_DYNAMIC_DISPATCH(SwigluBackwardRow)(to + at, d + n * s.C, from + at, s.C);
    }
  });
}

}  // namespace coldstart::kernels::cpu
#endif  // HWY_ONCE
