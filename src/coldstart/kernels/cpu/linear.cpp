// Linear layers: the three products of a layer, each one gemm with its fused epilogue.
// Test: tests/kernels/, against the reference.
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/cpu/gemm.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels::cpu {

void CpuKernels::linear_forward(Tensor y, Tensor x, Tensor w, Tensor bias, Activation act,
                                Tensor pre) {
  const auto [N, C, K] = check_linear_forward(y, x, w, bias, pre);
  gemm({.M = N,
        .N = K,
        .K = C,
        .a = x.f32(),
        .a_row = C,
        .a_col = 1,
        .b = w.f32(),
        .b_row = 1,
        .b_col = C,
        .c = y.f32(),
        .c_row = K,
        .bias = bias ? bias.f32() : nullptr,
        .act = act,
        .pre = pre ? pre.f32() : nullptr});
}

void CpuKernels::linear_backward_input(Tensor dx, Tensor dy, Tensor w, bool accumulate,
                                       Activation act, Tensor pre) {
  const auto [N, C, K] = check_linear_backward_input(dx, dy, w, act, pre);
  gemm({.M = N,
        .N = C,
        .K = K,
        .a = dy.f32(),
        .a_row = K,
        .a_col = 1,
        .b = w.f32(),
        .b_row = C,
        .b_col = 1,
        .c = dx.f32(),
        .c_row = C,
        .accumulate = accumulate,
        .gate_act = act,
        .gate = act == Activation::none ? nullptr : pre.f32()});
}

void CpuKernels::linear_backward_weight(Tensor dw, Tensor dbias, Tensor dy, Tensor x,
                                        bool accumulate) {
  const auto [N, C, K] = check_linear_backward_weight(dw, dbias, dy, x);
  gemm({.M = K,
        .N = C,
        .K = N,
        .a = dy.f32(),
        .a_row = 1,
        .a_col = K,
        .b = x.f32(),
        .b_row = C,
        .b_col = 1,
        .c = dw.f32(),
        .c_row = C,
        .accumulate = accumulate,
        .a_row_sums = dbias ? dbias.f32() : nullptr});
}

}  // namespace coldstart::kernels::cpu
