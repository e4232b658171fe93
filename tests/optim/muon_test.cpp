#include "coldstart/optim/muon.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

std::vector<ParamSpec> mixed() {
  return {matrix_spec(9, 6, Role::token_embedding), matrix_spec(5, 8),
          matrix_spec(8, 5, Role::mlp_out), vector_spec(6), matrix_spec(9, 6, Role::head)};
}

TEST(Muon, StepsAlongTheOrthogonalisedMomentum) {
  for (const bool nesterov : {true, false}) {
    Lab lab(mixed(), {.name = "muon", .weight_decay = 0.2, .nesterov = nesterov});
    const auto kernels = kernels::make_reference_kernels();
    std::vector<double> m(40);
    for (uint64_t t = 0; t < 4; ++t) {
      lab.draw_gradients(t);
      const auto before = lab.weights(1), g = numbers(lab.params[1].grad);
      lab.step(0.1);
      std::vector<double> c(40);
      for (size_t i = 0; i < 40; ++i) {
        m[i] = 0.95 * m[i] + 0.05 * g[i];
        c[i] = nesterov ? 0.95 * m[i] + 0.05 * g[i] : m[i];
      }
      NewtonSchulz newton_schulz(40, 5, DType::f64);
      newton_schulz.orthogonalize(*kernels, Tensor(c.data(), DType::f64, {5, 8}));
      for (size_t i = 0; i < 40; ++i) {
        ASSERT_NEAR(lab.weights(1)[i],
                    before[i] * (1 - 0.1 * 0.2) - 0.1 * 0.2 * std::sqrt(8) * c[i], 1e-13);
      }
      EXPECT_NEAR(lab.report.total(1).grad_sq, norm(g) * norm(g), 1e-12);
    }
    EXPECT_EQ(lab.report[1].momentum_decay, 0.95);
    EXPECT_GT(lab.report.total(1).momentum_sq, 0);
  }
}

// Liu et al.: so that one rate fits both parts.
TEST(Muon, ItsUpdatesAreAsLargeAsAdamWs) {
  Lab lab({matrix_spec(48, 96), matrix_spec(96, 48)}, {.name = "muon", .weight_decay = 0.0});
  lab.draw_gradients(1);
  for (const size_t i : {0u, 1u}) {
    const auto before = lab.weights(i);
    lab.steps = 0;
    lab.step(1);
    EXPECT_NEAR(rms(difference(lab.weights(i), before)), 0.2, 0.04);
  }
}

TEST(Muon, EmbeddingsHeadAndVectorsFollowAdamW) {
  Lab lab(mixed(), {.name = "muon"}), adam(mixed(), {});
  for (uint64_t t = 0; t < 3; ++t) {
    lab.draw_gradients(t);
    adam.draw_gradients(t);
    lab.step(0.01);
    adam.step(0.01);
  }
  for (const size_t i : {0u, 3u, 4u}) EXPECT_EQ(lab.weights(i), adam.weights(i));
  for (const size_t i : {1u, 2u}) EXPECT_NE(lab.weights(i), adam.weights(i));
}

TEST(Muon, HyperballIsMuonH) {
  Lab lab({matrix_spec(5, 8)}, {.name = "muon", .lr = 0.1, .hyperball = true}),
      plain({matrix_spec(5, 8)}, {.name = "muon", .weight_decay = 0.0});
  const double radius = norm(lab.params[0].weight);
  auto expected = lab.weights();
  const auto before = plain.weights();
  lab.draw_gradients(1);
  plain.draw_gradients(1);
  lab.step();
  plain.step(1);
  const auto u = difference(before, plain.weights());
  for (size_t i = 0; i < u.size(); ++i) expected[i] -= 0.1 * radius * u[i] / norm(u);
  for (size_t i = 0; i < u.size(); ++i)
    EXPECT_NEAR(lab.weights()[i], expected[i] * radius / norm(expected), 1e-14);
}

TEST(Muon, ScratchIsThatOfTheLargestHiddenMatrix) {
  const auto specs = mixed();
  EXPECT_EQ(Muon::scratch_bytes(specs, DType::f64),
            40 * 8 + NewtonSchulz::bytes(40, 5, DType::f64));
}

}  // namespace
}  // namespace coldstart::optim
