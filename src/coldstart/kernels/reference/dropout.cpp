// y_i = x_i scale where the number of element i is threshold or more, else 0 (dropout.h), one
// element at a time.
//
// Test: tests/kernels/dropout_test.cpp.
#include "coldstart/kernels/reference/element.h"
#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

void ReferenceKernels::dropout(Tensor y, Tensor x, const Dropout& dropout) {
  const auto [B, S] = check_dropout(y, x, dropout);
  const double scale = dropout.scale();
  with_type(x.dtype(), [&, B = B, S = S]<class Real>() {
    for (int64_t b = 0; b < B; ++b) {
      const std::array<uint32_t, 2> key = dropout.key(b);
      for (int64_t i = 0; i < S; ++i) {
        const auto numbers = dropout_numbers(key, {static_cast<uint32_t>(i / kDropoutBlock), 0, 0});
        const bool kept = numbers[static_cast<size_t>(i % kDropoutBlock)] >= dropout.threshold();
        const Real value = x.data<Real>()[b * S + i];
        y.data<Real>()[b * S + i] = kept ? static_cast<Real>(value * scale) : Real{0};
      }
    }
  });
}

}  // namespace coldstart::kernels
