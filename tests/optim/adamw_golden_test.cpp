// AdamW against torch.optim.AdamW: weights after each of 10 steps with given gradients and rates,
// with and without weight decay (tests/golden/README.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "coldstart/optim/registry.h"
#include "tests/golden/golden.h"

namespace coldstart::optim {
namespace {

struct Case {
  const char* decay;  // which trajectory of the matrix; a vector is never decayed
  bool reference;
  double tolerance;  // relative to the size of a weight, about 1
};

class AdamWGolden : public testing::TestWithParam<Case> {};

void copy(const std::vector<double>& from, int64_t offset, Tensor to) {
  for (int64_t i = 0; i < to.size(); ++i) {
    const double value = from[static_cast<size_t>(offset + i)];
    if (to.dtype() == DType::f32) {
      to.f32()[i] = static_cast<float>(value);
    } else {
      to.data<double>()[i] = value;
    }
  }
}

TEST_P(AdamWGolden, EveryWeightAfterEveryStepIsThatOfPyTorch) {
  const Case& c = GetParam();
  const io::SafetensorsReader file(golden::path("adamw.safetensors"));
  const std::vector<double> lr = golden::numbers(file, "lr");
  ParamList params({{"matrix", Role::mlp_in, 0, 3, 5}, {"vector", Role::norm_gain, 0, 0, 7}},
                   c.reference ? DType::f64 : DType::f32);
  for (const Param& p : params) copy(golden::numbers(file, p.name + "/initial"), 0, p.weight);
  const std::string expected_names[] = {std::string("matrix/") + c.decay, "vector/no_decay"};
  const bool decays = std::string_view(c.decay) == "decay";

  const auto optimizer = make_optimizer(params, {.weight_decay = decays ? 0.1 : 0.0});
  const auto kernels =
      c.reference ? kernels::make_reference_kernels() : kernels::make_cpu_kernels();
  StepReport report(params);
  for (int64_t step = 0; step < std::ssize(lr); ++step) {
    for (const Param& p : params) {
      copy(golden::numbers(file, p.name + "/grads"), step * p.size(), p.grad);
    }
    const StepContext context{.step = step, .lr = lr[static_cast<size_t>(step)]};
    optimizer->step(params, context, *kernels, report);
    for (size_t i = 0; i < params.size(); ++i) {
      const std::vector<double> expected = golden::numbers(file, expected_names[i]);
      for (int64_t k = 0; k < params[i].size(); ++k) {
        ASSERT_NEAR(params[i].weight.at(k),
                    expected[static_cast<size_t>(step * params[i].size() + k)], c.tolerance)
            << params[i].name << " element " << k << " after step " << step;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(PyTorch, AdamWGolden,
                         testing::Values(Case{"decay", true, 1e-13}, Case{"no_decay", true, 1e-13},
                                         Case{"decay", false, 2e-6},
                                         Case{"no_decay", false, 2e-6}));

}  // namespace
}  // namespace coldstart::optim
