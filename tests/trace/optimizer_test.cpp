#include "coldstart/trace/optimizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/golden/golden.h"
#include "tests/optim/lab.h"
#include "tests/trace/tensor_file.h"

namespace coldstart::trace {
namespace {

using testing::HasSubstr;

// A matrix and a vector with `steps` gradients each, named from `first` on.
class TraceOptimizer : public testing::Test {
 protected:
  void write(DType dtype, int64_t first = 0, int64_t steps = 4) {
    TensorFile weights(dtype), gradients(dtype);
    weights.add("matrix", {3, 5}, draw(15, 1));
    weights.add("gain", {5}, draw(5, 2));
    for (int64_t t = 0; t < steps; ++t) {
      gradients.add(fmt::format("matrix.{}", first + t), {3, 5}, gradient(t, 15));
      gradients.add(fmt::format("gain.{}", first + t), {5}, gradient(t, 5));
    }
    weights.write(request_.weights);
    gradients.write(request_.gradients);
  }
  static std::vector<double> draw(int64_t n, uint64_t seed) {
    const Rng rng(seed, Stream::test);
    std::vector<double> x;
    for (int64_t i = 0; i < n; ++i)  // exact in float32
      x.push_back(static_cast<double>(static_cast<float>(rng.normal(static_cast<uint64_t>(i)))));
    return x;
  }
  static std::vector<double> gradient(int64_t t, int64_t n) {
    return draw(n, static_cast<uint64_t>(100 * t + n));
  }
  std::string error() {
    try {
      trace_optimizer(request_);
      return "";
    } catch (const Error& error) {
      EXPECT_FALSE(std::filesystem::exists(request_.out));
      return error.message();
    }
  }

