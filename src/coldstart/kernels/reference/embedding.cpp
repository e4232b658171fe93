// Embedding:  x[n] = token_table[tokens[n]] + position_table[first_position + n mod T].
//
//   backward:  d_token_table[v] (+)= sum of dx[n] over all n with tokens[n] = v
//              d_position_table[t] = sum of dx[n] over all n with n mod T = t; zero beyond T
//
// Test: tests/kernels/reference_embedding_test.cpp.
#include <vector>

#include "coldstart/kernels/reference/element.h"
#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

void ReferenceKernels::embedding_forward(Tensor x, std::span<const int32_t> tokens,
                                         Tensor token_table, Tensor position_table, int64_t T,
                                         int64_t first_position) {
  const RowsShape s =
      check_embedding_forward(x, tokens, token_table, position_table, T, first_position);
  with_type(x.dtype(), [&]<class Real>() {
    for (int64_t n = 0; n < s.N; ++n) {
      const Real* token = token_table.data<Real>() + tokens[static_cast<size_t>(n)] * s.C;
      const Real* position = optional_data<Real>(position_table);
      if (position) position += (first_position + n % T) * s.C;
      Real* row = x.data<Real>() + n * s.C;
      for (int64_t c = 0; c < s.C; ++c) row[c] = position ? token[c] + position[c] : token[c];
    }
  });
}

void ReferenceKernels::embedding_backward(Tensor d_token_table, Tensor d_position_table, Tensor dx,
                                          std::span<const int32_t> tokens, int64_t T,
                                          bool accumulate_tokens) {
  const RowsShape s = check_embedding_backward(d_token_table, d_position_table, dx, tokens, T);
  const size_t C = static_cast<size_t>(s.C);
  std::vector<double> token_sums(static_cast<size_t>(d_token_table.dim(0)) * C);
  std::vector<double> position_sums(static_cast<size_t>(d_position_table.size()));
  with_type(dx.dtype(), [&]<class Real>() {
    if (accumulate_tokens) {
      for (size_t i = 0; i < token_sums.size(); ++i) token_sums[i] = d_token_table.data<Real>()[i];
    }
    for (size_t n = 0; n < tokens.size(); ++n) {
      const Real* row = dx.data<Real>() + n * C;
      for (size_t c = 0; c < C; ++c) {
        token_sums[static_cast<size_t>(tokens[n]) * C + c] += row[c];
        if (d_position_table) position_sums[n % static_cast<size_t>(T) * C + c] += row[c];
      }
    }
    for (size_t i = 0; i < token_sums.size(); ++i) {
      d_token_table.data<Real>()[i] = static_cast<Real>(token_sums[i]);
    }
    for (size_t i = 0; i < position_sums.size(); ++i) {
      d_position_table.data<Real>()[i] = static_cast<Real>(position_sums[i]);
    }
  });
}

}  // namespace coldstart::kernels
