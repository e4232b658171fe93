// Loops over whole arenas:  sum of squares,  y += x,  y *= factor,  y = value;  and over the rows
// of a matrix:  w_r *= factor_r.
//
// Test: tests/kernels/reference_arena_ops_test.cpp.
#include "coldstart/kernels/reference/element.h"
#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

double ReferenceKernels::sum_squares(Tensor x) {
  double sum = 0;
  with_type(x.dtype(), [&]<class Real>() { sum = dot(x.data<Real>(), x.data<Real>(), x.size()); });
  return sum;
}

void ReferenceKernels::row_dots(Tensor a, Tensor b, std::span<double> rows) {
  const RowsShape shape = check_row_dots(a, b, rows);
  const int64_t R = shape.N, C = shape.C;  // clang 14 cannot capture a structured binding
  with_type(a.dtype(), [&]<class Real>() {
    for (int64_t r = 0; r < R; ++r)
      rows[static_cast<size_t>(r)] = dot(a.data<Real>() + r * C, b.data<Real>() + r * C, C);
  });
}

void ReferenceKernels::add(Tensor y, Tensor x) {
  const int64_t size = check_elementwise(y, x);
  with_type(y.dtype(), [&]<class Real>() {
    for (int64_t i = 0; i < size; ++i) y.data<Real>()[i] += x.data<Real>()[i];
  });
}

void ReferenceKernels::scale(Tensor y, double factor) {
  with_type(y.dtype(), [&]<class Real>() {
    for (Real& value : y.span<Real>()) value = static_cast<Real>(value * factor);
  });
}

void ReferenceKernels::fill(Tensor y, double value) {
  with_type(y.dtype(), [&]<class Real>() {
    for (Real& element : y.span<Real>()) element = static_cast<Real>(value);
  });
}

void ReferenceKernels::scale_rows(Tensor w, std::span<const double> factors) {
  const auto [N, C] = check_scale_rows(w, factors);
  with_type(w.dtype(), [&, size = N * C, C = C]<class Real>() {
    for (int64_t i = 0; i < size; ++i) {
      Real& value = w.data<Real>()[i];
      value = static_cast<Real>(value * factors[static_cast<size_t>(i / C)]);
    }
  });
}

}  // namespace coldstart::kernels
