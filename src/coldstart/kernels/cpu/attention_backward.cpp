// Causal attention, backward, with the weights recomputed from lse (Dao et al., FlashAttention).
//
//   P = exp(S - lse),  D = rowsum(dO * O),  dS = P * (dO V^T - D)
//   with dropout P in dV, and dO V^T in dS, times its factors (attention_dropout-inl.h)
//   dV = P^T dO,  dK = dS^T Q / sqrt(hs),  dQ = dS K / sqrt(hs)
//
// Queries outside, keys inside: dQ of a query block is summed over the key blocks in order, dK and
// dV of a key block over heads and query blocks in order. One task does all of a key and value
// head, 5 block products; with too few of those for the threads, queries (for dQ) and keys (for dK,
// dV) become separate tasks that recompute P and dO V^T, 7 products in all. Every sum keeps its
// order, so both ways give the same bytes. Test: tests/kernels/cpu_targets_test.cpp.
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/cpu/scratch.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels::cpu {

#ifndef COLDSTART_KERNELS_CPU_ATTENTION_BACKWARD_ONCE
#define COLDSTART_KERNELS_CPU_ATTENTION_BACKWARD_ONCE
struct AttentionBackwardTensors {
  float* dqkv;
  const float *dout, *qkv, *out, *lse;
};

// What one task computes, for all query heads of key and value head h_kv of sequence b.
struct AttentionBackwardPart {
  int64_t b, h_kv;
  int64_t q_begin, q_end;  // multiples of kShortestSpan, or the end of the sequence
  int64_t k_begin, k_end;
  bool want_dq, want_dkv;
};
#endif

}  // namespace coldstart::kernels::cpu

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/attention_backward.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, which the -inl header expects.
#include "coldstart/kernels/cpu/attention_dropout-inl.h"
#include "coldstart/kernels/cpu/attention_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace {

// Of one block of scores; measured, see docs/performance_loops.md.
constexpr int64_t kQueryBlock = 64;
constexpr int64_t kKeyBlock = 64;
static_assert(kKeyBlock % kQueryBlock == 0);  // then the causal edge's shift is never negative
using Edge = BlockEdge<kQueryBlock>;

// One block of queries in every form that the products need.
struct QueryBlock {
  float* q_t;     // (hs, kQueryBlock), scaled by log2(e) / sqrt(hs)
  float* q;       // (kQueryBlock, stride)
  float* dout_t;  // (hs, kQueryBlock)
  float* dout;    // (kQueryBlock, stride)
  float* dq;      // (kQueryBlock, stride)
  float* lse;     // (kQueryBlock), times log2(e)
  float* D;       // (kQueryBlock)
};

float Dot(const float* a, const float* b, int64_t n) {
  const TileTag d;
  TileVec sum = hn::Zero(d);
  int64_t k = 0;
  for (; k + kLanes <= n; k += kLanes) {
    sum = hn::MulAdd(hn::LoadU(d, a + k), hn::LoadU(d, b + k), sum);
  }
  float total = hn::GetLane(hn::SumOfLanes(d, sum));
  for (; k < n; ++k) total += a[k] * b[k];
  return total;
}

void LoadQueries(const QueryBlock& to, const AttentionBackwardTensors& t, const AttentionShape& s,
                 int64_t b, int64_t h, int64_t q0, int64_t queries, int64_t stride) {
  const int64_t hs = s.head_size, qkv_cols = s.qkv_cols(), out_cols = s.out_cols();
  const float* q = t.qkv + (b * s.T + q0) * qkv_cols + h * hs;
  const float* dout = t.dout + (b * s.T + q0) * out_cols + h * hs;
  const float* out = t.out + (b * s.T + q0) * out_cols + h * hs;
  const float* lse = t.lse + (b * s.H + h) * s.T + q0;
  const float score_scale = std::numbers::log2e_v<float> / std::sqrt(static_cast<float>(hs));
  PackTransposed(q, qkv_cols, queries, hs, score_scale, to.q_t, kQueryBlock);
  PackTransposed(dout, out_cols, queries, hs, 1.0f, to.dout_t, kQueryBlock);
  PackRows(q, qkv_cols, queries, hs, to.q, stride);
  PackRows(dout, out_cols, queries, hs, to.dout, stride);
  for (int64_t i = 0; i < kQueryBlock; ++i) {
    to.D[i] = i < queries ? Dot(to.dout + i * stride, out + i * out_cols, hs) : 0.0f;
    to.lse[i] = i < queries ? lse[i] * std::numbers::log2e_v<float> : 0.0f;
  }
}

