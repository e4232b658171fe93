// Numbers at the edge, for every kernel set: nothing overflows that need not, and NaN or Inf never
// vanishes on the way to where the trainer looks for it.
#include <gtest/gtest.h>

#include <limits>

#include "tests/kernels/compare.h"

namespace coldstart::kernels {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

class StressTest : public ::testing::TestWithParam<KernelSet> {
 protected:
  void expect_matches(const Operation& operation, double tolerance) {
    expect_matches_reference(*kernels_, operation, tolerance);
  }
  std::unique_ptr<Kernels> kernels_ = GetParam().make();
  Workspace ws_{DType::f32};
};

double one(double, int64_t) { return 1; }

TEST_P(StressTest, LossHeadWithHugeLogits) {
  // C = 1, x = 1: the weights are the logits.
  const std::vector<int32_t> targets{0, 1, 2};
  const Tensor w =
      ws_.input("w", {3, 1}, [](double, int64_t i) { return 1e4 - 1e4 * static_cast<double>(i); });
  const Tensor losses = ws_.output("losses", {3}), dx = ws_.output("dx", {3, 1}),
               dw = ws_.output("dw", {3, 1});
  kernels_->loss_head(losses, dx, dw, ws_.input("x", {3, 1}, one), w, targets, 1);
  EXPECT_EQ(losses.at(0), 0);
  EXPECT_EQ(losses.at(1), 1e4);
  EXPECT_EQ(losses.at(2), 2e4);
  EXPECT_EQ(dw.at(0), 2);  // softmax is (1, 0, 0) in every row
  EXPECT_EQ(dw.at(1), -1);
  EXPECT_EQ(dw.at(2), -1);
  EXPECT_EQ(dx.at(0), 0);
  EXPECT_EQ(dx.at(1), 1e4);
}

TEST_P(StressTest, AttentionWithEqualScores) {
  const AttentionShape s{.B = 1, .T = 130, .H = 2, .H_kv = 2, .head_size = 16};
  expect_matches(
      [&](Workspace& ws, Kernels& kernels) {
        kernels.attention_forward(
            ws.output("out", {s.T, s.out_cols()}), ws.output("lse", {s.H, s.T}),
            ws.input("qkv", {s.T, s.qkv_cols()},
                     [&](double z, int64_t i) { return i % s.qkv_cols() < s.out_cols() ? 0 : z; }),
            s);
      },
      1e-5);
}

TEST_P(StressTest, AttentionWithHugeScoresPicksOneKey) {
  // One-hot keys, queries of length 1e5 along key t/2: the softmax is exactly one-hot.
  const AttentionShape s{.B = 1, .T = 70, .H = 1, .H_kv = 1, .head_size = 80};
  const Generator qkv = [&](double z, int64_t i) {
    const int64_t t = i / s.qkv_cols(), col = i % s.qkv_cols();
    if (col < 80) return col == t / 2 ? 1e5 : -1e5;
    if (col < 160) return col - 80 == t ? 1.0 : 0.0;
    return z;
  };
  const Tensor in = ws_.input("qkv", {s.T, s.qkv_cols()}, qkv);
  const Tensor out = ws_.output("out", {s.T, 80}), lse = ws_.output("lse", {1, s.T});
  kernels_->attention_forward(out, lse, in, s);
  const Tensor dqkv = ws_.output("dqkv", {s.T, s.qkv_cols()});
  kernels_->attention_backward(dqkv, ws_.input("dout", {s.T, 80}), in, out, lse, s);
  for (int64_t t = 0; t < s.T; ++t) {
    for (int64_t i = 0; i < 80; ++i) {
      ASSERT_EQ(out.at(t * 80 + i), in.at(t / 2 * 240 + 160 + i)) << t << " " << i;
    }
    ASSERT_NEAR(lse.at(t), 1e5 / std::sqrt(80.0), 0.01);
  }
  for (int64_t i = 0; i < dqkv.size(); ++i) ASSERT_TRUE(std::isfinite(dqkv.at(i))) << i;
}

TEST_P(StressTest, NormOfZeroAndConstantAndTinyRows) {
  constexpr int64_t C = 33;
  const double values[] = {0, 3, -1e4, 1e-20, 1e-42};  // the last is a denormal
  const Generator rows = [&](double, int64_t i) { return values[i / C]; };
  for (const NormKind kind : {NormKind::layer, NormKind::rms}) {
    Workspace ws(DType::f32);
    const bool layer = kind == NormKind::layer;
    const Tensor x = ws.input("x", {5, C}, rows), gain = ws.input("gain", {C});
    const Tensor mean = layer ? ws.output("mean", {5}) : Tensor(), rstd = ws.output("rstd", {5}),
                 y = ws.output("y", {5, C});
    kernels_->residual_norm_forward(Tensor(), y, mean, rstd, x, Tensor(), kind, gain, Tensor());
    const Tensor dx = ws.output("dx", {5, C}), dgain = ws.output("dgain", {C});
    kernels_->norm_backward(dx, dgain, Tensor(), ws.input("dy", {5, C}), x, mean, rstd, kind, gain,
                            false);
    for (int64_t i = 0; i < 5 * C; ++i) {
      const double sign =
          layer ? 0 : values[i / C] / std::sqrt(values[i / C] * values[i / C] + 1e-5);
      // A rounded mean leaves about 1e-7 |x| rstd of a constant row; rstd is up to 1/sqrt(1e-5).
      const double noise = 1e-7 * std::abs(values[i / C]) * 316;
      EXPECT_NEAR(y.at(i), sign * gain.at(i % C), 1e-5 + noise * std::abs(gain.at(i % C))) << i;
      EXPECT_TRUE(std::isfinite(dx.at(i))) << i;
    }
    for (int64_t c = 0; c < C; ++c) EXPECT_TRUE(std::isfinite(dgain.at(c))) << c;
  }
}

TEST_P(StressTest, SumOfSquaresKeepsEveryNanAndInf) {
  for (const int64_t n : {1, 7, 64, 1000}) {
    for (const int64_t at : {int64_t{0}, n / 2, n - 1}) {
      Workspace ws(DType::f32);
      const auto put = [&](double value) {
        return [=](double z, int64_t i) { return i == at ? value : z; };
      };
      EXPECT_TRUE(std::isnan(kernels_->sum_squares(ws.input("nan", {n}, put(kNaN))))) << n;
      EXPECT_EQ(kernels_->sum_squares(ws.input("inf", {n}, put(-kInf))), kInf) << n;
    }
  }
}

TEST_P(StressTest, SumOfSquaresOfHugeAndDenormalNumbers) {
  EXPECT_NEAR(kernels_->sum_squares(ws_.input("huge", {100}, [](double, int64_t) { return 1e30; })),
              1e62, 1e56)
      << "1e60 is beyond float32 and well within double";
  const double denormal = static_cast<double>(1e-42F);
  EXPECT_DOUBLE_EQ(
      kernels_->sum_squares(ws_.input("tiny", {64}, [](double, int64_t) { return 1e-42; })),
      64 * denormal * denormal);
}

TEST_P(StressTest, NanReachesTheOutputOfEveryForwardKernel) {
  constexpr int64_t N = 3, C = 19;
  const Generator poisoned = [](double z, int64_t i) { return i == C + 17 ? kNaN : z; };  // row 1
  const Tensor x = ws_.input("x", {N, C}, poisoned), w = ws_.input("w", {C, C});
  const auto row_has_nan = [](const Tensor& t, int64_t row) {
    bool found = false;
    for (int64_t i = row * t.cols(); i < (row + 1) * t.cols(); ++i) {
      found = found || std::isnan(t.at(i));
    }
    return found;
  };
  for (const Activation act :
       {Activation::none, Activation::gelu, Activation::relu, Activation::leaky_relu}) {
    Workspace ws(DType::f32);
    const Tensor y = ws.output("y", {N, C}), z = ws.output("z", {N, C});
    kernels_->linear_forward(y, x, w, Tensor(), act, Tensor());
    kernels_->activation_forward(z, x, act);
    for (const Tensor& t : {y, z}) {
      EXPECT_TRUE(row_has_nan(t, 1)) << "activation " << static_cast<int>(act);
      EXPECT_FALSE(row_has_nan(t, 0));
    }
  }
  const Tensor y = ws_.output("y", {N, C});
  kernels_->residual_norm_forward(Tensor(), y, Tensor(), ws_.output("rstd", {N}), x, Tensor(),
                                  NormKind::rms, ws_.input("gain", {C}), Tensor());
  EXPECT_TRUE(row_has_nan(y, 1));
  EXPECT_FALSE(row_has_nan(y, 2));

  const Tensor losses = ws_.output("losses", {N, 1});
  kernels_->loss_head(losses, Tensor(), Tensor(), x, w, std::vector<int32_t>{0, 1, 2}, 1);
  EXPECT_TRUE(row_has_nan(losses, 1));
  EXPECT_FALSE(row_has_nan(losses, 0));

  const AttentionShape s{.B = 1, .T = N, .H = 1, .H_kv = 1, .head_size = 6};
  const Tensor qkv =
      ws_.input("qkv", {N, 18}, [](double z, int64_t i) { return i == 20 ? kNaN : z; });
  const Tensor out = ws_.output("out", {N, 6});
  kernels_->attention_forward(out, ws_.output("lse", {1, N}), qkv, s);
  EXPECT_FALSE(row_has_nan(out, 0));
  EXPECT_TRUE(row_has_nan(out, 1)) << "NaN in the query of token 1";
}

TEST_P(StressTest, ActivationsFarOutAreExactAndFinite) {
  const Tensor z = ws_.input("z", {8}, [](double, int64_t i) {
    constexpr double values[] = {-1e30, -1e4, -100, -0.0, 1e-42, 100, 1e4, 1e30};
    return values[i];
  });
  const Tensor gelu = ws_.output("gelu", {8});
  kernels_->activation_forward(gelu, z, Activation::gelu);
  for (int64_t i = 0; i < 8; ++i) {
    EXPECT_NEAR(gelu.at(i), std::max(0.0, z.at(i)), i == 4 ? 1e-42 : 0) << z.at(i);
  }
  // silu(gate) with up = 1; the gradient through gate and up stays finite as well.
  const Tensor gate_up =
      ws_.input("gate_up", {8, 2}, [&](double, int64_t i) { return i % 2 == 0 ? z.at(i / 2) : 1; });
  const Tensor h = ws_.output("h", {8, 1}), dgate_up = ws_.output("dgate_up", {8, 2});
  kernels_->swiglu_forward(h, gate_up);
  kernels_->swiglu_backward(dgate_up, ws_.input("dh", {8, 1}, one), gate_up);
  for (int64_t i = 0; i < 8; ++i) {
    EXPECT_NEAR(h.at(i), std::max(0.0, z.at(i)), 1e-40) << z.at(i);
    EXPECT_TRUE(std::isfinite(dgate_up.at(2 * i))) << z.at(i);
    EXPECT_TRUE(std::isfinite(dgate_up.at(2 * i + 1))) << z.at(i);
  }
}

INSTANTIATE_TEST_SUITE_P(, StressTest, ::testing::ValuesIn(kernels_under_test()), KernelSetName());

}  // namespace
}  // namespace coldstart::kernels
