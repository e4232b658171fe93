// What shape checks are made of: a tensor is there, has this many numbers and this element type, or
// the program ends with its name and shape (programmer errors). Test:
// tests/kernels/reference_linear_test.cpp.
#pragma once

#include <cstdint>

#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

// t is rows x cols (rows of all leading axes together) of the element type of `like`.
void expect(const char* name, const Tensor& t, const Tensor& like, int64_t rows, int64_t cols);
void expect_vector(const char* name, const Tensor& t, const Tensor& like, int64_t size);
void expect_absent(const char* name, const Tensor& t);

// Its sizes; a matrix has two axes.
RowsShape rows_of(const char* name, const Tensor& t);
RowsShape matrix_of(const char* name, const Tensor& t);

}  // namespace coldstart::kernels