// scores -> P = 2^(score - lse) and dweights -> dS = P * (dweights - D), in place; hidden ones 0.
void WeightsBlock(float* scores, float* dweights, const QueryBlock& block, const Edge& edge) {
  const TileTag d;
  for (int64_t v = 0; v * kLanes < edge.queries; ++v) {
    const TileVec lse = hn::Load(d, block.lse + v * kLanes), D = hn::Load(d, block.D + v * kLanes);
    const auto transform = [&](int64_t j, bool masked) HWY_ATTR {
      float* p_at = scores + j * kQueryBlock + v * kLanes;
      float* dp_at = dweights + j * kQueryBlock + v * kLanes;
      TileVec p = Exp2(hn::Sub(hn::Load(d, p_at), lse));
      TileVec ds = hn::Mul(p, hn::Sub(hn::Load(d, dp_at), D));
      if (masked) {
        const auto visible = Visible(j, v, edge);
        p = hn::IfThenElseZero(visible, p);
        ds = hn::IfThenElseZero(visible, ds);
      }
      hn::Store(p, d, p_at);
      hn::Store(ds, d, dp_at);
    };
    const int64_t keys = VisibleKeys(v, edge);
    const int64_t whole = std::min(keys, v * kLanes + edge.shift + 1);  // seen by every lane
    for (int64_t j = 0; j < whole; ++j) transform(j, false);
    for (int64_t j = whole; j < keys; ++j) transform(j, true);
  }
}

}  // namespace

