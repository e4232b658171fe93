// Normalisation of rows, fused with the residual addition:  s = x + branch,  y = norm(s).
//
//   layer:  xhat = (s - mean) rstd,  y = xhat gain + bias;   rms:  xhat = s rstd,  y = xhat gain
//   backward, g = dy gain:  ds = rstd (g - <g> - xhat <g xhat>), without <g> for rms
//                           dgain = sum_n dy xhat,  dbias = sum_n dy
//
// Every row is read from memory once and then stays in L1 for the second and third pass; the
// variance is taken from centred numbers. Backward takes kRowsAtOnce rows together, so that the
// column sums are loaded and stored once for all of them. Column sums: one partial row a chunk of
// rows, added in chunk order. Test: tests/kernels/cpu_targets_test.cpp.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/cpu/scratch.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels::cpu {

#ifndef COLDSTART_KERNELS_CPU_NORM_ONCE
#define COLDSTART_KERNELS_CPU_NORM_ONCE
struct NormBackwardRows {
  float *dx, *dgain, *dbias;  // dgain and dbias: partial sums, added to
  const float *dy, *x, *mean, *rstd, *gain;
  NormKind kind;
  bool accumulate;
};
#endif

}  // namespace coldstart::kernels::cpu

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/norm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, which the -inl header expects.
#include "coldstart/kernels/cpu/vector_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace {

// Sums of several vectors a step, so that the additions do not wait for each other.
template <class Term>
float RowSum(int64_t C, const Term& term) {
  constexpr int64_t kStep = 4 * kFloatLanes;
  const FloatTag d;
  FloatVec s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  int64_t k = 0;
  for (; k + kStep <= C; k += kStep) {
    s0 = hn::Add(s0, term(k, WholeVector()));
    s1 = hn::Add(s1, term(k + kFloatLanes, WholeVector()));
    s2 = hn::Add(s2, term(k + 2 * kFloatLanes, WholeVector()));
    s3 = hn::Add(s3, term(k + 3 * kFloatLanes, WholeVector()));
  }
  VectorLoop(C - k, [&](int64_t at, auto part) HWY_ATTR { s0 = hn::Add(s0, term(k + at, part)); });
  return LaneSum(hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)));
}

}  // namespace

// One row; branch and bias may be null. Returns {mean, rstd}.
std::pair<float, float> NormForwardRow(float* sum, float* y, const float* x, const float* branch,
                                       NormKind kind, const float* gain, const float* bias,
                                       int64_t C) {
  const FloatTag d;
  if (branch != nullptr) {
    VectorLoop(C, [&](int64_t k, auto part) HWY_ATTR {
      part.Store(hn::Add(part.Load(x + k), part.Load(branch + k)), sum + k);
    });
    x = sum;
  }
  const float count = static_cast<float>(C);
  float mean = 0;
  if (kind == NormKind::layer) {
    mean = RowSum(C, [&](int64_t k, auto part) HWY_ATTR { return part.Load(x + k); }) / count;
  }
  const FloatVec center = hn::Set(d, mean);
  const float square = RowSum(C, [&](int64_t k, auto part) HWY_ATTR {
    // Lanes beyond the row hold zero, and must not become -mean.
    const FloatVec v = hn::Sub(part.Load(x + k), part.Mask(center));
    return hn::Mul(v, v);
  });
  const float rstd = 1.0f / std::sqrt(square / count + static_cast<float>(kNormEpsilon));
  const FloatVec factor = hn::Set(d, rstd);
  VectorLoop(C, [&](int64_t k, auto part) HWY_ATTR {
    const FloatVec xhat = hn::Mul(hn::Sub(part.Load(x + k), center), factor);
    const FloatVec shift = bias != nullptr ? part.Load(bias + k) : hn::Zero(d);
    part.Store(hn::MulAdd(xhat, part.Load(gain + k), shift), y + k);
  });
  return {mean, rstd};
}

