// The harness must be able to fail: kernels broken on purpose, one promise at a time.
#include "tests/kernels/compare.h"

#include <gtest/gtest-spi.h>

namespace coldstart::kernels {
namespace {

// Runs a broken `add` through the harness. The faults show with one thread only, because the
// macros expect exactly one failure.
void check_add(void (*broken_add)(float* y, float* x, int64_t n)) {
  const auto kernels = make_reference_kernels();
  expect_matches_reference(
      *kernels,
      [&](Workspace& ws, Kernels& k) {
        const Tensor y = ws.in_out("y", {20}), x = ws.input("x", {20});
        if (ws.dtype() == DType::f64) {
          k.add(y, x);
        } else {
          broken_add(y.f32(), x.f32(), 20);
        }
      },
      1e-6);
}

void right(float* y, float* x, int64_t n) {
  for (int64_t i = 0; i < n; ++i) y[i] += x[i];
}

TEST(CompareHarness, PassesARightKernel) { check_add(right); }

TEST(CompareHarness, SeesAWrongElement) {
  EXPECT_FATAL_FAILURE(check_add([](float* y, float* x, int64_t n) {
                         right(y, x, n);
                         y[n - 1] *= 1.0001F;
                       }),
                       "expected");
}

TEST(CompareHarness, SeesAWriteBeforeAndBehindATensor) {
  EXPECT_NONFATAL_FAILURE(check_add([](float* y, float* x, int64_t n) {
                            right(y, x, n);
                            if (thread_count() == 1) y[n] = 0;
                          }),
                          "written behind y");
  EXPECT_NONFATAL_FAILURE(check_add([](float* y, float* x, int64_t n) {
                            right(y, x, n);
                            if (thread_count() == 1) y[-1] = 0;
                          }),
                          "written before y");
}

TEST(CompareHarness, SeesAnInputThatIsWritten) {
  EXPECT_NONFATAL_FAILURE(check_add([](float* y, float* x, int64_t n) {
                            right(y, x, n);
                            if (thread_count() == 1) x[3] = 0;
                          }),
                          "input x was written");
}

TEST(CompareHarness, SeesBytesThatDependOnThreads) {
  EXPECT_NONFATAL_FAILURE(check_add([](float* y, float* x, int64_t n) {
                            right(y, x, n);
                            if (thread_count() == 3) y[0] = std::nextafter(y[0], 100.0F);
                          }),
                          "depends on the number of threads");
}

void compare_a_forgotten_output() {
  Workspace got(DType::f32), want(DType::f64);
  const Tensor y = got.output("y", {3});
  want.oracle().fill(want.output("y", {3}), 0);
  y.f32()[0] = y.f32()[1] = 0;  // y[2] is forgotten
  got.expect_close_to(want, 1);
}

TEST(CompareHarness, SeesAnOutputThatIsNotWritten) {
  EXPECT_FATAL_FAILURE(compare_a_forgotten_output(), "y[2]");
}

}  // namespace
}  // namespace coldstart::kernels
