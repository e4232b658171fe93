// c = alpha op(a) op(b) + beta c and c = alpha op(a) op(a)^T, one gemm over the strides of the
// operands.
// Test: tests/kernels/, against the reference.
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/cpu/gemm.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels::cpu {

void CpuKernels::matmul(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b,
                        double alpha, double beta) {
  const auto [M, N, K] = check_matmul(c, a, transpose_a, b, transpose_b);
  if (beta != 0 && beta != 1) scale(c, beta);
  gemm({.M = M,
        .N = N,
        .K = K,
        .a = a.f32(),
        .a_row = transpose_a ? 1 : a.cols(),
        .a_col = transpose_a ? a.cols() : 1,
        .b = b.f32(),
        .b_row = transpose_b ? 1 : b.cols(),
        .b_col = transpose_b ? b.cols() : 1,
        .c = c.f32(),
        .c_row = c.cols(),
        .alpha = static_cast<float>(alpha),
        .accumulate = beta != 0});
}

void CpuKernels::gram(Tensor c, Tensor a, bool transpose_a, double alpha) {
  const auto [N, K] = check_gram(c, a, transpose_a);
  gemm_symmetric({.M = N,
                  .N = N,
                  .K = K,
                  .a = a.f32(),
                  .a_row = transpose_a ? 1 : a.cols(),
                  .a_col = transpose_a ? a.cols() : 1,
                  .c = c.f32(),
                  .c_row = c.cols(),
                  .alpha = static_cast<float>(alpha)});
}

}  // namespace coldstart::kernels::cpu
