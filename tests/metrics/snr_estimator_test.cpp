#include "coldstart/metrics/snr_estimator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "coldstart/core/random.h"

namespace coldstart::metrics {
namespace {

// Two matrices of (rows, cols) each, the second with another signal.
class SyntheticGradients {
 public:
  // phi_a, phi_b: signal-to-noise ratio of one sample of each matrix; noise has variance 1 in all.
  SyntheticGradients(int64_t rows, int64_t cols, double phi_a, double phi_b)
      : params_({{"a", Role::mlp_in, 0, rows, cols}, {"b", Role::mlp_out, 0, rows, cols}},
                DType::f32),
        micro_(params_.make_companion()),
        sum_(params_.make_companion()),
        amplitude_{std::sqrt(phi_a / static_cast<double>(rows * cols)),
                   std::sqrt(phi_b / static_cast<double>(rows * cols))} {}

  // One step of n micro-batches of b samples each: mean gradients scaled by 1/n, as in the trainer.
  void step(SnrEstimator& estimator, kernels::Kernels& kernels, int64_t n, int64_t b) {
    const Tensor micro = micro_.flat(DType::f32), sum = sum_.flat(DType::f32);
    kernels.fill(sum, 0);
    for (int64_t k = 0; k < n; ++k) {
      for (size_t p = 0; p < 2; ++p) {
        const Tensor part = params_.slice(micro_, params_[p]);
        const Rng rng(11, Stream::test, draws_++);
        // E |noise|^2 of a sample is 1 over the whole matrix.
        const double noise = 1 / std::sqrt(static_cast<double>(part.size() * b));
        for (int64_t i = 0; i < part.size(); ++i) {
          const double gradient = amplitude_[p] + noise * rng.normal(static_cast<uint64_t>(i));
          part.f32()[i] = static_cast<float>(gradient / static_cast<double>(n));
        }
      }
      if (k < n - 1) kernels.add(sum, micro);
      estimator.add_micro(kernels, micro, sum);
      if (k == n - 1) kernels.add(sum, micro);
    }
    estimator.finish_step(kernels, sum);
  }

  const ParamList& params() const { return params_; }

 private:
  ParamList params_;
  Arena micro_, sum_;
  double amplitude_[2];
  uint32_t draws_ = 0;
};

double phi(const SnrEstimator& estimator, size_t param) {
  return snr(estimator.tensor(param)).value();
}

// A13. Monte-Carlo of the design: 8 micro-batches of 4 recover 0.05, of 16 recover 0.002, both
// within 3 %, over 2000 steps. The average of all steps, so the decay is as slow as the run is
// long.
TEST(SlowOracleA13, TheEstimatorRecoversKnownRatiosByLayer) {
  const auto kernels = kernels::make_cpu_kernels();
  SyntheticGradients gradients(16, 32, 0.05, 0.2);
  SnrEstimator estimator(gradients.params(), {.ema = 0.9999, .micro_batches = 8, .batch = 32});
  for (int step = 0; step < 2000; ++step) gradients.step(estimator, *kernels, 8, 4);
  EXPECT_NEAR(phi(estimator, 0), 0.05, 0.03 * 0.05);
  EXPECT_NEAR(phi(estimator, 1), 0.2, 0.03 * 0.2);
  SyntheticGradients weak(16, 32, 0.002, 0.002);
  SnrEstimator weak_estimator(weak.params(), {.ema = 0.9999, .micro_batches = 8, .batch = 128});
  for (int step = 0; step < 2000; ++step) weak.step(weak_estimator, *kernels, 8, 16);
  const Group both{"both", {0, 1}};
  EXPECT_NEAR(snr(weak_estimator.group(both)).value(), 0.002, 0.03 * 0.002);
}

TEST(SnrEstimator, HalfBatchesAgreeWithMicroBatches) {
  const auto kernels = kernels::make_cpu_kernels();
  for (const int64_t n : {2, 4}) {
    SyntheticGradients gradients(8, 32, 0.5, 2);
    SnrEstimator estimator(gradients.params(), {.method = SnrMethod::half_batch,
                                                .ema = 0.999,
                                                .micro_batches = n,
                                                .batch = static_cast<double>(4 * n)});
    for (int step = 0; step < 300; ++step) gradients.step(estimator, *kernels, n, 4);
    EXPECT_NEAR(phi(estimator, 0), 0.5, 0.05 * 0.5) << n;
    EXPECT_NEAR(phi(estimator, 1), 2, 0.05 * 2) << n;
  }
}

// Two gradients of one number each, by hand: q_s = (1 + 9)/2 = 5, q_b = 4, B = 2, b = 1.
class ByHand : public testing::Test {
 protected:
  SnrEstimator estimator(SnrMethod method, double ema = 0.9, bool per_row = false) {
    return {params_,
            {.method = method, .per_row = per_row, .ema = ema, .micro_batches = 2, .batch = 2}};
  }
  void step(SnrEstimator& e, std::vector<float> first, std::vector<float> second) {
    std::vector<float> sum = first;
    const auto tensor = [](std::vector<float>& v) {
      for (size_t i = v.size(); i < 16; ++i) v.push_back(0);  // an arena's padding
      return Tensor(v.data(), DType::f32, {16});
    };
    for (float& x : first) x /= 2;
    for (float& x : second) x /= 2;
    sum = first;
    e.add_micro(*kernels_, tensor(first), tensor(sum));
    for (size_t i = 0; i < second.size(); ++i) sum[i] = first[i] + second[i];
    e.add_micro(*kernels_, tensor(second), tensor(first));
    e.finish_step(*kernels_, tensor(sum));
  }

