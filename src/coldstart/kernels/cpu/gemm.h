// gemm: single-precision matrix product with fused epilogues, over general strides.
//
//   C = alpha A B                      (M, K) x (K, N), C row-major
//   C += alpha A B                     accumulate
//   pre = A B + bias; C = act(pre)     forward of a linear layer
//   C (+)= alpha (A B) * act'(gate)    backward through the activation below
//   a_row_sums (+)= row sums of A      bias gradient, beside any of these
//   C = alpha A A^T                    symmetric: half of the products (gemm_symmetric)
//
// Two implementations: gemm_own.cpp (packed GotoBLAS scheme, Highway) and gemm_blas.cpp
// (cblas_sgemm on fixed blocks of rows). COLDSTART_GEMM=own|blas|auto chooses; auto, the default,
// takes own. Both give the same bytes for any number of threads: the cut into tasks depends on
// the shape alone. Test: tests/kernels/cpu_gemm_test.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "coldstart/kernels/kernels.h"

namespace coldstart::kernels::cpu {

struct Gemm {
  int64_t M = 0, N = 0, K = 0;
  const float* a = nullptr;  // element (m, k) at a[m * a_row + k * a_col]; one of the strides is 1
  int64_t a_row = 0, a_col = 0;
  const float* b = nullptr;  // element (k, n) at b[k * b_row + n * b_col]; one of the strides is 1
  int64_t b_row = 0, b_col = 0;
  float* c = nullptr;  // element (m, n) at c[m * c_row + n]
  int64_t c_row = 0;
  float alpha = 1;
  bool accumulate = false;
  // Forward epilogue; not together with accumulate. pre has the stride of c.
  const float* bias = nullptr;
  Activation act = Activation::none;
  float* pre = nullptr;
  // Backward epilogue: multiply by act'(gate). gate has the stride of c.
  Activation gate_act = Activation::none;
  const float* gate = nullptr;

  // sum over k of a(m, k), M numbers, obeying accumulate: the bias gradient, taken while A = dy^T
  // (a_row == 1) is being packed.
  float* a_row_sums = nullptr;

  bool has_forward_epilogue() const {
    return bias != nullptr || act != Activation::none || pre != nullptr;
  }
  bool is_plain() const { return alpha == 1 && !has_forward_epilogue() && gate == nullptr; }
};

enum class GemmBackend : uint8_t { own, blas };

GemmBackend gemm_backend();  // from COLDSTART_GEMM, read once; ConfigError on another value
std::string gemm_name();     // "AVX3" or "OpenBLAS 0.3.21"

void gemm(const Gemm& g);  // with gemm_backend()
void gemm_own(const Gemm& g);
void gemm_blas(const Gemm& g);

// C = alpha A A^T, symmetric to the bit: M, K, a, c and alpha of g count, B is A^T.
void gemm_symmetric(const Gemm& g);
void gemm_symmetric_own(const Gemm& g);
void gemm_symmetric_blas(const Gemm& g);
std::string gemm_own_name();   // the SIMD target in use: "AVX3"
std::string gemm_blas_name();  // "OpenBLAS 0.3.21"

// The epilogue of the block rows [row, row + rows) x columns [col, col + cols) of C. src holds A B
// there (stride src_row) and may be c itself; `add` adds the result to what c holds.
void gemm_epilogue(const Gemm& g, int64_t row, int64_t col, int64_t rows, int64_t cols,
                   const float* src, int64_t src_row, bool add);

}  // namespace coldstart::kernels::cpu
