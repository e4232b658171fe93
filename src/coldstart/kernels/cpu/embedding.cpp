// Embedding:  x[n] = token_table[tokens[n]] + position_table[first_position + n mod T].
//
//   backward:  d_token_table[v] (+)= sum of dx[n] over all n with tokens[n] = v
//              d_position_table[t] = sum of dx[n] over all n with n mod T = t; zero beyond T
//
// The sums over tokens are cut by columns, so each number of the table has one writer that walks
// the tokens in order. Plain loops: the row copies are bound by memory. Test:
// tests/kernels/cpu_targets_test.cpp.
#include <algorithm>
#include <cstdint>

#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels::cpu {

void CpuKernels::embedding_forward(Tensor x, std::span<const int32_t> tokens, Tensor token_table,
                                   Tensor position_table, int64_t T, int64_t first_position) {
  constexpr int64_t kRows = 32;
  const RowsShape s =
      check_embedding_forward(x, tokens, token_table, position_table, T, first_position);
  float* to = x.f32();
  const float* token_rows = token_table.f32();
  const float* position_rows = position_table ? position_table.f32() : nullptr;
  parallel_for(s.N, kRows, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t n = begin; n < end; ++n) {
      const float* token = token_rows + tokens[static_cast<size_t>(n)] * s.C;
      float* row = to + n * s.C;
      if (position_rows == nullptr) {
        std::copy_n(token, s.C, row);
        continue;
      }
      const float* position = position_rows + (first_position + n % T) * s.C;
      for (int64_t c = 0; c < s.C; ++c) row[c] = token[c] + position[c];
    }
  });
}

void CpuKernels::embedding_backward(Tensor d_token_table, Tensor d_position_table, Tensor dx,
                                    std::span<const int32_t> tokens, int64_t T,
                                    bool accumulate_tokens) {
  constexpr int64_t kCols = 64, kPositions = 16;
  const RowsShape s = check_embedding_backward(d_token_table, d_position_table, dx, tokens, T);
  if (!accumulate_tokens) fill(d_token_table, 0);
  float* table = d_token_table.f32();
  const float* from = dx.f32();
  parallel_for(s.C, kCols, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t n = 0; n < s.N; ++n) {
      float* sum = table + tokens[static_cast<size_t>(n)] * s.C;
      const float* row = from + n * s.C;
      for (int64_t c = begin; c < end; ++c) sum[c] += row[c];
    }
  });
  if (!d_position_table) return;
  float* positions = d_position_table.f32();
  parallel_for(d_position_table.dim(0), kPositions, [&](int64_t begin, int64_t end, int64_t) {
    std::fill(positions + begin * s.C, positions + end * s.C, 0.0f);
    for (int64_t t = begin; t < std::min(end, T); ++t) {
      float* sum = positions + t * s.C;
      for (int64_t n = t; n < s.N; n += T) {
        for (int64_t c = 0; c < s.C; ++c) sum[c] += from[n * s.C + c];
      }
    }
  });
}

}  // namespace coldstart::kernels::cpu
