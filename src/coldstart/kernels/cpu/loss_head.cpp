// Output head: logits, softmax and cross-entropy in chunks of rows, so that the logits of a whole
// batch never exist.
//
// The logits of a chunk are kept transposed, z (V, rows): the large vocabulary matrix w is then
// always the left operand of the products, which is read once and packed in L2, never copied
// whole; and softmax runs along vectors of rows without horizontal sums. After the forward product,
//   1. every block of the vocabulary gives its maximum and its sum of exponentials a row;
//   2. these are joined in block order: lse = logsumexp(z), losses = lse - z[target];
//   3. block by block of the vocabulary, while it is in cache: dz = grad_scale (exp(z - lse) -
//      onehot) in place, dx += dz w, dw (+)= dz^T x.
// With label smoothing e every block also gives its sum of logits, losses = lse - (1-e) z[target] -
// e mean(z), and e / V is taken from every element of softmax; without it nothing changes.
// Test: tests/kernels/, against the reference.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/loss_head.cpp"
#include <hwy/foreach_target.h>
// after foreach_target
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/cpu/gemm.h"
#include "coldstart/kernels/cpu/scratch.h"
#include "coldstart/kernels/cpu/simd_math-inl.h"
#include "coldstart/kernels/shapes.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Columns of z are rows of the batch; `stride` of them, a multiple of the lanes.
// max[n] and sum[n] = sum_v exp(z[v][n] - max[n]) over `count` rows of z.
void softmax_block(const float* z, int64_t count, int64_t stride, float* max, float* sum) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t n = 0; n < stride; n += lanes) {
    auto top = hn::LoadU(d, z + n);
    for (int64_t v = 1; v < count; ++v) top = hn::Max(top, hn::LoadU(d, z + v * stride + n));
    auto total = hn::Zero(d);
    for (int64_t v = 0; v < count; ++v) {
      total = hn::Add(total, Exp(d, hn::Sub(hn::LoadU(d, z + v * stride + n), top)));
    }
    hn::StoreU(top, d, max + n);
    hn::StoreU(total, d, sum + n);
  }
}

// sum[n] = sum_v z[v][n] over `count` rows of z.
void sum_rows(const float* z, int64_t count, int64_t stride, float* sum) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t n = 0; n < stride; n += lanes) {
    auto total = hn::Zero(d);
    for (int64_t v = 0; v < count; ++v) total = hn::Add(total, hn::LoadU(d, z + v * stride + n));
    hn::StoreU(total, d, sum + n);
  }
}

// z -= share * scale[n]
void subtract_share(float* z, int64_t count, int64_t stride, const float* scale, float share) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto factor = hn::Set(d, share);
  for (int64_t v = 0; v < count; ++v) {
    float* row = z + v * stride;
    for (int64_t n = 0; n < stride; n += lanes) {
      hn::StoreU(hn::NegMulAdd(factor, hn::LoadU(d, scale + n), hn::LoadU(d, row + n)), d, row + n);
    }
  }
}

