#include "coldstart/optim/newton_schulz.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "coldstart/core/parallel.h"

namespace coldstart::optim {

namespace {

template <class T>
void scaled_copy(Tensor to, Tensor from, double factor) {
  constexpr int64_t kChunk = 1 << 14;
  const T* const in = from.data<T>();
  T* const out = to.data<T>();
  parallel_for(from.size(), kChunk, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t i = begin; i < end; ++i) out[i] = in[i] * static_cast<T>(factor);
  });
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
  const bool f32 = dtype_ == DType::f32;
  const int64_t rows = x.dim(0), cols = x.dim(1), side = std::min(rows, cols);
  const bool wide = rows <= cols;
  memory_.rewind(0);
  const auto scratch = lay_out(memory_, dtype_, x.size(), side);
  const Tensor gram = scratch.gram.reshape({side, side});
  const Tensor polynomial = scratch.polynomial.reshape({side, side});
  const auto add_diagonal = f32 ? add_to_diagonal<float> : add_to_diagonal<double>;
  Tensor from = scratch.next.reshape({rows, cols}), to = x;
  (f32 ? scaled_copy<float> : scaled_copy<double>)(from, x, 1 / norm);
  static_assert(kIterations % 2 == 1, "the last product writes x");
  for (int i = 0; i < kIterations; ++i) {
    kernels.gram(gram, from, !wide, 1);
    add_diagonal(gram, kB / (2 * kC));
    kernels.gram(polynomial, gram, false, kC);
    add_diagonal(polynomial, kA - kB * kB / (4 * kC));
    if (wide) {
      kernels.matmul(to, polynomial, false, from, false, 1, 0);
    } else {
      kernels.matmul(to, from, false, polynomial, false, 1, 0);
    }
    std::swap(from, to);
  }
  return true;
}

}  // namespace coldstart::optim
