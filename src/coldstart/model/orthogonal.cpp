#include "coldstart/model/orthogonal.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "coldstart/core/parallel.h"

namespace coldstart::model {

namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Vectors of the shorter count, one after another, in double.
class Basis {
 public:
  Basis(size_t count, size_t length)
      : length_(length), numbers_(count * length), projections_(count) {}

  std::span<double> vector(size_t i) { return std::span(numbers_).subspan(i * length_, length_); }
  void orthonormalize(size_t i) {
    for (int pass = 0; pass < 2; ++pass) subtract_projections(i);
    const std::span<double> v = vector(i);
    const double norm = std::sqrt(dot(v, v));
    for (double& x : v) x /= norm;
  }

 private:
  void subtract_projections(size_t i) {
    const std::span<double> v = vector(i);
    constexpr int64_t kVectors = 16, kElements = 1024;
    parallel_for(static_cast<int64_t>(i), kVectors, [&](int64_t begin, int64_t end, int64_t) {
      for (auto j = static_cast<size_t>(begin); j < static_cast<size_t>(end); ++j)
        projections_[j] = dot(v, vector(j));
    });
    parallel_for(std::ssize(v), kElements, [&](int64_t begin, int64_t end, int64_t) {
      for (size_t j = 0; j < i; ++j) {
        const std::span<const double> q = vector(j);
        for (auto k = static_cast<size_t>(begin); k < static_cast<size_t>(end); ++k)
          v[k] -= projections_[j] * q[k];
      }
    });
  }

  size_t length_;
  std::vector<double> numbers_, projections_;
};

template <class Real>
void orthogonalize_as(std::span<Real> w, size_t rows, size_t cols, double factor) {
  const bool by_row = rows <= cols;
  const size_t count = std::min(rows, cols), length = std::max(rows, cols);
  const auto at = [&](size_t i, size_t k) -> Real& {
    return by_row ? w[i * cols + k] : w[k * cols + i];
  };
  Basis basis(count, length);
  for (size_t i = 0; i < count; ++i) {
    const std::span<double> v = basis.vector(i);
    for (size_t k = 0; k < length; ++k) v[k] = static_cast<double>(at(i, k));
    basis.orthonormalize(i);
    for (size_t k = 0; k < length; ++k) at(i, k) = static_cast<Real>(factor * v[k]);
  }
}

}  // namespace

void orthogonalize(Tensor matrix, double factor) {
  const auto rows = static_cast<size_t>(matrix.dim(0)), cols = static_cast<size_t>(matrix.dim(1));
  if (matrix.dtype() == DType::f32) {
    orthogonalize_as(matrix.span<float>(), rows, cols, factor);
  } else {
    orthogonalize_as(matrix.span<double>(), rows, cols, factor);
  }
}

}  // namespace coldstart::model