// z = exp(z - lse) * scale, both given for every column.
void softmax_gradient(float* z, int64_t count, int64_t stride, const float* lse,
                      const float* scale) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t v = 0; v < count; ++v) {
    float* row = z + v * stride;
    for (int64_t n = 0; n < stride; n += lanes) {
      const auto p = Exp(d, hn::Sub(hn::LoadU(d, row + n), hn::LoadU(d, lse + n)));
      hn::StoreU(hn::Mul(p, hn::LoadU(d, scale + n)), d, row + n);
    }
  }
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {
HWY_EXPORT(softmax_block);
HWY_EXPORT(softmax_gradient);
HWY_EXPORT(sum_rows);
HWY_EXPORT(subtract_share);

namespace {

constexpr int64_t kStatRows = 128;         // vocabulary rows of one partial maximum and sum
constexpr int64_t kGradientRows = 4096;    // vocabulary rows of one step of the backward pass
constexpr int64_t kLogitBytes = 64 << 20;  // of one chunk
constexpr int64_t kLaneMultiple = 16;

// One chunk of the batch.
struct Chunk {
  int64_t rows, C, V, stride;
  const float* x;
  const float* w;
  const int32_t* targets;
  float* z;      // (V, stride)
  float* lse;    // (stride)
  float* scale;  // (stride): grad_scale, or 0 where there is no target
  float* stats;  // (blocks, 2, stride)
  float* sums;   // (blocks, stride): of logits, with smoothing
  double smoothing;
};

float smoothed_loss(const Chunk& c, int64_t n, double lse, int64_t blocks) {
  double sum = 0;
  for (int64_t b = 0; b < blocks; ++b) sum += static_cast<double>(c.sums[b * c.stride + n]);
  const auto hit = static_cast<double>(c.z[c.targets[n] * c.stride + n]);
  return static_cast<float>(lse - (1 - c.smoothing) * hit -
                            c.smoothing * sum / static_cast<double>(c.V));
}

void forward(const Chunk& c, float* losses) {
  gemm({.M = c.V,
        .N = c.rows,
        .K = c.C,
        .a = c.w,
        .a_row = c.C,
        .a_col = 1,
        .b = c.x,
        .b_row = 1,
        .b_col = c.C,
        .c = c.z,
        .c_row = c.stride});
  parallel_for(c.V, kStatRows, [&](int64_t begin, int64_t end, int64_t block) {
    float* max = c.stats + block * 2 * c.stride;
    HWY_DYNAMIC_DISPATCH(softmax_block)
    (c.z + begin * c.stride, end - begin, c.stride, max, max + c.stride);
    if (c.smoothing > 0) {
      HWY_DYNAMIC_DISPATCH(sum_rows)
      (c.z + begin * c.stride, end - begin, c.stride, c.sums + block * c.stride);
    }
  });
  const int64_t blocks = div_up(c.V, kStatRows);
  parallel_for(c.rows, 64, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t n = begin; n < end; ++n) {
      float max = c.stats[n];
      for (int64_t b = 1; b < blocks; ++b) max = std::max(max, c.stats[b * 2 * c.stride + n]);
      double sum = 0;
      for (int64_t b = 0; b < blocks; ++b) {
        const float* stats = c.stats + b * 2 * c.stride + n;
        sum += static_cast<double>(stats[c.stride]) * std::exp(static_cast<double>(stats[0] - max));
      }
      const double lse = static_cast<double>(max) + std::log(sum);
      c.lse[n] = static_cast<float>(lse);
      const int32_t target = c.targets[n];
      losses[n] = target < 0
                      ? 0.0F
                      : static_cast<float>(lse - static_cast<double>(c.z[target * c.stride + n]));
      if (c.smoothing > 0 && target >= 0) losses[n] = smoothed_loss(c, n, lse, blocks);
    }
  });
}

// dx (rows, C) = dz w, summed over the vocabulary. With a large vocabulary as dx^T = w^T dz, in
// `transposed` (C, rows), so that w is not copied; the transposition at the end is small beside it.
void add_dx(const Chunk& c, int64_t begin, int64_t end, float* dx, float* transposed) {
  const float* dz = c.z + begin * c.stride;
  const float* w = c.w + begin * c.C;
  if (transposed != nullptr) {
    gemm({.M = c.C,
          .N = c.rows,
          .K = end - begin,
          .a = w,
          .a_row = 1,
          .a_col = c.C,
          .b = dz,
          .b_row = c.stride,
          .b_col = 1,
          .c = transposed,
          .c_row = c.rows,
          .accumulate = begin > 0});
  } else {
    gemm({.M = c.rows,
          .N = c.C,
          .K = end - begin,
          .a = dz,
          .a_row = 1,
          .a_col = c.stride,
          .b = w,
          .b_row = c.C,
          .b_col = 1,
          .c = dx,
          .c_row = c.C,
          .accumulate = begin > 0});
  }
}

