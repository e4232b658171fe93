// The loops of the CPU kernels on every SIMD target that was compiled and that this machine has:
// against the reference, on sizes that leave partial vectors and blocks. Attention besides: the two
// ways of dealing its backward pass to threads give the same bytes, the future never shows.
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include "coldstart/core/parallel.h"
#include "coldstart/core/random.h"
#include "coldstart/kernels/cpu/gemm.h"
#include "coldstart/kernels/kernels.h"

namespace coldstart::kernels::cpu {
namespace {

// Memory of a test's tensors, each filled with normal numbers from a stream of its own.
class Numbers {
 public:
  Tensor normal(std::initializer_list<int64_t> shape) {
    const Rng rng(5, Stream::test, static_cast<uint32_t>(memory_.size()));
    const int64_t size = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies());
    std::vector<float>& values = memory_.emplace_back(static_cast<size_t>(size));
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(rng.normal(i));
    return {values.data(), DType::f32, shape};
  }

 private:
  std::vector<std::vector<float>> memory_;
};

std::vector<float> copy(Tensor t) { return {t.f32(), t.f32() + t.size()}; }

void expect_close(const std::vector<float>& got, const std::vector<float>& want, double tolerance) {
  double scale = 0;
  for (const float x : want) scale = std::max(scale, static_cast<double>(std::abs(x)));
  for (size_t i = 0; i < want.size(); ++i) {
    ASSERT_NEAR(got[i], want[i], tolerance * scale) << "at " << i;  // fails for NaN
  }
}

// What an operation leaves in its outputs.
using Operation = std::function<std::vector<float>(Kernels&)>;

void expect_same_on_every_target(const Operation& operation, double tolerance) {
  const std::vector<float> want = operation(*make_reference_kernels());
  int targets = 0;
  for (int64_t rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & ~(rest - 1));
    if (gemm_own_name() == hwy::TargetName(rest & ~(rest - 1))) {  // else not compiled in
      SCOPED_TRACE(gemm_own_name());
      expect_close(operation(*make_cpu_kernels()), want, tolerance);
      ++targets;
    }
    hwy::SetSupportedTargetsForTest(0);
  }
  EXPECT_GE(targets, 1);
}

std::vector<float> joined(std::initializer_list<Tensor> tensors) {
  std::vector<float> all;
  for (const Tensor& t : tensors) all.insert(all.end(), t.f32(), t.f32() + t.size());
  return all;
}

TEST(CpuTargets, Attention) {
  for (const AttentionShape& s : {AttentionShape{2, 67, 4, 2, 20}, AttentionShape{1, 130, 1, 1, 48},
                                  AttentionShape{1, 33, 3, 1, 7}, AttentionShape{1, 1, 1, 1, 1}}) {
    SCOPED_TRACE(fmt::format("T {} hs {}", s.T, s.head_size));
    expect_same_on_every_target(
        [&](Kernels& kernels) {
          Numbers n;
          const Tensor qkv = n.normal({s.B, s.T, s.qkv_cols()}), lse = n.normal({s.B, s.H, s.T});
          const Tensor out = n.normal({s.B, s.T, s.out_cols()});
          kernels.attention_forward(out, lse, qkv, s);
          return joined({out, lse});
        },
        3e-6);
    expect_same_on_every_target(
        [&](Kernels& kernels) {
          Numbers n;
          const Tensor qkv = n.normal({s.B, s.T, s.qkv_cols()}), lse = n.normal({s.B, s.H, s.T});
          const Tensor out = n.normal({s.B, s.T, s.out_cols()});
          const Tensor dqkv = n.normal({s.B, s.T, s.qkv_cols()});
          make_reference_kernels()->attention_forward(out, lse, qkv, s);
          kernels.attention_backward(dqkv, n.normal({s.B, s.T, s.out_cols()}), qkv, out, lse, s);
          return copy(dqkv);
        },
        3e-6);
    expect_same_on_every_target(
        [&](Kernels& kernels) {
          Numbers n;
          const Tensor out = n.normal({s.B, s.out_cols()}), q = n.normal({s.B, s.out_cols()});
          const Tensor keys = n.normal({s.B, s.T + 1, s.H_kv * s.head_size});
          kernels.attention_decode(out, q, keys, n.normal({s.B, s.T + 1, s.H_kv * s.head_size}),
                                   s.T, s);
          return copy(out);
        },
        3e-6);
  }
}

