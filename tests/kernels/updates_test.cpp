// The optimizers' updates of every kernel set against the reference: every direction, plain and
// rotating, with every flag, on rows shorter and longer than a tile; rows that do not move; norms
// that stay.
#include "coldstart/kernels/updates.h"

#include <gtest/gtest.h>

#include "tests/kernels/compare.h"

namespace coldstart::kernels {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr DirectionKind kKinds[] = {DirectionKind::momentum, DirectionKind::sign,
                                    DirectionKind::adam, DirectionKind::given};

struct UpdateCase {
  int64_t N, C;
  std::string name() const { return fmt::format("N{}_C{}", N, C); }
  // Large shapes take two of the 16 combinations of flags.
  bool takes(int flags) const { return N * C < 10000 || flags == 5 || flags == 14; }
};

const std::vector<UpdateCase> kCases = {{1, 1},   {3, 2},     {2, 13},   {7, 17},
                                        {5, 33},  {13, 65},   {64, 64},  {130, 129},
                                        {3, 300}, {2, 16389}, {1, 40000}};

class UpdatesTest : public KernelTest<UpdateCase> {};

double square(double z, int64_t) { return z * z; }

UpdateTensors tensors(Workspace& ws, DirectionKind kind, const UpdateCase& s) {
  UpdateTensors t{.w = ws.in_out("w", {s.N, s.C}), .g = ws.input("g", {s.N, s.C})};
  if (kind == DirectionKind::given) {
    t.direction = ws.input("direction", {s.N, s.C});
  } else {
    t.m = ws.in_out("m", {s.N, s.C});
  }
  if (kind == DirectionKind::adam) t.v = ws.in_out("v", {s.N, s.C}, square);
  return t;
}

Direction direction(DirectionKind kind, bool cautious, bool decays) {
  return {.kind = kind,
          .grad_scale = 0.7,
          .coupled_decay = decays ? 0.3 : 0,
          .keep = 0.9,
          .add = 0.1,
          .mix_m = 0.81,
          .mix_g = 0.19,
          .beta2 = 0.95,
          .correction2 = 0.4,
          .cautious = cautious};
}

// Sums as results; inner products, which may cancel, as angles.
void report(Workspace& ws, const std::vector<UpdateSums>& rows) {
  const auto angle = [](double dot, double a_sq, double b_sq) {
    return a_sq * b_sq == 0 ? dot : 2 + dot / std::sqrt(a_sq * b_sq);
  };
  for (size_t r = 0; r < rows.size(); ++r) {
    const UpdateSums& s = rows[r];
    const auto note = [&](const char* name, double value) {
      ws.result(fmt::format("row {} {}", r, name), value);
    };
    note("grad_sq", s.grad_sq);
    note("weight_sq", s.weight_sq);
    note("delta_sq", s.delta_sq);
    note("weight_delta", angle(s.weight_delta, s.weight_sq, s.delta_sq));
    note("momentum_sq", s.momentum_sq);
    note("grad_momentum", angle(s.grad_momentum, s.grad_sq, s.momentum_sq));
    note("grad_weight", angle(s.grad_weight, s.grad_sq, s.weight_sq));
    note("direction_sq", s.direction_sq);
    note("zero_steps", s.zero_steps);
  }
}

std::vector<double> per_row(int64_t rows, double first, double step) {
  std::vector<double> values;
  for (int64_t r = 0; r < rows; ++r) values.push_back(first + step * static_cast<double>(r % 4));
  return values;
}

std::vector<double> row_norms(Tensor w) {
  std::vector<double> norms;
  for (int64_t r = 0; r < w.rows(); ++r) {
    double sum = 0;
    for (int64_t i = r * w.cols(); i < (r + 1) * w.cols(); ++i) sum += w.at(i) * w.at(i);
    norms.push_back(std::sqrt(sum));
  }
  return norms;
}

double norm(Tensor w) {
  double sum = 0;
  for (const double n : row_norms(w)) sum += n * n;
  return std::sqrt(sum);
}

TEST_P(UpdatesTest, PlainStep) {
  const UpdateCase s = shape();
  for (const DirectionKind kind : kKinds) {
    for (int flags = 0; flags < 8; ++flags) {
      if (!s.takes(flags)) continue;
      SCOPED_TRACE(fmt::format("kind {} flags {}", static_cast<int>(kind), flags));
      const Direction d = direction(kind, (flags & 1) != 0, (flags & 2) != 0);
      const std::vector<double> scale =
          (flags & 4) != 0 ? per_row(s.N, 0.25, 0.5) : std::vector<double>();
      // delta inherits the rounding of w', about 6e-8 / step of it.
      expect_matches(
          [&](Workspace& ws, Kernels& kernels) {
            std::vector<UpdateSums> rows(static_cast<size_t>(s.N));
            kernels.plain_update(tensors(ws, kind, s), d,
                                 {.decay = 0.2, .size = 0.3, .row_scale = scale}, rows);
            report(ws, rows);
          },
          3e-5);
    }
  }
}

TEST_P(UpdatesTest, StepOfATrustedLength) {
  const UpdateCase s = shape();
  for (const DirectionKind kind : kKinds) {
    for (int flags = 0; flags < 2; ++flags) {
      SCOPED_TRACE(fmt::format("kind {} flags {}", static_cast<int>(kind), flags));
      const Direction d = direction(kind, flags == 1, false);
      expect_matches(
          [&](Workspace& ws, Kernels& kernels) {
            const UpdateTensors t = tensors(ws, kind, s);
            const double before = norm(t.w);
            std::vector<UpdateSums> rows(static_cast<size_t>(s.N));
            const double factor =
                kernels.plain_update(t, d, {.decay = 0.2, .size = 0.3, .trust = 0.05}, rows);
            ws.result("factor", factor);
            UpdateSums all;
            for (const UpdateSums& row : rows) all += row;
            EXPECT_NEAR(std::sqrt(all.delta_sq), 0.05 * before, 1e-5 * before) << "of |w|";
            report(ws, rows);
          },
          3e-5);
    }
  }
}

TEST(Updates, ATrustedStepFromOrAlongZeroIsThePlainOne) {
  for (const KernelSet& set : kernels_under_test()) {
    SCOPED_TRACE(set.name);
    const auto kernels = set.make();
    for (const bool zero_weights : {true, false}) {
      Workspace trusted(DType::f32), plain(DType::f32);
      for (Workspace* ws : {&trusted, &plain}) {
        const Tensor w = ws->in_out("w", {3, 4}), u = ws->in_out("u", {3, 4});
        kernels->fill(zero_weights ? w : u, 0);
        std::vector<UpdateSums> rows(3);
        EXPECT_EQ(kernels->plain_update({.w = w, .g = ws->input("g", {3, 4}), .direction = u},
                                        {.kind = DirectionKind::given},
                                        {.size = 0.3, .trust = ws == &trusted ? 0.1 : 0}, rows),
                  1);
      }
      trusted.expect_same_bytes_as(plain);
    }
  }
}

TEST_P(UpdatesTest, Rotation) {
  const UpdateCase s = shape();
  for (const DirectionKind kind : kKinds) {
    for (int flags = 0; flags < 16; ++flags) {
      if (!s.takes(flags)) continue;
      SCOPED_TRACE(fmt::format("kind {} flags {}", static_cast<int>(kind), flags));
      const bool per_row_radius = (flags & 1) != 0, more = (flags & 8) != 0;
      const Direction d = direction(kind, more, false);
      expect_matches(
          [&](Workspace& ws, Kernels& kernels) {
            const UpdateTensors t = tensors(ws, kind, s);
            std::vector<double> radius = row_norms(t.w);
            if (!per_row_radius) radius = {norm(t.w)};
            for (double& x : radius) x *= 1.1;
            std::vector<double> average(radius.size(), static_cast<double>(s.C));
            const std::vector<double> scale = per_row(s.N, 0.25, 0.5), gain = per_row(s.N, 1, 0.5);
            Rotation r{.angle = 0.05,
                       .per_row = per_row_radius,
                       .center = (flags & 2) != 0,
                       .project = (flags & 4) != 0,
                       .radius = radius};
            if (more) {
              r.norm_decay = 0.9;
              r.norm_correction = 0.2;
              r.norm_average = average;
              r.eps = 1e-3;
              r.row_gain = gain;
              if (per_row_radius) r.row_scale = scale;
            }
            std::vector<UpdateSums> rows(static_cast<size_t>(s.N));
            const auto unchanged = kernels.rotate_update(t, d, r, rows);
            ws.result("unchanged", static_cast<double>(unchanged));
            for (size_t i = 0; more && i < average.size(); ++i) {
              ws.result(fmt::format("average {}", i), average[i]);
            }
            report(ws, rows);
          },
          5e-5);
    }
  }
}

TEST_P(UpdatesTest, ScheduleFree) {
  const UpdateCase s = shape();
  for (const double k : {1.0, 0.05}) {
    SCOPED_TRACE(k);
    expect_matches(
        [&](Workspace& ws, Kernels& kernels) {
          std::vector<UpdateSums> rows(static_cast<size_t>(s.N));
          kernels.schedule_free_update(
              ws.in_out("w", {s.N, s.C}), ws.in_out("z", {s.N, s.C}),
              ws.in_out("v", {s.N, s.C}, square), ws.input("g", {s.N, s.C}),
              {.grad_scale = 0.7, .lr = 0.03, .weight_decay = 0.1, .correction2 = 0.4, .k = k},
              rows);
          report(ws, rows);
        },
        3e-5);
  }
}

TEST_P(UpdatesTest, MomentumMixAndScaledRows) {
  const UpdateCase s = shape();
  expect_matches(
      [&](Workspace& ws, Kernels& kernels) {
        std::vector<UpdateSums> rows(static_cast<size_t>(s.N));
        kernels.momentum_mix(ws.output("out", {s.N, s.C}), ws.in_out("m", {s.N, s.C}),
                             ws.input("g", {s.N, s.C}),
                             direction(DirectionKind::momentum, false, false), rows);
        report(ws, rows);
        kernels.scale_rows(ws.in_out("scaled", {s.N, s.C}), per_row(s.N, 0.25, 0.5));
      },
      3e-6);
}

COLDSTART_KERNEL_SUITE(UpdatesTest, kCases);

// ---- numbers at the edge

class UpdateEdgesTest : public ::testing::TestWithParam<KernelSet> {
 protected:
  std::unique_ptr<Kernels> kernels_ = GetParam().make();
  std::vector<UpdateSums> rows_ = std::vector<UpdateSums>(3);
};

constexpr int64_t kCols = 21;  // a whole vector and a part of one on every target
double none(double, int64_t) { return 0; }

TEST_P(UpdateEdgesTest, ABadGradientReachesItsOwnCoordinateOnly) {
  constexpr int64_t kBad = kCols + 20;
  for (const DirectionKind kind :
       {DirectionKind::momentum, DirectionKind::sign, DirectionKind::adam}) {
    for (const double bad : {kNaN, kInf, -kInf}) {
      SCOPED_TRACE(fmt::format("kind {} gradient {}", static_cast<int>(kind), bad));
      const auto step = [&](double value) {
        auto ws = std::make_unique<Workspace>(DType::f32);
        const UpdateTensors t = tensors(*ws, kind, {3, kCols});
        t.g.f32()[kBad] = static_cast<float>(value);
        kernels_->plain_update(t, direction(kind, false, false), {.size = 0.1}, rows_);
        return ws;
      };
      const auto good = step(1), got = step(bad);
      for (int64_t i = 0; i < 3 * kCols; ++i) {
        if (i == kBad) continue;
        EXPECT_EQ((*got)["w"].at(i), (*good)["w"].at(i)) << i;
        EXPECT_EQ((*got)["m"].at(i), (*good)["m"].at(i)) << i;
      }
      EXPECT_FALSE(std::isfinite((*got)["m"].at(kBad)));
      const bool a_sign_of_infinity = kind == DirectionKind::sign && std::isinf(bad);
      EXPECT_EQ(std::isfinite((*got)["w"].at(kBad)), a_sign_of_infinity);
      EXPECT_FALSE(std::isfinite(rows_[1].grad_sq)) << "the sums show it";
      EXPECT_TRUE(std::isfinite(rows_[0].grad_sq));
    }
  }
}

TEST_P(UpdateEdgesTest, ARowWithABadDirectionKeepsItsWeightsAndIsCounted) {
  for (const DirectionKind kind :
       {DirectionKind::momentum, DirectionKind::sign, DirectionKind::adam}) {
    Workspace ws(DType::f32), before(DType::f32);
    const UpdateTensors t = tensors(ws, kind, {3, kCols});
    const Tensor w = tensors(before, kind, {3, kCols}).w;
    t.g.f32()[kCols + 20] = static_cast<float>(kNaN);
    const std::vector<double> radius = row_norms(w);
    std::vector<double> average(3, 2.0);
    EXPECT_EQ(
        kernels_->rotate_update(
            t, direction(kind, false, false),
            {.angle = 0.1, .norm_decay = 0.9, .radius = radius, .norm_average = average}, rows_),
        1);
    for (int64_t i = 0; i < 3 * kCols; ++i) {
      EXPECT_EQ(t.w.at(i) == w.at(i), i / kCols == 1) << i;
    }
    EXPECT_TRUE(std::isnan(t.m.at(kCols + 20)));
    EXPECT_EQ(average[1], 2);
    EXPECT_NE(average[0], 2);
    EXPECT_EQ(rows_[1].delta_sq, 0);
    EXPECT_GT(rows_[0].delta_sq, 0);
  }
}

TEST_P(UpdateEdgesTest, WhereThereIsNoDirectionNothingTurns) {
  // Row 0: zero gradient and momentum. Row 1: zero weights. Row 2: u parallel to w.
  Workspace ws(DType::f32);
  const auto of_row = [](auto value) {
    return [=](double z, int64_t i) { return value(z, i / kCols); };
  };
  const UpdateTensors t{
      .w = ws.in_out("w", {3, kCols}, of_row([](double z, int64_t r) { return r == 1 ? 0 : z; })),
      .g = ws.input("g", {3, kCols}, none),
      .direction = ws.in_out("direction", {3, kCols},
                             of_row([](double z, int64_t r) { return r == 0 ? 0 : z; }))};
  for (int64_t i = 2 * kCols; i < 3 * kCols; ++i) t.direction.f32()[i] = 3.1F * t.w.f32()[i];
  const std::vector<float> before(t.w.f32(), t.w.f32() + t.w.size());
  std::vector<double> radius = row_norms(t.w);
  const Direction given{.kind = DirectionKind::given};
  EXPECT_EQ(kernels_->rotate_update(t, given, {.angle = 0.1, .radius = radius}, rows_), 3);
  radius[1] = 1;  // even where a radius is asked for
  EXPECT_EQ(kernels_->rotate_update(t, given, {.angle = 0.1, .radius = radius}, rows_), 3);
  EXPECT_EQ(std::vector<float>(t.w.f32(), t.w.f32() + t.w.size()), before);
  // Constant rows have no direction once centered; over the whole tensor all rows count.
  for (int64_t i = 0; i < 3 * kCols; ++i) t.direction.f32()[i] = 0.3F;
  const std::vector<double> whole{norm(t.w)};
  EXPECT_EQ(kernels_->rotate_update(
                t, given, {.angle = 0.1, .per_row = false, .center = true, .radius = whole}, rows_),
            3);
  EXPECT_EQ(std::vector<float>(t.w.f32(), t.w.f32() + t.w.size()), before);
}

TEST_P(UpdateEdgesTest, ZeroGradientsAndMomentsOnlyDecay) {
  for (const DirectionKind kind :
       {DirectionKind::momentum, DirectionKind::sign, DirectionKind::adam}) {
    for (const bool cautious : {false, true}) {
      Workspace ws(DType::f32);
      UpdateTensors t{.w = ws.in_out("w", {3, kCols}),
                      .g = ws.input("g", {3, kCols}, none),
                      .m = ws.in_out("m", {3, kCols}, none)};
      if (kind == DirectionKind::adam) t.v = ws.in_out("v", {3, kCols}, none);
      const float before = t.w.f32()[40];
      kernels_->plain_update(t, direction(kind, cautious, false), {.size = 1}, rows_);
      EXPECT_EQ(t.w.f32()[40], before);
      EXPECT_EQ(rows_[1].zero_steps, kCols);
      kernels_->plain_update(t, direction(kind, cautious, false), {.decay = 0.5, .size = 1}, rows_);
      EXPECT_EQ(t.w.f32()[40], before / 2);
    }
  }
}

TEST_P(UpdateEdgesTest, TinyNumbersHaveSignsAndDirections) {
  Workspace ws(DType::f32);
  const UpdateTensors t{
      .w = ws.in_out("w", {3, kCols}, [](double z, int64_t) { return 1e-25 * z; }),
      .g = ws.input("g", {3, kCols}, [](double z, int64_t) { return 1e-38 * z; }),
      .m = ws.in_out("m", {3, kCols}, none)};
  const std::vector<double> radius = row_norms(t.w);
  const Direction tiny{.kind = DirectionKind::sign,
                       .keep = 0.9,
                       .add = 0.1,
                       .mix_m = 0.9,
                       .mix_g = 0.1,
                       .cautious = true};
  EXPECT_EQ(kernels_->rotate_update(t, tiny, {.angle = 0.1, .radius = radius}, rows_), 0);
  EXPECT_EQ(rows_[0].zero_steps, 0) << "c is denormal, and has a sign";
  const std::vector<double> norms = row_norms(t.w);
  for (size_t r = 0; r < 3; ++r) EXPECT_NEAR(norms[r] / radius[r], 1, 1e-6);
}

TEST_P(UpdateEdgesTest, RowNormsAndAnglesHoldOverThousandsOfSteps) {
  for (const bool center : {false, true}) {
    Workspace ws(DType::f32);
    const UpdateTensors t{.w = ws.in_out("w", {3, 128}),
                          .g = ws.in_out("g", {3, 128}),
                          .m = ws.in_out("m", {3, 128}, none)};
    const std::vector<double> radius{0.5, 1.0, 37.0};
    const Direction lion{
        .kind = DirectionKind::sign, .keep = 0.9, .add = 0.1, .mix_m = 0.9, .mix_g = 0.1};
    const Rng rng(9, Stream::test);
    for (int64_t step = 0; step < 3000; ++step) {
      const double angle = step % 2 == 0 ? 0.01 : 0.3;
      for (int64_t i = 0; i < t.g.size(); ++i) {
        t.g.f32()[i] = static_cast<float>(rng.normal(static_cast<uint64_t>(step * t.g.size() + i)));
      }
      ASSERT_EQ(kernels_->rotate_update(
                    t, lion, {.angle = angle, .center = center, .radius = radius}, rows_),
                0);
      const std::vector<double> norms = row_norms(t.w);
      for (size_t r = 0; r < 3; ++r) {
        ASSERT_NEAR(norms[r] / radius[r], 1, 1e-6) << step;
        if (step == 0) continue;  // before it, rows were not on their spheres
        // |w' - w| = 2 R sin(a/2) for two points of a sphere; a step of length t turns by atan t.
        const double turned = 2 * std::asin(std::sqrt(rows_[r].delta_sq) / radius[r] / 2);
        ASSERT_NEAR(turned, std::atan(angle), 1e-5 * angle) << step;
      }
    }
  }
}

TEST_P(UpdateEdgesTest, ATensorThatADirectionDoesNotUseIsRefused) {
  Workspace ws(DType::f32);
  UpdateTensors t{.w = ws.in_out("w", {3, 2}), .g = ws.input("g", {3, 2})};
  const std::vector<double> radius(3, 1.0);
  const auto plain = [&](const UpdateTensors& x, DirectionKind kind, size_t rows) {
    std::vector<UpdateSums> sums(rows);
    kernels_->plain_update(x, {.kind = kind}, {.size = 0}, sums);
  };
  EXPECT_THROW(plain(t, DirectionKind::sign, 3), std::logic_error);
  t.m = ws.in_out("m", {3, 2});
  EXPECT_NO_THROW(plain(t, DirectionKind::sign, 3));
  EXPECT_THROW(plain(t, DirectionKind::sign, 2), std::logic_error);
  EXPECT_THROW(plain(t, DirectionKind::adam, 3), std::logic_error);
  EXPECT_THROW(plain(t, DirectionKind::given, 3), std::logic_error);
  t.v = ws.in_out("v", {3, 2});
  EXPECT_THROW(plain(t, DirectionKind::sign, 3), std::logic_error);
  EXPECT_THROW(kernels_->rotate_update(t, {.kind = DirectionKind::adam},
                                       {.norm_decay = 0.9, .radius = radius}, rows_),
               std::logic_error)
      << "an average without its state";
  EXPECT_THROW(kernels_->rotate_update(t, {.kind = DirectionKind::adam},
                                       {.per_row = false, .radius = radius}, rows_),
               std::logic_error);
  EXPECT_THROW(kernels_->scale_rows(t.w, std::vector<double>(2)), std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(, UpdateEdgesTest, ::testing::ValuesIn(kernels_under_test()),
                         KernelSetName());

}  // namespace
}  // namespace coldstart::kernels
