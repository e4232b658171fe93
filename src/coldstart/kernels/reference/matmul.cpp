// Matrix product:  c[m,n] = alpha sum_k op(a)[m,k] op(b)[k,n] + beta c[m,n].
//
// As in BLAS, beta = 0 means that c is not read, so it may hold anything, NaN included. The Gram
// matrix alpha op(a) op(a)^T is the same loop: with the factors of every product swapped, c[n,m] is
// the same sum as c[m,n].
// Test: tests/kernels/reference_linear_test.cpp.
#include "coldstart/kernels/reference/element.h"
#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

void ReferenceKernels::matmul(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b,
                              double alpha, double beta) {
  const MatmulShape s = check_matmul(c, a, transpose_a, b, transpose_b);
  const int64_t a_row = transpose_a ? 1 : s.K, a_col = transpose_a ? s.M : 1;
  const int64_t b_row = transpose_b ? 1 : s.N, b_col = transpose_b ? s.K : 1;
  with_type(a.dtype(), [&]<class Real>() {
    const Real* pa = a.data<Real>();
    const Real* pb = b.data<Real>();
    Real* pc = c.data<Real>();
    for (int64_t m = 0; m < s.M; ++m) {
      for (int64_t n = 0; n < s.N; ++n) {
        double sum = 0;
        for (int64_t k = 0; k < s.K; ++k) {
          sum += static_cast<double>(pa[m * a_row + k * a_col]) *
                 static_cast<double>(pb[k * b_row + n * b_col]);
        }
        const double old = beta == 0 ? 0 : beta * pc[m * s.N + n];
        pc[m * s.N + n] = static_cast<Real>(alpha * sum + old);
      }
    }
  });
}

void ReferenceKernels::gram(Tensor c, Tensor a, bool transpose_a, double alpha) {
  check_gram(c, a, transpose_a);
  matmul(c, a, transpose_a, a, !transpose_a, alpha, 0);
}

}  // namespace coldstart::kernels