TEST(CpuTargets, Norm) {
  for (const int64_t C : {1, 5, 70, 257}) {
    for (const NormKind kind : {NormKind::layer, NormKind::rms}) {
      SCOPED_TRACE(fmt::format("C {} rms {}", C, kind == NormKind::rms));
      const int64_t N = 70;  // more than one chunk of rows, and a group that is not full
      const bool layer = kind == NormKind::layer;
      expect_same_on_every_target(
          [&](Kernels& kernels) {
            Numbers n;
            const Tensor x = n.normal({N, C}), branch = n.normal({N, C}), gain = n.normal({C});
            const Tensor bias = layer ? n.normal({C}) : Tensor();
            const Tensor sum = n.normal({N, C}), y = n.normal({N, C}), rstd = n.normal({N});
            const Tensor mean = layer ? n.normal({N}) : Tensor();
            kernels.residual_norm_forward(sum, y, mean, rstd, x, branch, kind, gain, bias);
            return joined({sum, y});
          },
          3e-6);
      expect_same_on_every_target(
          [&](Kernels& kernels) {
            Numbers n;
            const Tensor x = n.normal({N, C}), y = n.normal({N, C}), gain = n.normal({C});
            const Tensor dy = n.normal({N, C}), dx = n.normal({N, C}), rstd = n.normal({N});
            const Tensor mean = layer ? n.normal({N}) : Tensor();
            const Tensor dgain = n.normal({C}), dbias = layer ? n.normal({C}) : Tensor();
            make_reference_kernels()->residual_norm_forward(Tensor(), y, mean, rstd, x, Tensor(),
                                                            kind, gain, Tensor());
            kernels.norm_backward(dx, dgain, dbias, dy, x, mean, rstd, kind, gain, true);
            return joined({dx, dgain});
          },
          1e-5);
    }
  }
}

TEST(CpuTargets, Elementwise) {
  const int64_t F = 37, N = 3;
  expect_same_on_every_target(
      [&](Kernels& kernels) {
        Numbers n;
        const AttentionShape s{1, N, 1, 1, 2 * F};
        const Tensor gate_up = n.normal({N, 2 * F}), h = n.normal({N, F}), y = n.normal({N, F});
        const Tensor dgate_up = n.normal({N, 2 * F}), qkv = n.normal({1, N, s.qkv_cols()});
        const Tensor sum = n.normal({N, F});
        kernels.swiglu_forward(h, gate_up);
        kernels.swiglu_backward(dgate_up, h, gate_up);
        kernels.activation_forward(y, h, Activation::gelu);
        kernels.rope(qkv, s, 1e4, 5, false);
        kernels.add(sum, y);
        kernels.scale(sum, 0.3);
        return joined({h, dgate_up, y, qkv, sum});
      },
      2e-6);
}

TEST(CpuTargets, SumOfSquares) {
  const int64_t size = 1000;
  expect_same_on_every_target(
      [&](Kernels& kernels) {
        Numbers n;
        return std::vector<float>{static_cast<float>(kernels.sum_squares(n.normal({size})))};
      },
      1e-6);
}

TEST(CpuTargets, RowDots) {
  expect_same_on_every_target(
      [&](Kernels& kernels) {
        Numbers n;
        std::vector<double> rows(7);
        kernels.row_dots(n.normal({7, 133}), n.normal({7, 133}), rows);
        return std::vector<float>(rows.begin(), rows.end());
      },
      1e-5);
}

// Sums as numbers of like size.
void append_sums(std::vector<float>& to, const std::vector<UpdateSums>& rows, int64_t C) {
  for (const UpdateSums& s : rows) {
    for (const double x : {s.grad_sq, s.weight_sq, s.delta_sq, s.weight_delta, s.momentum_sq,
                           s.grad_momentum, s.grad_weight, s.direction_sq, s.zero_steps}) {
      to.push_back(static_cast<float>(x / static_cast<double>(C)));
    }
  }
}

