// The operations made of matrix products (linear layers, matmul, loss head) against the reference
// kernels: odd shapes, every option, the fast implementation's block borders included.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "coldstart/core/parallel.h"
#include "coldstart/core/random.h"
#include "coldstart/kernels/kernels.h"
#include "coldstart/tensor/arena.h"

namespace coldstart::kernels {
namespace {

class Pool {
 public:
  Tensor normal(std::initializer_list<int64_t> shape, double scale = 1) {
    Tensor t = arena_.allocate(DType::f32, shape);
    const Rng rng(3, Stream::test, substream_++);
    for (int64_t i = 0; i < t.size(); ++i) {
      t.f32()[i] = static_cast<float>(scale * rng.normal(static_cast<uint64_t>(i)));
    }
    return t;
  }
  Tensor copy(Tensor of) {
    Tensor t = arena_.allocate(DType::f32, {of.size()});
    std::copy_n(of.f32(), of.size(), t.f32());
    return Tensor(t.raw(), DType::f32, of.shape());
  }

 private:
  Arena arena_{int64_t{96} << 20};
  uint32_t substream_ = 0;
};

void expect_close(Tensor actual, Tensor expected, double tolerance, const char* what) {
  ASSERT_EQ(actual.size(), expected.size());
  double scale = 0, worst = 0;
  for (int64_t i = 0; i < actual.size(); ++i) {
    scale = std::max(scale, std::abs(expected.at(i)));
    const double difference = std::abs(actual.at(i) - expected.at(i));
    worst = std::isfinite(difference) ? std::max(worst, difference) : INFINITY;
  }
  EXPECT_LE(worst, tolerance * std::max(scale, 1e-6)) << what;
}

class CpuProducts : public ::testing::Test {
 protected:
  Pool pool_;
  std::unique_ptr<Kernels> fast_ = make_cpu_kernels(), slow_ = make_reference_kernels();
};

TEST_F(CpuProducts, WeightGradientsWithBiasMatchTheReference) {
  for (const auto& [N, C, K] : {std::array<int64_t, 3>{1, 3, 2},
                                {77, 33, 130},
                                {900, 40, 15},
                                {1100, 130, 31},
                                {300, 7, 700}}) {
    const Tensor dy = pool_.normal({N, K}), x = pool_.normal({N, C});
    for (const bool accumulate : {false, true}) {
      const Tensor dw = pool_.normal({K, C}), dbias = pool_.normal({K});
      const Tensor expected_dw = pool_.copy(dw), expected_dbias = pool_.copy(dbias);
      fast_->linear_backward_weight(dw, dbias, dy, x, accumulate);
      slow_->linear_backward_weight(expected_dw, expected_dbias, dy, x, accumulate);
      expect_close(dw, expected_dw, 2e-6, "dw");
      expect_close(dbias, expected_dbias, 2e-6, "dbias");
    }
  }
}

TEST_F(CpuProducts, LinearLayersMatchTheReference) {
  const int64_t N = 131, C = 45, K = 67;
  const Tensor x = pool_.normal({N, C}), w = pool_.normal({K, C}), bias = pool_.normal({K});
  const Tensor dy = pool_.normal({N, K}), gate = pool_.normal({N, C});
  for (const Activation act :
       {Activation::none, Activation::gelu, Activation::relu, Activation::leaky_relu}) {
    const Tensor y = pool_.normal({N, K}), pre = pool_.normal({N, K}), dx = pool_.normal({N, C});
    const Tensor expected_y = pool_.copy(y), expected_pre = pool_.copy(pre);
    const Tensor expected_dx = pool_.copy(dx);
    fast_->linear_forward(y, x, w, bias, act, pre);
    slow_->linear_forward(expected_y, x, w, bias, act, expected_pre);
    expect_close(y, expected_y, 2e-6, "y");
    expect_close(pre, expected_pre, 2e-6, "pre");
    const Tensor gate_or_none = act == Activation::none ? Tensor() : gate;
    for (const bool accumulate : {false, true}) {
      fast_->linear_backward_input(dx, dy, w, accumulate, act, gate_or_none);
      slow_->linear_backward_input(expected_dx, dy, w, accumulate, act, gate_or_none);
      expect_close(dx, expected_dx, 2e-6, "dx");
    }
  }
}

TEST_F(CpuProducts, MatmulScalesBothSides) {
  const Tensor a = pool_.normal({33, 20}), b = pool_.normal({45, 33});
  const Tensor c = pool_.normal({20, 45}), expected = pool_.copy(c);
  fast_->matmul(c, a, true, b, true, 0.7, -0.3);
  slow_->matmul(expected, a, true, b, true, 0.7, -0.3);
  expect_close(c, expected, 2e-6, "c");
}

// Several chunks of rows; a vocabulary small (dx directly) and large (dx transposed, several
// blocks).
TEST_F(CpuProducts, LossHeadMatchesTheReference) {
  for (const auto& [N, C, V] :
       {std::array<int64_t, 3>{1, 8, 3}, {100, 20, 65}, {33, 12, 4100}, {600, 8, 9000}}) {
    const Tensor x = pool_.normal({N, C}), w = pool_.normal({V, C});
    std::vector<int32_t> targets(static_cast<size_t>(N));
    for (size_t n = 0; n < targets.size(); ++n) {
      targets[n] = n % 7 == 5 ? -1 : static_cast<int32_t>(n * 131) % static_cast<int32_t>(V);
    }
    const Tensor losses = pool_.normal({N}), dx = pool_.normal({N, C}), dw = pool_.normal({V, C});
    const Tensor expected_losses = pool_.copy(losses), expected_dx = pool_.copy(dx);
    const Tensor expected_dw = pool_.copy(dw), evaluated = pool_.normal({N});
    fast_->loss_head(losses, dx, dw, x, w, targets, 0.01);
    fast_->loss_head(evaluated, {}, {}, x, w, targets, 0.01);
    slow_->loss_head(expected_losses, expected_dx, expected_dw, x, w, targets, 0.01);
    expect_close(losses, expected_losses, 2e-6, "losses");
    expect_close(evaluated, expected_losses, 2e-6, "evaluated losses");
    expect_close(dx, expected_dx, 5e-6, "dx");
    expect_close(dw, expected_dw, 5e-6, "dw");
  }
}

TEST_F(CpuProducts, LossHeadLetsNotANumberThrough) {
  const Tensor x = pool_.normal({20, 8}), w = pool_.normal({300, 8}), losses = pool_.normal({20});
  x.f32()[3 * 8 + 2] = NAN;
  const std::vector<int32_t> targets(20, 1);
  fast_->loss_head(losses, {}, {}, x, w, targets, 1);
  EXPECT_TRUE(std::isnan(losses.f32()[3]));
  EXPECT_TRUE(std::isfinite(losses.f32()[4]));
}

TEST_F(CpuProducts, LossHeadGivesTheSameBytesForAnyNumberOfThreads) {
  const int64_t N = 300, C = 24, V = 5000;
  const Tensor x = pool_.normal({N, C}), w = pool_.normal({V, C});
  std::vector<int32_t> targets(static_cast<size_t>(N), 17);
  const int before = thread_count();
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 3}) {
    set_thread_count(threads);
    const Tensor losses = pool_.normal({N}), dx = pool_.normal({N, C}), dw = pool_.normal({V, C});
    fast_->loss_head(losses, dx, dw, x, w, targets, 0.01);
    std::vector<float> all(losses.f32(), losses.f32() + N);
    all.insert(all.end(), dx.f32(), dx.f32() + dx.size());
    all.insert(all.end(), dw.f32(), dw.f32() + dw.size());
    results.push_back(std::move(all));
  }
  set_thread_count(before);
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

}  // namespace
}  // namespace coldstart::kernels