template <int kRows>
HWY_INLINE void NormBackwardGroup(const NormBackwardRows& r, int64_t n, int64_t C) {
  const FloatTag d;
  FloatVec center[kRows], rstd[kRows], g_mean[kRows], g_xhat_mean[kRows];
  for (int i = 0; i < kRows; ++i) {
    const float* x = r.x + (n + i) * C;
    const float* dy = r.dy + (n + i) * C;
    const FloatVec mu = hn::Set(d, r.kind == NormKind::layer ? r.mean[n + i] : 0.0f);
    const FloatVec factor = hn::Set(d, r.rstd[n + i]);
    FloatVec g_sum = hn::Zero(d), g_xhat_sum = g_sum;
    VectorLoop(C, [&](int64_t k, auto part) HWY_ATTR {
      const FloatVec g = hn::Mul(part.Load(dy + k), part.Load(r.gain + k));
      const FloatVec xhat = hn::Mul(hn::Sub(part.Load(x + k), mu), factor);
      g_sum = hn::Add(g_sum, g);
      g_xhat_sum = hn::MulAdd(g, xhat, g_xhat_sum);
    });
    const float count = static_cast<float>(C);
    center[i] = mu;
    rstd[i] = factor;
    g_mean[i] = hn::Set(d, r.kind == NormKind::layer ? LaneSum(g_sum) / count : 0.0f);
    g_xhat_mean[i] = hn::Set(d, LaneSum(g_xhat_sum) / count);
  }
  VectorLoop(C, [&](int64_t k, auto part) HWY_ATTR {
    FloatVec dgain = part.Load(r.dgain + k), dbias = part.Load(r.dbias + k);
    const FloatVec gain = part.Load(r.gain + k);
    for (int i = 0; i < kRows; ++i) {
      const int64_t at = (n + i) * C + k;
      const FloatVec dy = part.Load(r.dy + at);
      const FloatVec xhat = hn::Mul(hn::Sub(part.Load(r.x + at), center[i]), rstd[i]);
      dgain = hn::MulAdd(dy, xhat, dgain);
      dbias = hn::Add(dbias, dy);
      const FloatVec g = hn::NegMulAdd(xhat, g_xhat_mean[i], hn::Mul(dy, gain));
      const FloatVec before = r.accumulate ? part.Load(r.dx + at) : hn::Zero(d);
      part.Store(hn::MulAdd(rstd[i], hn::Sub(g, g_mean[i]), before), r.dx + at);
    }
    part.Store(dgain, r.dgain + k);
    part.Store(dbias, r.dbias + k);
  });
}

void NormBackwardChunk(const NormBackwardRows& r, int64_t begin, int64_t end, int64_t C) {
  constexpr int kRowsAtOnce = 4;
  int64_t n = begin;
  for (; n + kRowsAtOnce <= end; n += kRowsAtOnce) NormBackwardGroup<kRowsAtOnce>(r, n, C);
  for (; n < end; ++n) NormBackwardGroup<1>(r, n, C);
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {

HWY_EXPORT(NormForwardRow);
HWY_EXPORT(NormBackwardChunk);

void CpuKernels::residual_norm_forward(Tensor sum, Tensor y, Tensor mean, Tensor rstd, Tensor x,
                                       Tensor branch, NormKind kind, Tensor gain, Tensor bias) {
  constexpr int64_t kRowsPerChunk = 16;
  const RowsShape s = check_residual_norm_forward(sum, y, mean, rstd, x, branch, kind, gain, bias);
  const float *px = x.f32(), *pgain = gain.f32();
  const float* pbranch = branch ? branch.f32() : nullptr;
  const float* pbias = bias ? bias.f32() : nullptr;
  float *py = y.f32(), *prstd = rstd.f32();
  float* psum = branch ? sum.f32() : nullptr;
  float* pmean = kind == NormKind::layer ? mean.f32() : nullptr;
  parallel_for(s.N, kRowsPerChunk, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t n = begin; n < end; ++n) {
      const int64_t at = n * s.C;
      const auto [row_mean, row_rstd] = HWY_DYNAMIC_DISPATCH(NormForwardRow)(
          psum ? psum + at : nullptr, py + at, px + at, pbranch ? pbranch + at : nullptr, kind,
          pgain, pbias, s.C);
      if (pmean) pmean[n] = row_mean;
      prstd[n] = row_rstd;
    }
  });
}

void CpuKernels::norm_backward(Tensor dx, Tensor dgain, Tensor dbias, Tensor dy, Tensor x,
                               Tensor mean, Tensor rstd, NormKind kind, Tensor gain,
                               bool accumulate) {
  constexpr int64_t kRowsPerChunk = 64, kColsPerChunk = 1024;
  const RowsShape s = check_norm_backward(dx, dgain, dbias, dy, x, mean, rstd, kind, gain);
  const int64_t chunks = div_up(s.N, kRowsPerChunk);
  float* partials = thread_scratch(ScratchSlot::partial_sums, chunks * 2 * s.C);
  const NormBackwardRows all{dx.f32(),   nullptr,    nullptr,
                             dy.f32(),   x.f32(),    kind == NormKind::layer ? mean.f32() : nullptr,
                             rstd.f32(), gain.f32(), kind,
                             accumulate};
  parallel_for(s.N, kRowsPerChunk, [&](int64_t begin, int64_t end, int64_t chunk) {
    NormBackwardRows rows = all;
    rows.dgain = partials + chunk * 2 * s.C;
    rows.dbias = rows.dgain + s.C;
    std::fill_n(rows.dgain, 2 * s.C, 0.0f);
    HWY_DYNAMIC_DISPATCH(NormBackwardChunk)(rows, begin, end, s.C);
  });
  const auto sum_column = [&](int64_t column) {
    double sum = 0;
    for (int64_t k = 0; k < chunks; ++k) sum += partials[k * 2 * s.C + column];
    return static_cast<float>(sum);
  };
  float *pdgain = dgain.f32(), *pdbias = dbias ? dbias.f32() : nullptr;
  parallel_for(s.C, kColsPerChunk, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t c = begin; c < end; ++c) {
      pdgain[c] = sum_column(c);
      if (pdbias) pdbias[c] = sum_column(s.C + c);
    }
  });
}

}  // namespace coldstart::kernels::cpu
#endif  // HWY_ONCE
