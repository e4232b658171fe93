// gemm_blas: the vendor's cblas_sgemm, one single-threaded call for every fixed block of rows.
//
// The library's own threads are switched off (OpenBLAS, BLIS and MKL each have their function for
// that; those present are found at run time, so any CBLAS links), because calls run side by side.
// Test: tests/kernels/cpu_gemm_test.cpp.
#include <cblas.h>
#include <dlfcn.h>

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/gemm.h"
#include "coldstart/kernels/cpu/scratch.h"

namespace coldstart::kernels::cpu {

namespace {

void use_one_thread_per_call() {
  static const bool done = [] {
    for (const char* name : {"openblas_set_num_threads", "MKL_Set_Num_Threads"}) {
      if (void* symbol = dlsym(RTLD_DEFAULT, name)) reinterpret_cast<void (*)(int)>(symbol)(1);
    }
    if (void* symbol = dlsym(RTLD_DEFAULT, "bli_thread_set_num_threads")) {
      reinterpret_cast<void (*)(int64_t)>(symbol)(1);
    }
    return true;
  }();
  static_cast<void>(done);
}

struct Operand {
  CBLAS_TRANSPOSE transpose;
  int stride;
};

Operand operand(int64_t row_stride, int64_t col_stride, int64_t rows, int64_t cols) {
  if (col_stride == 1) return {CblasNoTrans, narrow<int>(std::max(row_stride, cols))};
  return {CblasTrans, narrow<int>(std::max(col_stride, rows))};
}

}  // namespace

std::string gemm_blas_name() {
  if (void* symbol = dlsym(RTLD_DEFAULT, "openblas_get_config")) {
    const std::string config = reinterpret_cast<const char* (*)()>(symbol)();
    return config.substr(0, config.find(' ', config.find(' ') + 1));
  }
  return "cblas";
}

void gemm_blas(const Gemm& g) {
  use_one_thread_per_call();
  constexpr int64_t kBlockRows = 256;
  const Operand a = operand(g.a_row, g.a_col, g.M, g.K);
  const Operand b = operand(g.b_row, g.b_col, g.K, g.N);
  // C must stay what it was until the gate has been applied to the product alone.
  const bool product_aside = g.accumulate && g.gate != nullptr;
  parallel_for(g.M, kBlockRows, [&](int64_t begin, int64_t end, int64_t) {
    const int64_t rows = end - begin;
    float* out = g.c + begin * g.c_row;
    int64_t out_row = g.c_row;
    if (product_aside) {
      out = thread_scratch(ScratchSlot::packed_a, rows * g.N);
      out_row = g.N;
    }
    const bool beta = g.accumulate && !product_aside;
    const bool alpha_in_call = !product_aside;
    cblas_sgemm(CblasRowMajor, a.transpose, b.transpose, narrow<int>(rows), narrow<int>(g.N),
                narrow<int>(g.K), alpha_in_call ? g.alpha : 1.0F, g.a + begin * g.a_row, a.stride,
                g.b, b.stride, beta ? 1.0F : 0.0F, out, narrow<int>(out_row));
    if (g.a_row_sums != nullptr) {
      for (int64_t m = begin; m < end; ++m) {
        double sum = g.accumulate ? static_cast<double>(g.a_row_sums[m]) : 0;
        for (int64_t k = 0; k < g.K; ++k) {
          sum += static_cast<double>(g.a[m * g.a_row + k * g.a_col]);
        }
        g.a_row_sums[m] = static_cast<float>(sum);
      }
    }
    if (!g.has_forward_epilogue() && g.gate == nullptr) return;
    Gemm tail = g;
    if (alpha_in_call) tail.alpha = 1;
    gemm_epilogue(tail, begin, 0, rows, g.N, out, out_row, product_aside);
  });
}

// Blocks of rows left of and up to the diagonal; each block is then copied to its mirror image. The
// squares on the diagonal are whole and mirrored as well: the library promises no symmetry.
void gemm_symmetric_blas(const Gemm& g) {
  use_one_thread_per_call();
  constexpr int64_t kBlockRows = 128, kMirrorColumns = 16;
  const Operand a = operand(g.a_row, g.a_col, g.M, g.K);
  const Operand b = operand(g.a_col, g.a_row, g.K, g.M);
  const int64_t blocks = div_up(g.M, kBlockRows);
  parallel_for(blocks, 1, [&](int64_t first, int64_t, int64_t) {
    const int64_t begin = (blocks - 1 - first) * kBlockRows;  // the longest first
    const int64_t end = std::min(g.M, begin + kBlockRows);
    cblas_sgemm(CblasRowMajor, a.transpose, b.transpose, narrow<int>(end - begin), narrow<int>(end),
                narrow<int>(g.K), g.alpha, g.a + begin * g.a_row, a.stride, g.a, b.stride, 0.0F,
                g.c + begin * g.c_row, narrow<int>(g.c_row));
    for (int64_t n0 = 0; n0 < end; n0 += kMirrorColumns) {
      for (int64_t m = std::max(begin, n0); m < end; ++m) {
        for (int64_t n = n0; n < std::min(m, n0 + kMirrorColumns); ++n)
          g.c[n * g.c_row + m] = g.c[m * g.c_row + n];
      }
    }
  });
}

}  // namespace coldstart::kernels::cpu