  const ParamList params_{{{"w", Role::mlp_in, 0, 2, 1}}, DType::f32};
  const std::unique_ptr<kernels::Kernels> kernels_ = kernels::make_cpu_kernels();
};

TEST_F(ByHand, OneStepIsTakenAsItIs) {
  for (const SnrMethod method : {SnrMethod::micro, SnrMethod::half_batch}) {
    SnrEstimator e = estimator(method);
    EXPECT_FALSE(e.has_estimate());
    step(e, {1, 0}, {3, 0});
    EXPECT_NEAR(e.tensor(0).signal, 3, 1e-6) << "(2*4 - 5)/1, and 1*3";
    EXPECT_NEAR(e.tensor(0).noise, 2, 1e-6) << "(5 - 4)/(1 - 1/2), and 2*(2^2)/4";
    EXPECT_NEAR(snr(e.tensor(0)).value(), 1.5, 1e-6);
    EXPECT_NEAR(critical_batch(e.tensor(0)).value(), 2 / 3.0, 1e-6);
  }
}

TEST_F(ByHand, ARatioOfAveragesAndNotAnAverageOfRatios) {
  SnrEstimator e = estimator(SnrMethod::micro, 0.5);
  step(e, {1, 0}, {3, 0});   // signal 3, noise 2
  step(e, {1, 0}, {-1, 0});  // signal -1, noise 2
  EXPECT_NEAR(e.tensor(0).signal, (0.25 * 3 + 0.5 * -1) / 0.75, 1e-6);
  EXPECT_NEAR(snr(e.tensor(0)).value(), (1.0 / 3) / 2, 1e-6);
  EXPECT_EQ(snr({.signal = -1, .noise = 2}), 0) << "clamped after averaging";
}

TEST_F(ByHand, RowsHaveAveragesOfTheirOwn) {
  SnrEstimator e = estimator(SnrMethod::micro, 0.9, true);
  step(e, {1, 2}, {3, 2});
  EXPECT_NEAR(e.row(0, 0).signal, 3, 1e-6);
  EXPECT_NEAR(e.row(0, 1).signal, 4, 1e-6);
  EXPECT_NEAR(e.row(0, 1).noise, 0, 1e-6);
  EXPECT_NEAR(e.tensor(0).signal, 7, 1e-6) << "added up";
}

TEST_F(ByHand, ItsStatesAreAllThatTheNextStepDependsOn) {
  for (const bool per_row : {false, true}) {
    SnrEstimator first = estimator(SnrMethod::micro, 0.8, per_row),
                 second = estimator(SnrMethod::micro, 0.8, per_row);
    step(first, {1, 0}, {3, 1});
    step(first, {2, 5}, {3, 4});
    for (size_t k = 0; k < first.states().size(); ++k) {
      const Tensor from = first.states()[k].tensor, to = second.states()[k].tensor;
      std::memcpy(to.raw(), from.raw(), static_cast<size_t>(from.bytes()));
    }
    step(first, {1, 1}, {0, 2});
    step(second, {1, 1}, {0, 2});
    EXPECT_EQ(second.tensor(0).signal, first.tensor(0).signal);
    EXPECT_EQ(second.tensor(0).noise, first.tensor(0).noise);
  }
}

// Equal micro-gradients: all is signal. Opposite ones: no signal, whatever the noise.
TEST_F(ByHand, AllSignalAndAllNoise) {
  for (const SnrMethod method : {SnrMethod::micro, SnrMethod::half_batch}) {
    SnrEstimator equal = estimator(method), opposite = estimator(method);
    step(equal, {3, 4}, {3, 4});
    EXPECT_NEAR(equal.tensor(0).signal, 25, 1e-5);
    EXPECT_NEAR(equal.tensor(0).noise, 0, 1e-5);
    step(opposite, {3, 4}, {-3, -4});
    EXPECT_NEAR(opposite.tensor(0).signal, -25, 1e-5);
    EXPECT_NEAR(opposite.tensor(0).noise, 50, 1e-5);
    EXPECT_EQ(snr(opposite.tensor(0)), 0);
  }
}

TEST(Snr, WhatIsNotDefinedIsMissing) {
  EXPECT_FALSE(snr({.signal = 1, .noise = 0}));
  EXPECT_FALSE(snr({.signal = 1, .noise = -1}));
  EXPECT_FALSE(critical_batch({.signal = 1, .noise = 0}));
  EXPECT_TRUE(std::isinf(critical_batch({.signal = 0, .noise = 1}).value()));
  EXPECT_TRUE(std::isinf(critical_batch({.signal = -3, .noise = 1}).value()));
}

}  // namespace
}  // namespace coldstart::metrics
