// Newton-Schulz: a matrix made nearly orthogonal by products only (Jordan et al., "Muon", 2024).
//
//   X = M / |M|_F;   five times:  A = X X^T,  X = (a I + b A + c A^2) X
//   (a, b, c) = (3.4445, -4.7750, 2.0315)
//   a I + b A + c A^2 = c (A + b/2c I)^2 + (a - b^2/4c) I
//
// The singular values of X, at most 1 at the start, end between about 0.7 and 1.2; the singular
// vectors stay. The Gram matrix is that of the shorter side (for more rows than columns A = X^T X,
// and X is multiplied from the right), which is the same map and saves the transpose. Completing
// the square makes the polynomial one symmetric product whose other terms touch the diagonal alone;
// two of the three products of an iteration are symmetric (kernels.gram), which spares 28 to 33 %
// of the textbook's multiply-adds. All memory is allocated once. Test:
// tests/optim/newton_schulz_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/kernels/kernels.h"
#include "coldstart/tensor/arena.h"

namespace coldstart::optim {

class NewtonSchulz {
 public:
  static constexpr int kIterations = 5;
  static constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;

  static constexpr double kSmallestNorm = 1e-30;  // 1/norm must be a float

  // Room for matrices of up to so many elements, whose shorter side is at most so long.
  NewtonSchulz(int64_t largest_size, int64_t largest_side, DType dtype);
  static int64_t bytes(int64_t largest_size, int64_t largest_side, DType dtype);

  // x (rows, cols) in place; below kSmallestNorm it counts as zeros and stays. False, and x as it
  // was, when a number is not finite.
  bool orthogonalize(kernels::Kernels& kernels, Tensor x);

 private:
  DType dtype_;
  Arena memory_;
};

}  // namespace coldstart::optim
