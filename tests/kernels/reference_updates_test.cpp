// The reference updates in double against numbers worked out by hand.
#include <gtest/gtest.h>

#include <numbers>

#include "tests/kernels/compare.h"

namespace coldstart::kernels {
namespace {

using Numbers = std::vector<double>;

// A parameter of one row (or as many as `rows` says), in double.
struct State {
  Numbers w, g, m = {}, v = {}, direction = {};
  int64_t rows = 1;
  std::vector<UpdateSums> sums = {};
  int64_t unchanged = 0;

  Tensor tensor(Numbers& x) const {
    if (x.empty()) return {};
    return Tensor(x.data(), DType::f64, {rows, static_cast<int64_t>(x.size()) / rows});
  }
  UpdateTensors tensors() {
    return {.w = tensor(w),
            .g = tensor(g),
            .m = tensor(m),
            .v = tensor(v),
            .direction = tensor(direction)};
  }
  UpdateSums plain(const Direction& d, const PlainStep& step) {
    sums.resize(static_cast<size_t>(rows));
    make_reference_kernels()->plain_update(tensors(), d, step, sums);
    return sums[0];
  }
  UpdateSums rotate(const Direction& d, const Rotation& rotation) {
    sums.resize(static_cast<size_t>(rows));
    unchanged = make_reference_kernels()->rotate_update(tensors(), d, rotation, sums);
    return sums[0];
  }
};

Direction adam(double beta1, double beta2, double eps, double correction1, double correction2) {
  return {.kind = DirectionKind::adam,
          .keep = beta1,
          .add = 1 - beta1,
          .mix_m = beta1 / correction1,
          .mix_g = (1 - beta1) / correction1,
          .beta2 = beta2,
          .correction2 = correction2,
          .eps = eps};
}

TEST(ReferenceUpdates, AdamWsSecondStepByHand) {
  // m = 0.9*0.1 + 0.1*0.5; v = 0.99*0.04 + 0.01*0.25; w = 0.99 - 0.1 (m/0.19)/(sqrt(v/0.0199)+eps)
  State s{.w = {1}, .g = {0.5}, .m = {0.1}, .v = {0.04}};
  s.plain(adam(0.9, 0.99, 1e-8, 1 - 0.81, 1 - 0.9801), {.decay = 0.01, .size = 0.1});
  EXPECT_NEAR(s.m[0], 0.14, 1e-15);
  EXPECT_NEAR(s.v[0], 0.0421, 1e-15);
  EXPECT_NEAR(s.w[0], 0.9393406139696816, 1e-14);
}

TEST(ReferenceUpdates, AdamWithoutMomentaIsASign) {
  for (const double g : {3.0, -0.001, 1e8}) {
    State s{.w = {2}, .g = {g}, .m = {5}, .v = {7}};
    s.plain(adam(0, 0, 0, 1, 1), {.size = 1});
    EXPECT_DOUBLE_EQ(s.w[0], g > 0 ? 1 : 3);
    EXPECT_DOUBLE_EQ(s.m[0], g);
  }
}

TEST(ReferenceUpdates, DecayIsDecoupledAndEpsilonStandsOutsideTheRoot) {
  State s{.w = {2}, .g = {0}, .m = {0}, .v = {0}};
  s.plain(adam(0.9, 0.95, 1e-8, 1, 1), {.decay = 0.05, .size = 0.1});
  EXPECT_DOUBLE_EQ(s.w[0], 2 - 0.05 * 2);
  State t{.w = {0}, .g = {1}, .m = {0}, .v = {0}};
  t.plain(adam(0, 0, 1, 1, 1), {.size = 1});
  EXPECT_DOUBLE_EQ(t.w[0], -0.5);
}

TEST(ReferenceUpdates, ClippingFactorScalesTheGradientFirst) {
  State clipped{.w = {1}, .g = {4}, .m = {0.5}, .v = {0.25}};
  State small{.w = {1}, .g = {1}, .m = {0.5}, .v = {0.25}};
  Direction d = adam(0.9, 0.95, 1e-8, 1, 1);
  const UpdateSums b = small.plain(d, {.size = 0.1});
  d.grad_scale = 0.25;
  const UpdateSums a = clipped.plain(d, {.size = 0.1});
  EXPECT_EQ(clipped.w, small.w);
  EXPECT_EQ(clipped.v, small.v);
  EXPECT_EQ(clipped.g[0], 4) << "the gradient itself stays";
  EXPECT_EQ(a.grad_sq, b.grad_sq);
}

TEST(ReferenceUpdates, LionTakesTheSignOfTheMixAndStoresAnotherMomentum) {
  // c = 0.9 m + 0.1 g = (0.01, -0.01, 0); m' = 0.99 m + 0.01 g
  State s{.w = {1, 1, 1}, .g = {1, -1, 0}, .m = {-0.1, 0.1, 0}};
  const UpdateSums sums =
      s.plain({.kind = DirectionKind::sign, .keep = 0.99, .add = 0.01, .mix_m = 0.9, .mix_g = 0.1},
              {.decay = 0.25, .size = 0.5});
  EXPECT_DOUBLE_EQ(s.w[0], 0.25);
  EXPECT_DOUBLE_EQ(s.w[1], 1.25);
  EXPECT_DOUBLE_EQ(s.w[2], 0.75);
  EXPECT_NEAR(s.m[0], -0.089, 1e-16);
  EXPECT_EQ(sums.direction_sq, 2);
  EXPECT_EQ(sums.zero_steps, 1);
}

TEST(ReferenceUpdates, SgdWithNesterovAndCoupledDecay) {
  // g' = g + 0.5 w = 4; m' = 0.9*2 + 4 = 5.8; Nesterov: g' + 0.9 m' = 0.81*2 + 1.9*4 = 9.22
  State s{.w = {2}, .g = {3}, .m = {2}};
  const UpdateSums sums = s.plain(
      {.coupled_decay = 0.5, .keep = 0.9, .add = 1, .mix_m = 0.81, .mix_g = 1.9}, {.size = 0.1});
  EXPECT_DOUBLE_EQ(s.m[0], 5.8);
  EXPECT_DOUBLE_EQ(s.w[0], 2 - 0.922);
  EXPECT_EQ(sums.grad_sq, 16) << "g', as it enters the momentum";
}

TEST(ReferenceUpdates, SumsDescribeTheStep) {
  State s{.w = {2}, .g = {3}, .m = {5}, .v = {7}};
  const UpdateSums sums = s.plain(adam(0.9, 0.95, 1e-8, 1, 1), {.decay = 0.01, .size = 0.1});
  const double delta = s.w[0] - 2;
  EXPECT_NE(delta, 0);
  EXPECT_DOUBLE_EQ(sums.grad_sq, 9);
  EXPECT_DOUBLE_EQ(sums.weight_sq, 4);
  EXPECT_DOUBLE_EQ(sums.delta_sq, delta * delta);
  EXPECT_DOUBLE_EQ(sums.weight_delta, 2 * delta);
  EXPECT_DOUBLE_EQ(sums.momentum_sq, 25);
  EXPECT_DOUBLE_EQ(sums.grad_momentum, 15);
  EXPECT_DOUBLE_EQ(sums.grad_weight, 6);
  EXPECT_DOUBLE_EQ(delta, -0.01 * 2 - 0.1 * std::sqrt(sums.direction_sq));
}

TEST(ReferenceUpdates, RowsHaveTheirOwnScalesAndSums) {
  State s{.w = {1, 2, 3, 4}, .g = {1, 1, 1, 1}, .direction = {1, 2, 3, 4}, .rows = 2};
  const Numbers scale{1, 0.5};
  s.plain({.kind = DirectionKind::given}, {.size = 0.1, .row_scale = scale});
  EXPECT_DOUBLE_EQ(s.w[1], 1.8);
  EXPECT_DOUBLE_EQ(s.w[3], 3.8);
  EXPECT_EQ(s.sums[0].weight_sq, 5);
  EXPECT_EQ(s.sums[1].weight_sq, 25);
}

TEST(ReferenceUpdates, ACautiousStepSkipsWhatTheGradientOpposesAndStretchesTheRest) {
  // u = m = (1, 1, -1, 1), g = (2, -2, -2, 0): the second and fourth are masked; 4 / (2 + 1).
  State s{.w = {0, 0, 0, 0}, .g = {2, -2, -2, 0}, .m = {1, 1, -1, 1}};
  const UpdateSums sums =
      s.plain({.keep = 1, .add = 0, .mix_m = 1, .mix_g = 0, .cautious = true}, {.size = 0.75});
  EXPECT_EQ(s.w, (Numbers{-1, 0, 1, 0}));
  EXPECT_EQ(sums.zero_steps, 2);
  EXPECT_DOUBLE_EQ(sums.direction_sq, 2 * 16.0 / 9);
}

TEST(ReferenceUpdates, ARotationTurnsByTheAngleAlongTheTangent) {
  // w on the first axis, u at 45 degrees: only its second coordinate counts, whatever its size.
  for (const double size : {1.0, 1e-9, 1e9}) {
    State s{.w = {2, 0}, .g = {0, 0}, .direction = {size, size}};
    const double angle = std::numbers::pi / 6;
    const UpdateSums sums =
        s.rotate({.kind = DirectionKind::given}, {.angle = std::tan(angle), .radius = Numbers{2}});
    EXPECT_NEAR(s.w[0], 2 * std::cos(angle), 1e-15);
    EXPECT_NEAR(s.w[1], -2 * std::sin(angle), 1e-15);
    EXPECT_EQ(s.unchanged, 0);
    EXPECT_NEAR(sums.delta_sq, 8 * (1 - std::cos(angle)), 1e-14);
    EXPECT_DOUBLE_EQ(sums.direction_sq, 2 * size * size) << "u before it is projected";
  }
}

TEST(ReferenceUpdates, WithoutProjectionItIsHyperball) {
  // w - angle |w| u/|u|, back to the sphere: (1, 0) - (0.6, 0.8) / 2 = (0.7, -0.4), radius 3.
  State s{.w = {3, 0}, .g = {0, 0}, .direction = {6, 8}};
  s.rotate({.kind = DirectionKind::given},
           {.angle = 0.5, .per_row = false, .project = false, .radius = Numbers{3}});
  const double norm = std::hypot(0.7, 0.4);
  EXPECT_NEAR(s.w[0], 3 * 0.7 / norm, 1e-15);
  EXPECT_NEAR(s.w[1], -3 * 0.4 / norm, 1e-15);
}

TEST(ReferenceUpdates, CenteringTakesTheMeanOutOfTheStep) {
  // u = (1, 3, 5, 3) - 3 is orthogonal to w: a centered w keeps mean 0.
  State s{.w = {1, 1, 1, -3}, .g = {0, 0, 0, 0}, .direction = {1, 3, 5, 3}};
  s.rotate({.kind = DirectionKind::given},
           {.angle = 0.1, .center = true, .radius = Numbers{std::sqrt(12.0)}});
  EXPECT_NEAR(s.w[0] + s.w[1] + s.w[2] + s.w[3], 0, 1e-15);
  // f = 0.1 |w| / |u|, |u|^2 = 8; |t|^2 = 12 + 0.01 * 12.
  const double f = 0.1 * std::sqrt(12.0 / 8), back = 1 / std::sqrt(1.01);
  EXPECT_NEAR(s.w[0], (1 + 2 * f) * back, 1e-15);
  EXPECT_NEAR(s.w[1], 1 * back, 1e-15);
}

TEST(ReferenceUpdates, TheAveragedNormIsARunningMeanSquare) {
  Numbers average{4};
  State s{.w = {1, 0}, .g = {0, 0}, .direction = {0, 3}};
  s.rotate({.kind = DirectionKind::given}, {.angle = 0.2,
                                            .norm_decay = 0.75,
                                            .norm_correction = 0.5,
                                            .eps = 0.5,
                                            .radius = Numbers{1},
                                            .norm_average = average});
  EXPECT_DOUBLE_EQ(average[0], 0.75 * 4 + 0.25 * 9);
  const double step = 0.2 * 3 / (std::sqrt(5.25 / 0.5) + 0.5);
  EXPECT_NEAR(s.w[1] / s.w[0], -step, 1e-15);
}

TEST(ReferenceUpdates, RowGainsScaleTheGradientAndRowScalesTheAngle) {
  State s{.w = {1, 0, 1, 0}, .g = {0, 1, 0, 1}, .m = {0, 0, 0, 0}, .rows = 2};
  const Numbers radius{1, 1}, gain{1, 5}, scale{1, 0.5};
  s.rotate({.keep = 0.9, .add = 0.1, .mix_m = 0, .mix_g = 1},
           {.angle = 0.2, .row_scale = scale, .row_gain = gain, .radius = radius});
  EXPECT_DOUBLE_EQ(s.m[3], 0.5);
  EXPECT_EQ(s.sums[1].grad_sq, 25);
  EXPECT_NEAR(s.w[1] / s.w[0], -0.2, 1e-15);
  EXPECT_NEAR(s.w[3] / s.w[2], -0.1, 1e-15);
}

TEST(ReferenceUpdates, NormsHoldToTheLastDigitInDouble) {
  const int64_t C = 50;
  State s{.w = Numbers(C), .g = Numbers(C), .m = Numbers(C)};
  const Rng rng(3, Stream::test);
  for (size_t i = 0; i < C; ++i) s.w[i] = rng.normal(i);
  const Numbers radius{7};
  for (uint64_t step = 0; step < 2000; ++step) {
    for (size_t i = 0; i < C; ++i) s.g[i] = rng.normal((step + 1) * C + i);
    s.rotate({.kind = DirectionKind::sign, .keep = 0.9, .add = 0.1, .mix_m = 0.9, .mix_g = 0.1},
             {.angle = 0.05, .radius = radius});
    double norm_sq = 0;
    for (const double w : s.w) norm_sq += w * w;
    ASSERT_NEAR(std::sqrt(norm_sq) / 7, 1, 3e-15) << step;
  }
}

TEST(ReferenceUpdates, ScheduleFreeFollowsItsThreeSequences) {
  // y = (1-b1) z + b1 x; z' = z - lr d; x' = (1-k) x + k z'; y' from those.
  const double b1 = 0.9, lr = 0.2, decay = 0.1, k = 0.3;
  const double x = 1.5, z = 0.5;
  Numbers y{(1 - b1) * z + b1 * x}, fast{z}, v{0.3}, g{2};
  const double square = 0.95 * 0.3 + 0.05 * 1;  // g' = 0.5 * 2
  const double u = 1 / (std::sqrt(square / 0.4) + 1e-8), d = u + decay * y[0];
  const double z_new = z - lr * d, x_new = (1 - k) * x + k * z_new;
  const auto tensor = [](Numbers& n) { return Tensor(n.data(), DType::f64, {1}); };
  std::vector<UpdateSums> rows(1);
  make_reference_kernels()->schedule_free_update(
      tensor(y), tensor(fast), tensor(v), tensor(g),
      {.grad_scale = 0.5, .lr = lr, .weight_decay = decay, .beta1 = b1, .correction2 = 0.4, .k = k},
      rows);
  EXPECT_NEAR(fast[0], z_new, 1e-15);
  EXPECT_NEAR(v[0], square, 1e-15);
  EXPECT_NEAR(y[0], (1 - b1) * z_new + b1 * x_new, 1e-15);
  EXPECT_NEAR(rows[0].direction_sq, u * u, 1e-15);
  EXPECT_EQ(rows[0].grad_sq, 1);
}

TEST(ReferenceUpdates, MomentumMixKnowsNoWeights) {
  Numbers out{0}, m{2}, g{8};
  const auto tensor = [](Numbers& n) { return Tensor(n.data(), DType::f64, {1}); };
  std::vector<UpdateSums> rows(1);
  make_reference_kernels()->momentum_mix(
      tensor(out), tensor(m), tensor(g),
      {.grad_scale = 0.5, .keep = 0.9, .add = 0.1, .mix_m = 0.5, .mix_g = 0.25}, rows);
  EXPECT_DOUBLE_EQ(out[0], 2);
  EXPECT_DOUBLE_EQ(m[0], 2.2);
  EXPECT_EQ(rows[0].grad_momentum, 8);
  EXPECT_EQ(rows[0].weight_sq, 0);
  EXPECT_THROW(make_reference_kernels()->momentum_mix(tensor(out), tensor(m), tensor(g),
                                                      {.kind = DirectionKind::sign}, rows),
               std::logic_error);
}

TEST(ReferenceUpdates, ScaledRows) {
  Numbers w{1, 2, 3, 4};
  make_reference_kernels()->scale_rows(Tensor(w.data(), DType::f64, {2, 2}), Numbers{10, 0.5});
  EXPECT_EQ(w, (Numbers{10, 20, 1.5, 2}));
}

TEST(UpdateSums, AddsMemberByMember) {
  UpdateSums a{1, 2, 3, 4, 5, 6, 7, 8, 9};
  a += UpdateSums{10, 20, 30, 40, 50, 60, 70, 80, 90};
  EXPECT_EQ(a.grad_sq, 11);
  EXPECT_EQ(a.weight_sq, 22);
  EXPECT_EQ(a.delta_sq, 33);
  EXPECT_EQ(a.weight_delta, 44);
  EXPECT_EQ(a.momentum_sq, 55);
  EXPECT_EQ(a.grad_momentum, 66);
  EXPECT_EQ(a.grad_weight, 77);
  EXPECT_EQ(a.direction_sq, 88);
  EXPECT_EQ(a.zero_steps, 99);
}

}  // namespace
}  // namespace coldstart::kernels
