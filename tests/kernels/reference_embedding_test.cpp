#include <gtest/gtest.h>

#include "tests/kernels/compare.h"
#include "tests/kernels/finite_difference.h"

namespace coldstart::kernels {
namespace {

constexpr int64_t V = 4, C = 3, T = 2, P = 5;
const std::vector<int32_t> kTokens{3, 1, 1, 0};  // two sequences

TEST(ReferenceEmbedding, AddsTokenAndPositionRows) {
  Workspace ws(DType::f64);
  const Tensor table = ws.input("table", {V, C}), positions = ws.input("positions", {P, C});
  const Tensor x = ws.output("x", {4, C});
  ws.oracle().embedding_forward(x, kTokens, table, positions, T, 1);
  for (int64_t n = 0; n < 4; ++n) {
    for (int64_t c = 0; c < C; ++c) {
      EXPECT_EQ(x.at(n * C + c), table.at(kTokens[static_cast<size_t>(n)] * C + c) +
                                     positions.at((1 + n % T) * C + c));
    }
  }
  ws.oracle().embedding_forward(x, kTokens, table, Tensor(), T, 0);
  EXPECT_EQ(x.at(0), table.at(3 * C));
}

TEST(ReferenceEmbedding, BackwardAgreesWithFiniteDifferences) {
  Workspace ws(DType::f64);
  const Tensor table = ws.input("table", {V, C}), positions = ws.input("positions", {P, C});
  const Tensor x = ws.scratch("x", {4, C}), dx = ws.input("dx", {4, C});
  const Tensor d_table = ws.output("d_table", {V, C}),
               d_positions = ws.output("d_positions", {P, C});
  ws.oracle().embedding_backward(d_table, d_positions, dx, kTokens, T, false);
  const auto loss = [&] {
    ws.oracle().embedding_forward(x, kTokens, table, positions, T, 0);
    return weighted_sum(x, dx);
  };
  expect_gradient("table", table, d_table, loss);
  expect_gradient("positions", positions, d_positions, loss);
  for (int64_t c = 0; c < C; ++c) {
    EXPECT_EQ(d_table.at(2 * C + c), 0) << "token 2 does not occur";
    EXPECT_EQ(d_positions.at(T * C + c), 0) << "no token at a position beyond T";
  }
}

TEST(ReferenceEmbedding, AccumulateKeepsWhatATiedHeadWrote) {
  Workspace ws(DType::f64);
  const Tensor dx = ws.input("dx", {4, C}), d_table = ws.in_out("d_table", {V, C});
  const double unused = d_table.at(2 * C), token0 = d_table.at(0);
  ws.oracle().embedding_backward(d_table, Tensor(), dx, kTokens, T, true);
  EXPECT_EQ(d_table.at(2 * C), unused);
  EXPECT_DOUBLE_EQ(d_table.at(0), token0 + dx.at(3 * C));
}

TEST(ReferenceEmbedding, RefusesTokensAndPositionsOutsideTheTables) {
  Workspace ws(DType::f64);
  const Tensor table = ws.input("table", {V, C}), positions = ws.input("positions", {P, C}),
               x = ws.output("x", {2, C});
  const auto forward = [&](std::vector<int32_t> tokens, int64_t first) {
    ws.oracle().embedding_forward(x, tokens, table, positions, T, first);
  };
  EXPECT_THROW(forward({0, 4}, 0), std::logic_error);
  EXPECT_THROW(forward({-1, 0}, 0), std::logic_error);
  EXPECT_THROW(forward({0, 0}, 4), std::logic_error);
  EXPECT_NO_THROW(forward({0, 3}, 3));
}

}  // namespace
}  // namespace coldstart::kernels
