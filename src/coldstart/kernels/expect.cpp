#include "coldstart/kernels/expect.h"

namespace coldstart::kernels {

void expect(const char* name, const Tensor& t, const Tensor& like, int64_t rows, int64_t cols) {
  COLDSTART_CHECK(!t.empty(), "{} is missing; expected ({}, {})", name, rows, cols);
  COLDSTART_CHECK(t.dtype() == like.dtype(), "{} holds {}, expected {}", name,
                  dtype_name(t.dtype()), dtype_name(like.dtype()));
  COLDSTART_CHECK(t.cols() == cols && t.size() == rows * cols, "{} is {}, expected ({}, {})", name,
                  t.shape_text(), rows, cols);
}

void expect_vector(const char* name, const Tensor& t, const Tensor& like, int64_t size) {
  COLDSTART_CHECK(!t.empty() && t.size() == size, "{} is {}, expected {} numbers", name,
                  t.shape_text(), size);
  COLDSTART_CHECK(t.dtype() == like.dtype(), "{} holds {}, expected {}", name,
                  dtype_name(t.dtype()), dtype_name(like.dtype()));
}

void expect_absent(const char* name, const Tensor& t) {
  COLDSTART_CHECK(t.empty(), "{} is {}, expected no tensor", name, t.shape_text());
}

RowsShape rows_of(const char* name, const Tensor& t) {
  COLDSTART_CHECK(!t.empty() && t.cols() > 0, "{} is {}, expected rows of at least one number",
                  name, t.shape_text());
  return {t.rows(), t.cols()};
}

RowsShape matrix_of(const char* name, const Tensor& t) {
  COLDSTART_CHECK(t.rank() == 2 && t.cols() > 0, "{} is {}, expected a matrix", name,
                  t.shape_text());
  return {t.rows(), t.cols()};
}

}  // namespace coldstart::kernels
