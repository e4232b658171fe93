// The model against golden states made with PyTorch in float64: loss, logits and every gradient, of
// GPT-2 with and without biases and of LLaMA, with every set of kernels.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "coldstart/io/weights.h"
#include "coldstart/model/gpt.h"
#include "tests/golden/golden.h"

namespace coldstart::model {
namespace {

struct Case {
  const char* name;
  bool reference;
  DType dtype;
  double tolerance;  // of a tensor's largest error, relative to its largest value
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name << (c.reference ? " reference " : " cpu ") << dtype_name(c.dtype);
}

class Golden : public testing::TestWithParam<Case> {};

double largest(std::span<const double> values) {
  double m = 0;
  for (const double v : values) m = std::max(m, std::abs(v));
  return m;
}

void expect_near(const Tensor& got, std::span<const double> expected, double tolerance,
                 const std::string& what) {
  ASSERT_EQ(got.size(), std::ssize(expected)) << what;
  double worst = 0;
  for (int64_t i = 0; i < got.size(); ++i) {
    const double error = std::abs(got.at(i) - expected[static_cast<size_t>(i)]);
    worst = std::isfinite(error) ? std::max(worst, error) : INFINITY;
  }
  EXPECT_LE(worst, tolerance * largest(expected)) << what;
}

TEST_P(Golden, LossLogitsAndEveryGradientAreThoseOfPyTorch) {
  const Case& c = GetParam();
  const auto path = golden::path(fmt::format("{}.safetensors", c.name));
  const io::SafetensorsReader file(path);
  const auto kernels =
      c.reference ? kernels::make_reference_kernels() : kernels::make_cpu_kernels();
  Gpt gpt(golden::config(c.name), c.dtype);
  const io::Naming naming = io::import_weights(file, path.string(), gpt.params());

  const std::vector<int32_t> tokens = golden::ids(file, "tokens");
  const std::vector<int32_t> targets = golden::ids(file, "targets");
  const auto& shape = file.named("tokens").shape;
  const Batch batch{tokens, targets, shape[0], shape[1]};
  const auto counted = static_cast<double>(
      std::ranges::count_if(targets, [](int32_t target) { return target >= 0; }));

  const double loss = gpt.forward_backward(*kernels, batch, 1 / counted) / counted;
  const double expected_loss = golden::numbers(file, "loss")[0];
  EXPECT_NEAR(loss, expected_loss, c.tolerance * expected_loss);
  EXPECT_NEAR(gpt.evaluate(*kernels, batch) / counted, expected_loss, c.tolerance * expected_loss);
  const io::ForeignTensors grads(gpt.params(), io::Which::grads, naming);
  for (const auto& [name, grad] : grads.tensors()) {
    expect_near(grad, golden::numbers(file, "grad/" + name), c.tolerance, name);
  }

  const int64_t N = batch.B * batch.T;
  Arena arena(N * gpt.config().V * dtype_size(c.dtype));
  const Tensor logits = arena.allocate(c.dtype, {N, gpt.config().V});
  gpt.logits(*kernels, batch, logits);
  expect_near(logits, golden::numbers(file, "logits"), c.tolerance, "logits");
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const char* name : {"gpt2_bias", "gpt2", "llama"}) {
    all.push_back({name, true, DType::f64, 1e-13});
    all.push_back({name, true, DType::f32, 2e-6});
    all.push_back({name, false, DType::f32, 5e-6});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(PyTorch, Golden, testing::ValuesIn(cases()));

}  // namespace
}  // namespace coldstart::model
