#include "coldstart/optim/sgd.h"

#include <gtest/gtest.h>

#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

TEST(Sgd, EqualsTheEquationInAllItsForms) {
  for (const bool nesterov : {false, true}) {
    for (const bool decoupled : {false, true}) {
      Lab lab({matrix_spec(4, 5), vector_spec(5)}, {.name = "sgd",
                                                    .weight_decay = 0.3,
                                                    .momentum = 0.8,
                                                    .nesterov = nesterov,
                                                    .sgd_decoupled = decoupled});
      std::vector<std::vector<double>> w = {lab.weights(0), lab.weights(1)};
      std::vector<std::vector<double>> m = {std::vector<double>(20), std::vector<double>(5)};
      for (uint64_t t = 0; t < 6; ++t) {
        lab.draw_gradients(t);
        lab.step({.step = lab.steps, .lr = 0.1, .grad_scale = 0.5});
        for (size_t p = 0; p < 2; ++p) {
          const double decay = p == 0 ? 0.3 : 0;
          for (size_t i = 0; i < w[p].size(); ++i) {
            double g = 0.5 * lab.params[p].grad.at(static_cast<int64_t>(i));
            if (!decoupled) g += decay * w[p][i];
            m[p][i] = 0.8 * m[p][i] + g;
            const double u = nesterov ? g + 0.8 * m[p][i] : m[p][i];
            w[p][i] -= 0.1 * u + (decoupled ? 0.1 * decay * w[p][i] : 0);
            ASSERT_NEAR(lab.weights(p)[i], w[p][i], 1e-14) << t;
          }
        }
      }
    }
  }
}

// On f(w) = w^2 / 2 without momentum a rate of 1 is the optimum at once.
TEST(Sgd, SolvesTheParabolaInOneStep) {
  Lab lab({vector_spec(6)}, {.name = "sgd", .momentum = 0.0});
  fill(lab.params[0].grad, [&](int64_t i) { return lab.params[0].weight.at(i); });
  lab.step(1);
  EXPECT_EQ(norm(lab.params[0].weight), 0);
}

}  // namespace
}  // namespace coldstart::optim
