#include "coldstart/model/activations.h"

#include <gtest/gtest.h>

namespace coldstart::model {
namespace {

GptConfig config() { return {.L = 3, .C = 16, .H = 2, .H_kv = 2, .T = 8, .V = 20, .F = 64}; }

TEST(Activations, PrepareTakesWhatWasCounted) {
  for (const Keep keep : {Keep::everything, Keep::residual, Keep::nothing}) {
    Arena arena(activation_bytes(config(), 2, 8, keep, DType::f32));
    Activations a;
    a.B = 2;
    a.T = 8;
    a.keep = keep;
    a.lay_out(arena, config(), DType::f32);
    EXPECT_EQ(arena.used_bytes(), arena.capacity_bytes());
  }
}

TEST(Activations, TrainingKeepsEveryBlock) {
  Activations a;
  a.prepare(config(), 2, 8, Keep::everything, DType::f32);
  EXPECT_NE(a.blocks[0].qkv.raw(), a.blocks[2].qkv.raw());
  EXPECT_NE(a.residual[0].raw(), a.residual[3].raw());
  EXPECT_EQ(a.blocks[1].qkv.shape_text(), "(16, 48)");
  EXPECT_EQ(a.blocks[1].lse.shape_text(), "(2, 2, 8)");
}

TEST(Activations, RecomputationKeepsTheResidualStreamOnly) {
  Activations a;
  a.prepare(config(), 2, 8, Keep::residual, DType::f32);
  EXPECT_EQ(a.blocks[0].qkv.raw(), a.blocks[2].qkv.raw());
  EXPECT_NE(a.residual[0].raw(), a.residual[3].raw());
  EXPECT_FALSE(a.dr.empty());
}

TEST(Activations, EvaluationHasNoGradients) {
  Activations a;
  a.prepare(config(), 2, 8, Keep::nothing, DType::f32);
  EXPECT_EQ(a.residual[0].raw(), a.residual[3].raw());
  EXPECT_TRUE(a.dr.empty());
  EXPECT_TRUE(a.blocks[0].pre.empty()) << "gelu needs it for the backward pass only";
}

// Without recomputation every block costs the same; with it a block costs one residual, N C
// numbers; in evaluation nothing. Rows are multiples of the alignment, so the counts are exact.
TEST(Activations, BytesABlock) {
  const auto bytes_a_block = [](Keep keep) {
    GptConfig more = config();
    ++more.L;
    return activation_bytes(more, 2, 8, keep, DType::f32) -
           activation_bytes(config(), 2, 8, keep, DType::f32);
  };
  const int64_t N = 16, C = 16;
  EXPECT_EQ(bytes_a_block(Keep::nothing), 0);
  EXPECT_EQ(bytes_a_block(Keep::residual), 4 * N * C);
  // residual, y1, qkv (3), att, r_mid, y2, pre (4), h (4); four statistics and the log-sum-exp.
  EXPECT_EQ(bytes_a_block(Keep::everything), 4 * (16 * N * C + 4 * N + 2 * N));
}

TEST(Activations, MemoryIsLinearInTheLength) {
  const auto bytes = [](int64_t T) {
    return activation_bytes(config(), 1, T, Keep::everything, DType::f32);
  };
  EXPECT_EQ(bytes(4096), 2 * bytes(2048));
}

TEST(Activations, SequencesCutShorterTakeTheSameMemory) {
  for (const Keep keep : {Keep::everything, Keep::residual, Keep::nothing})
    EXPECT_EQ(activation_bytes(config(), 8, 2, keep, DType::f32),
              activation_bytes(config(), 2, 8, keep, DType::f32));
}

TEST(Activations, ASmallerBatchReusesTheMemory) {
  Activations a;
  a.prepare(config(), 2, 8, Keep::everything, DType::f32);
  const void* before = a.residual[0].raw();
  a.prepare(config(), 1, 8, Keep::nothing, DType::f32);
  EXPECT_EQ(a.residual[0].raw(), before);
  EXPECT_EQ(a.residual[0].dim(0), 8);
}

}  // namespace
}  // namespace coldstart::model
