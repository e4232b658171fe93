// The ceilings are plausible numbers; no more can be asserted on an unknown machine.
#include "coldstart/kernels/cpu/ceilings.h"

#include <gtest/gtest.h>

namespace coldstart::kernels::cpu {
namespace {

TEST(CpuCeilings, ArePlausible) {
  EXPECT_GT(measure_fma_gflops(1), 0.1);
  EXPECT_LT(measure_fma_gflops(1), 1000);
  EXPECT_GT(measure_triad_gbs(1), 0.1);
  EXPECT_LT(measure_triad_gbs(1), 2000);
  EXPECT_GT(measure_triad_gbs(2, 1 << 16), 0.1) << "arrays that stay in the caches";
}

}  // namespace
}  // namespace coldstart::kernels::cpu
