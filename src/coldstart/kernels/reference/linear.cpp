// Linear layer:  z = x w^T + bias,  y = act(z).
//
//   forward           z[n,k]  = sum_c x[n,c] w[k,c] + bias[k];   y = act(z)
//   backward, input   dx[n,c] = (sum_k dy[n,k] w[k,c]) act'(pre[n,c])
//   backward, weight  dw[k,c] = sum_n dy[n,k] x[n,c];   dbias[k] = sum_n dy[n,k]
//
// In the backward pass dy is the gradient of z: the activation's derivative is applied by the
// *next* layer's input gradient (its x is our act(z)), where it rides on the store of dx.
// Test: tests/kernels/reference_linear_test.cpp.
#include <vector>

#include "coldstart/kernels/reference/element.h"
#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

void ReferenceKernels::linear_forward(Tensor y, Tensor x, Tensor w, Tensor bias, Activation act,
                                      Tensor pre) {
  const LinearShape s = check_linear_forward(y, x, w, bias, pre);
  with_type(x.dtype(), [&]<class Real>() {
    const Real* px = x.data<Real>();
    const Real* pw = w.data<Real>();
    const Real* pb = optional_data<Real>(bias);
    Real* py = y.data<Real>();
    Real* ppre = optional_data<Real>(pre);
    for (int64_t n = 0; n < s.N; ++n) {
      for (int64_t k = 0; k < s.K; ++k) {
        const double z = dot(px + n * s.C, pw + k * s.C, s.C) + (pb ? pb[k] : Real{0});
        if (ppre) ppre[n * s.K + k] = static_cast<Real>(z);
        py[n * s.K + k] = static_cast<Real>(activate(act, z));
      }
    }
  });
}

void ReferenceKernels::linear_backward_input(Tensor dx, Tensor dy, Tensor w, bool accumulate,
                                             Activation act, Tensor pre) {
  const LinearShape s = check_linear_backward_input(dx, dy, w, act, pre);
  std::vector<double> row(static_cast<size_t>(s.C));
  with_type(dy.dtype(), [&]<class Real>() {
    const Real* pdy = dy.data<Real>();
    const Real* pw = w.data<Real>();
    const Real* ppre = optional_data<Real>(pre);
    Real* pdx = dx.data<Real>();
    double* sum = row.data();
    for (int64_t n = 0; n < s.N; ++n) {
      for (int64_t c = 0; c < s.C; ++c) sum[c] = 0;
      for (int64_t k = 0; k < s.K; ++k) {
        const double d = pdy[n * s.K + k];
        for (int64_t c = 0; c < s.C; ++c) sum[c] += d * pw[k * s.C + c];
      }
      for (int64_t c = 0; c < s.C; ++c) {
        const int64_t i = n * s.C + c;
        const double gradient = ppre ? sum[c] * activation_derivative(act, ppre[i]) : sum[c];
        pdx[i] = static_cast<Real>((accumulate ? pdx[i] : 0.0) + gradient);
      }
    }
  });
}

void ReferenceKernels::linear_backward_weight(Tensor dw, Tensor dbias, Tensor dy, Tensor x,
                                              bool accumulate) {
  const LinearShape s = check_linear_backward_weight(dw, dbias, dy, x);
  std::vector<double> row(static_cast<size_t>(s.C));
  with_type(x.dtype(), [&]<class Real>() {
    const Real* px = x.data<Real>();
    const Real* pdy = dy.data<Real>();
    Real* pdw = dw.data<Real>();
    Real* pdb = optional_data<Real>(dbias);
    double* sum = row.data();
    for (int64_t k = 0; k < s.K; ++k) {
      double column_sum = 0;
      for (int64_t c = 0; c < s.C; ++c) sum[c] = 0;
      for (int64_t n = 0; n < s.N; ++n) {
        const double d = pdy[n * s.K + k];
        column_sum += d;
        for (int64_t c = 0; c < s.C; ++c) sum[c] += d * px[n * s.C + c];
      }
      for (int64_t c = 0; c < s.C; ++c) {
        const int64_t i = k * s.C + c;
        pdw[i] = static_cast<Real>((accumulate ? pdw[i] : 0.0) + sum[c]);
      }
      if (pdb) pdb[k] = static_cast<Real>((accumulate ? pdb[k] : 0.0) + column_sum);
    }
  });
}

}  // namespace coldstart::kernels