void AttentionBackwardTask(const AttentionShape& s, const AttentionBackwardTensors& t,
                           const AttentionBackwardPart& part) {
  const int64_t hs = s.head_size, qkv_cols = s.qkv_cols(), group = s.H / s.H_kv;
  const int64_t vecs = (hs + kLanes - 1) / kLanes, stride = vecs * kLanes;
  const int64_t span = (part.k_end - part.k_begin + kTileRows - 1) / kTileRows * kTileRows;
  const WeightMask mask(s.dropout, part.b);
  const int64_t blocks = mask.on() ? 3 : 2;
  float* next =
      thread_scratch(ScratchSlot::attention,
                     4 * span * stride + kQueryBlock * (5 * stride + blocks * kKeyBlock + 2));
  const auto take = [&](int64_t floats) { return std::exchange(next, next + floats); };
  float *keys = take(span * stride), *values = take(span * stride);
  float *dkeys = take(span * stride), *dvalues = take(span * stride);
  const QueryBlock block{take(stride * kQueryBlock), take(stride * kQueryBlock),
                         take(stride * kQueryBlock), take(stride * kQueryBlock),
                         take(stride * kQueryBlock), take(kQueryBlock),
                         take(kQueryBlock)};
  float *scores = take(kKeyBlock * kQueryBlock), *dweights = take(kKeyBlock * kQueryBlock);
  float* factors = mask.on() ? take(kKeyBlock * kQueryBlock) : nullptr;

  const int64_t k_at = (part.b * s.T + part.k_begin) * qkv_cols + (s.H + part.h_kv) * hs;
  const int64_t v_at = k_at + s.H_kv * hs, key_count = part.k_end - part.k_begin;
  PackRows(t.qkv + k_at, qkv_cols, key_count, hs, keys, stride);
  PackRows(t.qkv + v_at, qkv_cols, key_count, hs, values, stride);
  if (part.want_dkv) {
    std::fill_n(dkeys, span * stride, 0.0f);
    std::fill_n(dvalues, span * stride, 0.0f);
  }
  const auto scaled = [scale = 1.0f / std::sqrt(static_cast<float>(hs))](int64_t)
                          HWY_ATTR { return scale; };
  for (int64_t h = part.h_kv * group; h < (part.h_kv + 1) * group; ++h) {
    for (int64_t q0 = part.q_begin; q0 < part.q_end; q0 += kQueryBlock) {
      const int64_t queries = std::min(kQueryBlock, part.q_end - q0);
      LoadQueries(block, t, s, part.b, h, q0, queries, stride);
      for (int64_t k0 = part.k_begin; k0 < std::min(part.k_end, q0 + queries); k0 += kKeyBlock) {
        const Edge edge{queries, std::min(kKeyBlock, std::min(part.k_end, q0 + queries) - k0),
                        q0 - k0};
        const int64_t at = (k0 - part.k_begin) * stride;
        ScoreBlock(keys + at, stride, block.q_t, hs, scores, edge);
        ScoreBlock(values + at, stride, block.dout_t, hs, dweights, edge);
        if (mask.on()) {
          DropoutFactors(mask, h, q0, k0, edge, factors);
          MultiplyBlock(dweights, factors, edge);
        }
        WeightsBlock(scores, dweights, block, edge);
        if (mask.on()) MultiplyBlock(scores, factors, edge);
        if (part.want_dkv) {
          KeyBlockProduct(scores, block.dout, stride, vecs, dvalues + at, edge);
          KeyBlockProduct(dweights, block.q, stride, vecs, dkeys + at, edge);
        }
        if (part.want_dq) {
          QueryBlockProduct(dweights, keys + at, stride, vecs, block.dq, k0 > part.k_begin, edge);
        }
      }
      if (part.want_dq) {
        float* dq = t.dqkv + (part.b * s.T + q0) * qkv_cols + h * hs;
        UnpackRows(block.dq, stride, queries, hs, dq, qkv_cols, scaled);
      }
    }
  }
  if (part.want_dkv) {
    UnpackRows(dkeys, stride, key_count, hs, t.dqkv + k_at, qkv_cols, scaled);
    UnpackRows(dvalues, stride, key_count, hs, t.dqkv + v_at, qkv_cols,
               [](int64_t) HWY_ATTR { return 1.0f; });
  }
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {

HWY_EXPORT(AttentionBackwardTask);

namespace {

constexpr int64_t kShortestSpan = 256;  // rows; shorter ones would pack the keys too often

// Whether splitting heads (7 products instead of 5) ends earlier than whole heads, some threads
// idle.
bool splits_heads(const AttentionShape& s) {
  const int64_t heads = s.B * s.H_kv, threads = thread_count();
  return s.T >= 2 * kShortestSpan && 5 * div_up(heads, threads) * threads > 7 * (heads + 1);
}

}  // namespace

void CpuKernels::attention_backward(Tensor dqkv, Tensor dout, Tensor qkv, Tensor out, Tensor lse,
                                    const AttentionShape& shape) {
  check_attention_backward(dqkv, dout, qkv, out, lse, shape);
  const AttentionBackwardTensors tensors{dqkv.f32(), dout.f32(), qkv.f32(), out.f32(), lse.f32()};
  const int64_t T = shape.T, heads = shape.B * shape.H_kv;
  const bool split = splits_heads(shape);
  const int64_t spans = split ? div_up(T, kShortestSpan) : 1;
  const int64_t parts = split ? 2 * spans : 1;
  parallel_for(heads * parts, 1, [&](int64_t task, int64_t, int64_t) {
    const int64_t head = task / parts, i = task % parts;
    AttentionBackwardPart part{head / shape.H_kv, head % shape.H_kv, 0, T, 0, T, true, true};
    if (split && i < spans) {  // gradient of some keys and values: the queries from there on
      part.k_begin = part.q_begin = i * kShortestSpan;
      part.k_end = std::min(T, part.k_begin + kShortestSpan);
      part.want_dq = false;
    } else if (split) {  // gradient of some queries: the keys up to there
      part.q_begin = (parts - 1 - i) * kShortestSpan;
      part.q_end = part.k_end = std::min(T, part.q_begin + kShortestSpan);
      part.want_dkv = false;
    }
    HWY_DYNAMIC_DISPATCH(AttentionBackwardTask)(shape, tensors, part);
  });
}

}  // namespace coldstart::kernels::cpu
#endif  // HWY_ONCE