  TraceOptimizer() {
    request_.weights = dir_ / "w.safetensors";
    request_.gradients = dir_ / "g.safetensors";
    request_.out = dir_ / "o.safetensors";
  }
  const data::TempDir dir_;
  TraceOptimizerRequest request_;
};

TEST_F(TraceOptimizer, HoldsWhatTheOptimizerDid) {
  for (const DType dtype : {DType::f64, DType::f32}) {
    write(dtype);
    request_.optimizer = {.name = "lion_ar", .lr = 0.2, .beta = 0.8, .nesterov = true};
    request_.schedule.shape = schedule::Shape::linear;
    const TraceOptimizerResult result = trace_optimizer(request_);
    EXPECT_EQ(result.steps, 4);
    EXPECT_EQ(result.tensors, 2u);

    optim::Lab lab({optim::matrix_spec(3, 5), optim::vector_spec(5)}, request_.optimizer, dtype);
    optim::fill(lab.params[0].weight,
                [](int64_t i) { return draw(15, 1)[static_cast<size_t>(i)]; });
    optim::fill(lab.params[1].weight, [](int64_t i) { return draw(5, 2)[static_cast<size_t>(i)]; });
    const io::SafetensorsReader out(request_.out);
    for (int64_t t = 0; t < 4; ++t) {
      const auto at = static_cast<size_t>(t);
      const double lr = 0.2 * (1 - static_cast<double>(t) / 4);
      for (const size_t p : {0u, 1u}) {
        const auto g = gradient(t, lab.params[p].size());
        optim::fill(lab.params[p].grad, [&](int64_t i) { return g[static_cast<size_t>(i)]; });
      }
      const auto before = lab.weights(0);
      lab.step({.step = t, .lr = lr, .peak_lr = 0.2});
      EXPECT_EQ(golden::numbers(out, fmt::format("matrix.{}", t)), lab.weights(0));
      EXPECT_EQ(golden::numbers(out, fmt::format("gain.{}", t)), lab.weights(1));
      EXPECT_NEAR(golden::numbers(out, "lr")[at], lr, 1e-15);
      EXPECT_EQ(golden::numbers(out, "angle/matrix")[at], lab.report[0].angle);
      EXPECT_EQ(golden::numbers(out, "angle/gain")[at], 0);
      EXPECT_EQ(golden::numbers(out, "step_size/gain")[at], lab.report[1].step_size);
      EXPECT_EQ(golden::numbers(out, "factor/matrix")[at], 1);
      EXPECT_NEAR(golden::numbers(out, "update_norm/matrix")[at],
                  optim::norm(optim::difference(lab.weights(0), before)), 1e-7);
      EXPECT_NEAR(golden::numbers(out, "angular_update/matrix")[at],
                  optim::angle_between(before, lab.weights(0)), 1e-6);
    }
    EXPECT_EQ(out.named("matrix.3").shape, (std::vector<int64_t>{3, 5}));
    EXPECT_EQ(out.named("matrix.3").type,
              dtype == DType::f64 ? io::StoredType::f64 : io::StoredType::f32);
    EXPECT_EQ(out.named("angle/matrix").shape, (std::vector<int64_t>{4}));
  }
}

TEST_F(TraceOptimizer, StepsMayBeginAtOne) {
  write(DType::f64, 1);
  trace_optimizer(request_);
  const io::SafetensorsReader out(request_.out);
  EXPECT_NE(out.find("matrix.4"), nullptr);
  EXPECT_EQ(out.find("matrix.0"), nullptr);
}

// The golden state of torch.optim.SGD, through files only.
TEST_F(TraceOptimizer, GivesPyTorchsWeights) {
  const io::SafetensorsReader golden_file(golden::path("optimizers.safetensors"));
  const auto lr = golden::numbers(golden_file, "lr"), g = golden::numbers(golden_file, "grads"),
             expected = golden::numbers(golden_file, "sgd");
  TensorFile weights(DType::f64), gradients(DType::f64);
  weights.add("w", {3, 5}, golden::numbers(golden_file, "initial"));
  for (size_t t = 0; t < 12; ++t)
    gradients.add(
        fmt::format("w.{}", t), {3, 5},
        {g.begin() + static_cast<int64_t>(15 * t), g.begin() + static_cast<int64_t>(15 * (t + 1))});
  weights.write(request_.weights);
  gradients.write(request_.gradients);
  request_.optimizer = {.name = "sgd", .lr = 0.02};
  request_.schedule.warmup = Length::of_steps(3);
  trace_optimizer(request_);
  const io::SafetensorsReader out(request_.out);
  for (size_t t = 0; t < 12; ++t) {
    EXPECT_NEAR(golden::numbers(out, "lr")[t], lr[t], 1e-15);
    const auto w = golden::numbers(out, fmt::format("w.{}", t));
    for (size_t i = 0; i < 15; ++i) ASSERT_NEAR(w[i], expected[15 * t + i], 1e-13);
  }
}

TEST_F(TraceOptimizer, RolesDecideTheGroups) {
  write(DType::f64);
  request_.optimizer = {.name = "lion_ar", .rotate_embeddings = false};
  EXPECT_THAT(trace_optimizer(request_).groups.front(), HasSubstr("mlp_in"));
  write_file_atomic(dir_ / "roles.toml", "matrix = \"token_embedding\"\n");
  request_.roles = dir_ / "roles.toml";
  EXPECT_THAT(trace_optimizer(request_).groups.front(),
              HasSubstr("decayed (0.1): token_embedding"));
}

TEST_F(TraceOptimizer, WhatDoesNotFitIsSaidAndNothingIsWritten) {
  write(DType::f64);
  const auto with_gradients = [&](const auto& change) {
    TensorFile gradients(DType::f64);
    gradients.add("matrix.0", {3, 5}, draw(15, 1));
    gradients.add("gain.0", {5}, draw(5, 1));
    change(gradients);
    gradients.write(request_.gradients);
    return error();
  };
  EXPECT_THAT(with_gradients([](TensorFile& g) {
                g.add("matrx.1", {3, 5}, draw(15, 1));
              }),
              HasSubstr("did you mean 'matrix.<step>'?"));
  EXPECT_THAT(with_gradients([](TensorFile& g) {
                g.add("matrix", {3, 5}, draw(15, 1));
              }),
              HasSubstr("<name>.<step>"));
  EXPECT_THAT(with_gradients([](TensorFile& g) {
                g.add("matrix.1", {3, 5}, draw(15, 1));
              }),
              HasSubstr("matrix has 2 gradients"));
  EXPECT_THAT(with_gradients([](TensorFile& g) {
                g.add("matrix.1", {5, 3}, draw(15, 1));
                g.add("gain.1", {5}, draw(5, 1));
              }),
              HasSubstr("matrix.1 has shape (5, 3), expected (3, 5)"));
  EXPECT_THAT(with_gradients([](TensorFile& g) {
                g.add("matrix.2", {3, 5}, draw(15, 1));
                g.add("gain.2", {5}, draw(5, 1));
              }),
              HasSubstr("gap"));
}

TEST_F(TraceOptimizer, BadOptionsAreRefused) {
  write(DType::f64);
  request_.optimizer = {.name = "lion_a", .beta = 1.0};
  EXPECT_THAT(error(), HasSubstr("optimizer.beta"));
  request_.optimizer = {};
  request_.schedule.warmup = Length::of_steps(2);
  request_.schedule.warmup_mode = schedule::WarmupMode::prepend;
  EXPECT_THAT(error(), HasSubstr("prepended"));
}

}  // namespace
}  // namespace coldstart::trace
