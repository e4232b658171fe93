// What the reference kernels share: the choice of the element type, a dot product in double, and
// the activations with their derivatives.
#pragma once

#include <cstdint>

#include "coldstart/kernels/kernels.h"

namespace coldstart::kernels::reference {

// Calls fn.operator()<float>() or fn.operator()<double>().
template <class Fn>
void with_type(DType dtype, Fn&& fn) {
  if (dtype == DType::f32) {
    fn.template operator()<float>();
  } else {
    fn.template operator()<double>();
  }
}

// Pointer to the elements, or null when the optional tensor is absent.
template <class Real>
Real* optional_data(const Tensor& t) {
  return t ? t.data<Real>() : nullptr;
}

template <class Real>
double dot(const Real* a, const Real* b, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

double activate(Activation act, double z);               // act(z)
double activation_derivative(Activation act, double z);  // act'(z)

}  // namespace coldstart::kernels::reference