void backward(const Chunk& c, float grad_scale, float* dx, float* dw, bool accumulate_dw) {
  const float hit = grad_scale * static_cast<float>(1 - c.smoothing);
  const auto share = static_cast<float>(c.smoothing / static_cast<double>(c.V));
  float* transposed = nullptr;
  if (c.V > 2 * c.rows) transposed = thread_scratch(ScratchSlot::head_gradient, c.rows * c.C);
  for (int64_t n = 0; n < c.rows; ++n) c.scale[n] = c.targets[n] < 0 ? 0.0F : grad_scale;
  for (int64_t begin = 0; begin < c.V; begin += kGradientRows) {
    const int64_t end = std::min(c.V, begin + kGradientRows);
    parallel_for(end - begin, kStatRows, [&](int64_t first, int64_t last, int64_t) {
      HWY_DYNAMIC_DISPATCH(softmax_gradient)
      (c.z + (begin + first) * c.stride, last - first, c.stride, c.lse, c.scale);
      if (c.smoothing > 0) {
        HWY_DYNAMIC_DISPATCH(subtract_share)
        (c.z + (begin + first) * c.stride, last - first, c.stride, c.scale, share);
      }
    });
    for (int64_t n = 0; n < c.rows; ++n) {
      const int64_t target = c.targets[n];
      if (target >= begin && target < end) c.z[target * c.stride + n] -= hit;
    }
    add_dx(c, begin, end, dx, transposed);
    gemm({.M = end - begin,
          .N = c.C,
          .K = c.rows,
          .a = c.z + begin * c.stride,
          .a_row = c.stride,
          .a_col = 1,
          .b = c.x,
          .b_row = c.C,
          .b_col = 1,
          .c = dw + begin * c.C,
          .c_row = c.C,
          .accumulate = accumulate_dw});
  }
  if (transposed == nullptr) return;
  parallel_for(c.rows, 16, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t k = 0; k < c.C; ++k) {
      for (int64_t n = begin; n < end; ++n) dx[n * c.C + k] = transposed[k * c.rows + n];
    }
  });
}

}  // namespace

void CpuKernels::loss_head(Tensor losses, Tensor dx, Tensor dw, Tensor x, Tensor w,
                           std::span<const int32_t> targets, const LossRule& rule) {
  const LossHeadShape shape = check_loss_head(losses, dx, dw, x, w, targets);
  const int64_t N = shape.N, C = shape.C, V = shape.V;
  // At least 256 rows, so that w, which is read once a chunk, is used well; chunks of equal size.
  const int64_t most_rows = std::clamp<int64_t>(kLogitBytes / (4 * V), 256, 4096);
  const int64_t chunk_rows = div_up(N, div_up(N, most_rows));
  const int64_t stride = div_up(chunk_rows, kLaneMultiple) * kLaneMultiple;
  const int64_t blocks = div_up(V, kStatRows);
  const int64_t stats = rule.smoothing > 0 ? 3 : 2;
  float* z = thread_scratch(ScratchSlot::logits, (V + 2 + stats * blocks) * stride);
  for (int64_t begin = 0; begin < N; begin += chunk_rows) {
    const Chunk chunk{.rows = std::min(chunk_rows, N - begin),
                      .C = C,
                      .V = V,
                      .stride = stride,
                      .x = x.f32() + begin * C,
                      .w = w.f32(),
                      .targets = targets.data() + begin,
                      .z = z,
                      .lse = z + V * stride,
                      .scale = z + (V + 1) * stride,
                      .stats = z + (V + 2) * stride,
                      .sums = z + (V + 2 + 2 * blocks) * stride,
                      .smoothing = rule.smoothing};
    forward(chunk, losses.f32() + begin);
    if (!shape.gradients) continue;
    backward(chunk, static_cast<float>(rule.grad_scale), dx.f32() + begin * C, dw.f32(), begin > 0);
  }
}

}  // namespace coldstart::kernels::cpu
#endif
