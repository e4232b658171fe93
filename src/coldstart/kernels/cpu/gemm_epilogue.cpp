// The epilogue of a matrix product for callers outside the kernels of one SIMD target (gemm_blas).
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/gemm_epilogue.cpp"
#include <hwy/foreach_target.h>
// after foreach_target
#include <hwy/highway.h>

#include "coldstart/kernels/cpu/gemm_epilogue-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

void flushed_epilogue(const Gemm& g, int64_t row, int64_t col, int64_t rows, int64_t cols,
                      const float* src, int64_t src_row, bool add) {
  epilogue(g, row, col, rows, cols, src, src_row, add);
  hwy::FlushStream();
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {
HWY_EXPORT(flushed_epilogue);

void gemm_epilogue(const Gemm& g, int64_t row, int64_t col, int64_t rows, int64_t cols,
                   const float* src, int64_t src_row, bool add) {
  HWY_DYNAMIC_DISPATCH(flushed_epilogue)(g, row, col, rows, cols, src, src_row, add);
}

}  // namespace coldstart::kernels::cpu
#endif
