#include "coldstart/kernels/cost.h"

#include <gtest/gtest.h>

namespace coldstart::kernels {
namespace {

// Only shapes matter: the tensors have no memory.
Tensor f32(std::initializer_list<int64_t> shape) { return Tensor(nullptr, DType::f32, shape); }

constexpr int64_t N = 10, C = 3, K = 7;

TEST(Cost, LinearIsTwoFlopsAMultiplyAdd) {
  const Cost forward =
      linear_forward_cost(f32({N, K}), f32({N, C}), f32({K, C}), f32({K}), f32({N, K}));
  EXPECT_EQ(forward, (Cost{2 * 10 * 3 * 7, 4 * (30 + 21 + 7 + 70 + 70)}));
  const Cost input =
      linear_backward_input_cost(f32({N, C}), f32({N, K}), f32({K, C}), true, f32({N, C}));
  EXPECT_EQ(input, (Cost{2 * 10 * 3 * 7, 4 * (70 + 21 + 30 + 2 * 30)}));
  const Cost weight =
      linear_backward_weight_cost(f32({K, C}), Tensor(), f32({N, K}), f32({N, C}), false);
  EXPECT_EQ(weight, (Cost{2 * 10 * 3 * 7, 4 * (70 + 30 + 21)}));
}

TEST(Cost, MatmulReadsCOnlyWithBeta) {
  EXPECT_EQ(matmul_cost(f32({4, 5}), f32({6, 4}), true, f32({6, 5}), 0),
            (Cost{2 * 4 * 5 * 6, 4 * (24 + 30 + 20)}));
  EXPECT_EQ(matmul_cost(f32({4, 5}), f32({4, 6}), false, f32({6, 5}), 1),
            (Cost{2 * 4 * 5 * 6, 4 * (24 + 30 + 40)}));
}

TEST(Cost, OfAGramMatrixTheTextbookCountsAllAndSymmetrySparesHalf) {
  const Cost cost = gram_cost(f32({5, 5}), f32({5, 6}), false);
  EXPECT_EQ(cost, (Cost{2 * 5 * 5 * 6, 4 * (30 + 25), 5 * 4 * 6}));
  EXPECT_EQ(gram_cost(f32({5, 5}), f32({6, 5}), true), cost);
}

TEST(Cost, CausalAttentionCountsTheTriangleOnly) {
  const AttentionShape s{.B = 2, .T = 3, .H = 4, .H_kv = 2, .head_size = 5};
  const Tensor qkv = f32({2, 3, 40}), out = f32({2, 3, 20}), lse = f32({2, 4, 3});
  const double pairs = 2 * 4 * (1 + 2 + 3);
  EXPECT_EQ(attention_forward_cost(qkv, out, lse, s),
            (Cost{2 * 2 * 5 * pairs, 4 * (240 + 120 + 24)}));
  EXPECT_EQ(attention_backward_cost(qkv, out, lse, s),
            (Cost{5 * 2 * 5 * pairs, 4 * (480 + 240 + 24)}));
  EXPECT_EQ(attention_decode_cost(f32({2, 20}), 7, s),
            (Cost{2 * 2 * 5 * 2 * 4 * 7, 4 * (2 * 40 + 2 * 2 * 7 * 10)}));
}

TEST(Cost, LossHeadTriplesWithGradients) {
  const Tensor losses = f32({N}), x = f32({N, C}), w = f32({K, C});
  EXPECT_EQ(loss_head_cost(losses, Tensor(), x, w), (Cost{2 * 10 * 3 * 7, 4 * (30 + 21 + 10)}));
  EXPECT_EQ(loss_head_cost(losses, x, x, w), (Cost{6 * 10 * 3 * 7, 4 * (60 + 42 + 10)}));
}

TEST(Cost, LargeShapesDoNotOverflow) {
  const AttentionShape s{.B = 64, .T = 65536, .H = 64, .H_kv = 64, .head_size = 128};
  EXPECT_GT(attention_backward_cost(Tensor(), Tensor(), Tensor(), s).flops, 1e15);
}

}  // namespace
}  // namespace coldstart::kernels
