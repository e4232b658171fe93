// Activations, element by element.
//
//   gelu   0.5 z (1 + tanh(u)),  u = a (z + b z^3),  a = sqrt(2/pi), b = 0.044715
//          derivative 0.5 (1 + tanh u) + 0.5 z (1 - tanh^2 u) a (1 + 3 b z^2)
//   relu   max(z, 0), derivative 0 at 0;   leaky_relu  z or 0.1 z, derivative 0.1 at 0
//   silu   z sigmoid(z),  derivative sigmoid(z) (1 + z (1 - sigmoid(z)))
//   swiglu h = silu(gate) up;  dgate = dh up silu'(gate);  dup = dh silu(gate)
//
// Test: tests/kernels/reference_activation_test.cpp.
#include <cmath>
#include <numbers>

#include "coldstart/kernels/reference/element.h"
#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

namespace reference {

namespace {

const double kGeluA = std::sqrt(2 / std::numbers::pi);
constexpr double kGeluB = 0.044715;

double gelu(double z) { return 0.5 * z * (1 + std::tanh(kGeluA * (z + kGeluB * z * z * z))); }

double gelu_derivative(double z) {
  const double t = std::tanh(kGeluA * (z + kGeluB * z * z * z));
  // 1 - t^2 is exactly 0 where the cube may be infinite; keep 0 * inf out of the sum.
  const double slope = (1 - t * t) * kGeluA;
  return 0.5 * (1 + t) + (slope == 0 ? 0 : 0.5 * z * slope * (1 + 3 * kGeluB * z * z));
}

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

}  // namespace

double activate(Activation act, double z) {
  switch (act) {
    case Activation::gelu:
      return gelu(z);
    case Activation::relu:
      return z < 0 ? 0 : z;  // NaN stays NaN
    case Activation::leaky_relu:
      return z < 0 ? kLeakySlope * z : z;
    case Activation::none:
      break;
  }
  return z;
}

double activation_derivative(Activation act, double z) {
  switch (act) {
    case Activation::gelu:
      return gelu_derivative(z);
    case Activation::relu:
      return z > 0 ? 1 : 0;
    case Activation::leaky_relu:
      return z > 0 ? 1 : kLeakySlope;
    case Activation::none:
      break;
  }
  return 1;
}

}  // namespace reference

using namespace reference;

void ReferenceKernels::activation_forward(Tensor y, Tensor z, Activation act) {
  const int64_t size = check_elementwise(y, z);
  with_type(z.dtype(), [&]<class Real>() {
    for (int64_t i = 0; i < size; ++i) {
      y.data<Real>()[i] = static_cast<Real>(activate(act, z.data<Real>()[i]));
    }
  });
}

void ReferenceKernels::swiglu_forward(Tensor h, Tensor gate_up) {
  const RowsShape s = check_swiglu_forward(h, gate_up);
  with_type(h.dtype(), [&]<class Real>() {
    for (int64_t n = 0; n < s.N; ++n) {
      const Real* row = gate_up.data<Real>() + n * 2 * s.C;
      for (int64_t f = 0; f < s.C; ++f) {
        const double gate = row[f], up = row[s.C + f];
        h.data<Real>()[n * s.C + f] = static_cast<Real>(gate * sigmoid(gate) * up);
      }
    }
  });
}

void ReferenceKernels::swiglu_backward(Tensor dgate_up, Tensor dh, Tensor gate_up) {
  const RowsShape s = check_swiglu_backward(dgate_up, dh, gate_up);
  with_type(dh.dtype(), [&]<class Real>() {
    for (int64_t n = 0; n < s.N; ++n) {
      const Real* row = gate_up.data<Real>() + n * 2 * s.C;
      Real* drow = dgate_up.data<Real>() + n * 2 * s.C;
      for (int64_t f = 0; f < s.C; ++f) {
        const double gate = row[f], up = row[s.C + f], d = dh.data<Real>()[n * s.C + f];
        const double sg = sigmoid(gate);
        drow[f] = static_cast<Real>(d * up * sg * (1 + gate * (1 - sg)));
        drow[s.C + f] = static_cast<Real>(d * gate * sg);
      }
    }
  });
}

}  // namespace coldstart::kernels
