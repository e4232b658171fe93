#include "coldstart/optim/newton_schulz.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace coldstart::optim {

namespace {

void copy(Tensor to, Tensor from) {
  std::memcpy(to.raw(), from.raw(), static_cast<size_t>(from.bytes()));
}

template <class T>
void add_to_diagonal(Tensor square, double value) {
  const int64_t side = square.dim(0);
  T* const diagonal = square.data<T>();
  for (int64_t i = 0; i < side; ++i) diagonal[i * (side + 1)] += static_cast<T>(value);
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
  Tensor from = x, to = next;
  for (int i = 0; i < kIterations; ++i) {
    kernels.matmul(gram, from, !wide, from, wide, 1, 0);
    copy(polynomial, gram);
    kernels.matmul(polynomial, gram, false, gram, false, kC, kB);
    if (dtype_ == DType::f32) {
      add_to_diagonal<float>(polynomial, kA);
    } else {
      add_to_diagonal<double>(polynomial, kA);
    }
    if (wide) {
      kernels.matmul(to, polynomial, false, from, false, 1, 0);
    } else {
      kernels.matmul(to, from, false, polynomial, false, 1, 0);
    }
    std::swap(from, to);
  }
  if (from.raw() != x.raw()) copy(x, from);
  return true;
}

}  // namespace coldstart::optim
