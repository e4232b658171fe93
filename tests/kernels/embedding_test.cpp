// Embedding and loss head of every kernel set against the reference.
#include <gtest/gtest.h>

#include "tests/kernels/compare.h"

namespace coldstart::kernels {
namespace {

constexpr double kTolerance = 5e-6;

struct VocabularyCase {
  int64_t B, T, C, V;
  std::string name() const { return fmt::format("B{}_T{}_C{}_V{}", B, T, C, V); }
};

const std::vector<VocabularyCase> kCases = {{1, 1, 1, 2},      {2, 1, 3, 2},     {1, 7, 5, 17},
                                            {3, 5, 13, 17},    {2, 17, 33, 256}, {1, 65, 64, 256},
                                            {4, 33, 65, 17},   {1, 128, 100, 2}, {2, 31, 129, 1000},
                                            {3, 100, 7, 1000}, {1, 257, 31, 257}};

// Counter-based ids; the first token repeats so that rows collide.
std::vector<int32_t> ids(int64_t count, int64_t size, bool some_missing) {
  const Rng rng(3, Stream::test);
  std::vector<int32_t> result;
  for (int64_t i = 0; i < count; ++i) {
    const auto id = rng.below(static_cast<uint64_t>(i), static_cast<uint64_t>(size));
    const bool missing = some_missing && i % 5 == 3;
    result.push_back(missing ? -1 : i % 3 == 0 ? 0 : static_cast<int32_t>(id));
  }
  return result;
}

class VocabularyTest : public KernelTest<VocabularyCase> {};

TEST_P(VocabularyTest, EmbeddingForward) {
  const auto [B, T, C, V] = shape();
  const std::vector<int32_t> tokens = ids(B * T, V, false);
  for (const int64_t first_position : {-1, 0, 2}) {  // -1: no position table
    SCOPED_TRACE(first_position);
    expect_matches(
        [&, b = B, t = T, c = C, v = V](Workspace& ws, Kernels& kernels) {
          const bool positions = first_position >= 0;
          kernels.embedding_forward(ws.output("x", {b, t, c}), tokens, ws.input("tokens", {v, c}),
                                    positions ? ws.input("positions", {t + 2, c}) : Tensor(), t,
                                    positions ? first_position : 0);
        },
        2e-7);
  }
}

TEST_P(VocabularyTest, EmbeddingBackward) {
  const auto [B, T, C, V] = shape();
  const std::vector<int32_t> tokens = ids(B * T, V, false);
  for (const bool accumulate : {false, true}) {
    for (const bool positions : {false, true}) {
      SCOPED_TRACE(fmt::format("accumulate {} positions {}", accumulate, positions));
      expect_matches(
          [&, b = B, t = T, c = C, v = V](Workspace& ws, Kernels& kernels) {
            kernels.embedding_backward(
                accumulate ? ws.in_out("d_tokens", {v, c}) : ws.output("d_tokens", {v, c}),
                positions ? ws.output("d_positions", {t + 2, c}) : Tensor(),
                ws.input("dx", {b, t, c}), tokens, t, accumulate);
          },
          kTolerance);
    }
  }
}

TEST_P(VocabularyTest, LossHead) {
  const auto [B, T, C, V] = shape();
  const std::vector<int32_t> targets = ids(B * T, V, true);
  for (const bool gradients : {false, true}) {
    SCOPED_TRACE(gradients);
    expect_matches(
        [&, n = B * T, c = C, v = V](Workspace& ws, Kernels& kernels) {
          const Tensor dx = gradients ? ws.output("dx", {n, c}) : Tensor();
          const Tensor dw = gradients ? ws.output("dw", {v, c}) : Tensor();
          kernels.loss_head(ws.output("losses", {n}), dx, dw, ws.input("x", {n, c}),
                            ws.input("w", {v, c}, [](double z, int64_t) { return 0.3 * z; }),
                            targets, 1.0 / static_cast<double>(n));
        },
        kTolerance);
  }
}

TEST_P(VocabularyTest, LossHeadWithSmoothing) {
  const auto [B, T, C, V] = shape();
  const std::vector<int32_t> targets = ids(B * T, V, true);
  expect_matches(
      [&, n = B * T, c = C, v = V](Workspace& ws, Kernels& kernels) {
        kernels.loss_head(ws.output("losses", {n}), ws.output("dx", {n, c}),
                          ws.output("dw", {v, c}), ws.input("x", {n, c}),
                          ws.input("w", {v, c}, [](double z, int64_t) { return 0.3 * z; }), targets,
                          {1.0 / static_cast<double>(n), 0.1});
      },
      kTolerance);
}

TEST_P(VocabularyTest, LossHeadWithoutAnyTarget) {
  const auto [B, T, C, V] = shape();
  const std::vector<int32_t> targets(static_cast<size_t>(B * T), -1);
  expect_matches(
      [&, n = B * T, c = C, v = V](Workspace& ws, Kernels& kernels) {
        kernels.loss_head(ws.output("losses", {n}), ws.output("dx", {n, c}),
                          ws.output("dw", {v, c}), ws.input("x", {n, c}), ws.input("w", {v, c}),
                          targets, 1);
      },
      0);
}

COLDSTART_KERNEL_SUITE(VocabularyTest, kCases);

}  // namespace
}  // namespace coldstart::kernels
