#include "coldstart/optim/newton_schulz.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace coldstart::optim {

namespace {

void copy(Tensor to, Tensor from) {
  std::memcpy(to.raw(), from.raw(), static_cast<size_t>(from.bytes()));
}

// The three scratch matrices of a problem.
template <class Arena>
auto lay_out(Arena& arena, DType dtype, int64_t size, int64_t side) {
  struct Scratch {
    Tensor gram, polynomial, next;
  };
  return Scratch{arena.allocate(dtype, {side * side}), arena.allocate(dtype, {side * side}),
                 arena.allocate(dtype, {size})};
}

}  // namespace

int64_t NewtonSchulz::bytes(int64_t largest_size, int64_t largest_side, DType dtype) {
  Arena measure = Arena::measuring();
  lay_out(measure, dtype, largest_size, largest_side);
  return measure.used_bytes();
}

NewtonSchulz::NewtonSchulz(int64_t largest_size, int64_t largest_side, DType dtype)
    : dtype_(dtype), memory_(bytes(largest_size, largest_side, dtype)) {}

bool NewtonSchulz::orthogonalize(kernels::Kernels& kernels, Tensor x) {
  const double norm = std::sqrt(kernels.sum_squares(x));
  if (!std::isfinite(norm)) return false;
  if (norm < kSmallestNorm) return true;
  kernels.scale(x, 1 / norm);

  const int64_t rows = x.dim(0), cols = x.dim(1), side = std::min(rows, cols);
  const bool wide = rows <= cols;
  memory_.rewind(0);
  const auto scratch = lay_out(memory_, dtype_, x.size(), side);
  const Tensor gram = scratch.gram.reshape({side, side});
  const Tensor polynomial = scratch.polynomial.reshape({side, side});
  const Tensor next = scratch.next.reshape({rows, cols});
  for (int i = 0; i < kIterations; ++i) {
    kernels.matmul(gram, x, !wide, x, wide, 1, 0);
    copy(polynomial, gram);
    kernels.matmul(polynomial, gram, false, gram, false, kC, kB);
    copy(next, x);
    if (wide) {
      kernels.matmul(next, polynomial, false, x, false, 1, kA);
    } else {
      kernels.matmul(next, x, false, polynomial, false, 1, kA);
    }
    copy(x, next);
  }
  return true;
}

}  // namespace coldstart::optim