TEST(CpuTargets, Updates) {
  // Rows of less than a vector, of a partial one, and of more than one span of sums.
  for (const int64_t C : {3, 70, 300}) {
    for (const DirectionKind kind : {DirectionKind::momentum, DirectionKind::sign,
                                     DirectionKind::adam, DirectionKind::given}) {
      for (int flags = 0; flags < 8; ++flags) {
        SCOPED_TRACE(fmt::format("C {} kind {} flags {}", C, static_cast<int>(kind), flags));
        const int64_t N = 5;
        const bool rotates = (flags & 2) != 0;
        const Direction d{.kind = kind,
                          .grad_scale = 0.5,
                          .keep = 0.9,
                          .add = 0.1,
                          .mix_m = 0.8,
                          .mix_g = 0.2,
                          .correction2 = 0.3,
                          .cautious = (flags & 1) != 0};
        const std::vector<double> radius(static_cast<size_t>(N), 3.0);
        expect_same_on_every_target(
            [&](Kernels& kernels) {
              Numbers n;
              UpdateTensors t{.w = n.normal({N, C}), .g = n.normal({N, C})};
              const Tensor m = n.normal({N, C}), v = n.normal({N, C});
              for (float& x : v.span<float>()) x = x * x;
              (kind == DirectionKind::given ? t.direction : t.m) = m;
              if (kind == DirectionKind::adam) t.v = v;
              std::vector<UpdateSums> rows(static_cast<size_t>(N));
              if (rotates) {
                kernels.rotate_update(
                    t, d, {.angle = 0.1, .center = (flags & 4) != 0, .radius = radius}, rows);
              } else {
                kernels.plain_update(t, d, {.decay = 0.02, .size = 0.05}, rows);
              }
              std::vector<float> all = joined({t.w, m, v});
              append_sums(all, rows, C);
              return all;
            },
            1e-6);
      }
    }
  }
}

TEST(CpuTargets, OtherUpdates) {
  for (const int64_t C : {3, 70, 300}) {
    expect_same_on_every_target(
        [&](Kernels& kernels) {
          Numbers n;
          const Tensor y = n.normal({5, C}), z = n.normal({5, C}), g = n.normal({5, C});
          const Tensor v = n.normal({5, C}), out = n.normal({5, C}), m = n.normal({5, C});
          for (float& x : v.span<float>()) x = x * x;
          std::vector<UpdateSums> free(5), mixed(5);
          kernels.schedule_free_update(y, z, v, g, {.lr = 0.1, .weight_decay = 0.1, .k = 0.3},
                                       free);
          kernels.momentum_mix(out, m, g, {.keep = 0.9, .add = 0.1, .mix_m = 0.5}, mixed);
          const Tensor scaled = n.normal({5, C});
          kernels.scale_rows(scaled, std::vector<double>{1, 2, 3, 4, 0.5});
          std::vector<float> all = joined({y, z, v, out, m, scaled});
          append_sums(all, free, C);
          append_sums(all, mixed, C);
          return all;
        },
        1e-6);
  }
}

TEST(CpuAttention, SplitHeadsGiveTheBytesOfWholeHeads) {
  // One head and 600 queries: whole on one thread, split into spans on three.
  const AttentionShape s{.B = 1, .T = 600, .H = 2, .H_kv = 1, .head_size = 24};
  Numbers n;
  const Tensor qkv = n.normal({1, s.T, s.qkv_cols()}), lse = n.normal({1, s.H, s.T});
  const Tensor out = n.normal({1, s.T, s.out_cols()}), dout = n.normal({1, s.T, s.out_cols()});
  const Tensor dqkv = n.normal({1, s.T, s.qkv_cols()});
  const auto kernels = make_cpu_kernels();
  const auto run = [&](int threads) {
    set_thread_count(threads);
    kernels->attention_forward(out, lse, qkv, s);
    kernels->attention_backward(dqkv, dout, qkv, out, lse, s);
    return joined({out, lse, dqkv});
  };
  const int before = thread_count();
  const std::vector<float> whole = run(1), split = run(3);
  set_thread_count(before);
  EXPECT_EQ(std::memcmp(whole.data(), split.data(), whole.size() * sizeof(float)), 0);
}

TEST(CpuAttention, EarlierQueriesKeepTheirBytesWhenLaterTokensChange) {
  const AttentionShape s{.B = 1, .T = 100, .H = 1, .H_kv = 1, .head_size = 16};
  const int64_t first_changed = 70;
  Numbers n;
  const Tensor qkv = n.normal({1, s.T, s.qkv_cols()}), lse = n.normal({1, 1, s.T});
  const Tensor out = n.normal({1, s.T, s.out_cols()});
  const auto kernels = make_cpu_kernels();
  kernels->attention_forward(out, lse, qkv, s);
  const std::vector<float> before = copy(out);
  for (int64_t i = first_changed * s.qkv_cols(); i < qkv.size(); ++i) qkv.f32()[i] *= 30;
  kernels->attention_forward(out, lse, qkv, s);
  EXPECT_EQ(std::memcmp(before.data(), out.raw(),
                        static_cast<size_t>(first_changed * s.out_cols()) * sizeof(float)),
            0);
  EXPECT_NE(before.back(), copy(out).back());
}

}  // namespace
}  // namespace coldstart::kernels::cpu
