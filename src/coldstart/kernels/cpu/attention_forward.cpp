// Causal attention, forward, without a T x T matrix (Dao et al., FlashAttention, 2022).
//
//   S = Q K^T / sqrt(hs),  P = softmax over the keys up to the query,  out = P V
//   lse = log of the sum of exp(S)
//
// Per query block the keys come in blocks of kKeyBlock. Running maximum m and sum l of each query;
// when the maximum grows, sum and output so far shrink by exp(m_old - m_new). Scores carry a factor
// log2(e), so exp is 2^t. A query row's arithmetic does not depend on how the queries are dealt to
// the tasks. Test: tests/kernels/cpu_targets_test.cpp.
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/cpu/scratch.h"
#include "coldstart/kernels/shapes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/attention_forward.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, which the -inl headers expect.
#include <hwy/contrib/math/math-inl.h>

#include "coldstart/kernels/cpu/attention_dropout-inl.h"
#include "coldstart/kernels/cpu/attention_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace {

// Of one block of scores; measured, see docs/performance_loops.md.
constexpr int64_t kQueryBlock = 32;
constexpr int64_t kKeyBlock = 64;
static_assert(kKeyBlock % kQueryBlock == 0);  // then the causal edge's shift is never negative
using Edge = BlockEdge<kQueryBlock>;

// Running softmax of one block of queries.
struct alignas(64) RunningSoftmax {
  float max[kQueryBlock];
  float sum[kQueryBlock];
  float shrink[kQueryBlock];  // 2^(m_old - m_new) of the last key block
};

// Scores that a query may not see become -inf.
void MaskScores(float* scores, const Edge& edge) {
  const TileTag d;
  const TileVec hidden = hn::Set(d, -std::numeric_limits<float>::infinity());
  for (int64_t v = 0; v * kLanes < edge.queries; ++v) {
    for (int64_t j = v * kLanes + edge.shift + 1; j < VisibleKeys(v, edge); ++j) {
      float* at = scores + j * kQueryBlock + v * kLanes;
      hn::Store(hn::IfThenElse(Visible(j, v, edge), hn::Load(d, at), hidden), d, at);
    }
  }
}

// Turns scores into weights 2^(score - m) in place and updates m and l. Returns whether an earlier
// output has to shrink.
bool SoftmaxBlock(float* scores, RunningSoftmax& state, const Edge& edge) {
  const TileTag d;
  bool shrinks = false;
  for (int64_t v = 0; v * kLanes < edge.queries; ++v) {
    const int64_t keys = VisibleKeys(v, edge), at = v * kLanes;
    float* column = scores + at;
    const TileVec old_max = hn::Load(d, state.max + at);
    TileVec m0 = old_max, m1 = old_max, m2 = old_max, m3 = old_max;
    int64_t j = 0;
    for (; j + 4 <= keys; j += 4) {
      m0 = hn::Max(m0, hn::Load(d, column + j * kQueryBlock));
      m1 = hn::Max(m1, hn::Load(d, column + (j + 1) * kQueryBlock));
      m2 = hn::Max(m2, hn::Load(d, column + (j + 2) * kQueryBlock));
      m3 = hn::Max(m3, hn::Load(d, column + (j + 3) * kQueryBlock));
    }
    for (; j < keys; ++j) m0 = hn::Max(m0, hn::Load(d, column + j * kQueryBlock));
    const TileVec max = hn::Max(hn::Max(m0, m1), hn::Max(m2, m3));
    const TileVec shrink = Exp2(hn::Sub(old_max, max));
    TileVec s0 = hn::Mul(hn::Load(d, state.sum + at), shrink), s1 = hn::Zero(d);
    for (j = 0; j + 2 <= keys; j += 2) {
      const TileVec p0 = Exp2(hn::Sub(hn::Load(d, column + j * kQueryBlock), max));
      const TileVec p1 = Exp2(hn::Sub(hn::Load(d, column + (j + 1) * kQueryBlock), max));
      hn::Store(p0, d, column + j * kQueryBlock);
      hn::Store(p1, d, column + (j + 1) * kQueryBlock);
      s0 = hn::Add(s0, p0);
      s1 = hn::Add(s1, p1);
    }
    if (j < keys) {
      const TileVec p = Exp2(hn::Sub(hn::Load(d, column + j * kQueryBlock), max));
      hn::Store(p, d, column + j * kQueryBlock);
      s0 = hn::Add(s0, p);
    }
    hn::Store(max, d, state.max + at);
    hn::Store(hn::Add(s0, s1), d, state.sum + at);
    hn::Store(shrink, d, state.shrink + at);
    shrinks |= !hn::AllTrue(d, hn::Eq(shrink, hn::Set(d, 1.0f)));
  }
  return shrinks;
}

void ScaleRows(float* rows, int64_t stride, const float* factors, int64_t count) {
  const TileTag d;
  for (int64_t i = 0; i < count; ++i) {
    const TileVec factor = hn::Set(d, factors[i]);
    for (int64_t k = 0; k < stride; k += kLanes) {
      float* at = rows + i * stride + k;
      hn::Store(hn::Mul(hn::Load(d, at), factor), d, at);
    }
  }
}

// lse = (m + log2 l) ln 2, and 1/l into `shrink`.
void FinishSoftmax(RunningSoftmax& state, float* lse, int64_t queries) {
  const TileTag d;
  const TileVec ln2 = hn::Set(d, std::numbers::ln2_v<float>);
  HWY_ALIGN float finished[kQueryBlock];
  for (int64_t at = 0; at < queries; at += kLanes) {
    const TileVec sum = hn::Load(d, state.sum + at);
    hn::Store(hn::Div(hn::Set(d, 1.0f), sum), d, state.shrink + at);
    hn::Store(hn::MulAdd(hn::Load(d, state.max + at), ln2, hn::Log(d, sum)), d, finished + at);
  }
  std::copy_n(finished, queries, lse);
}

}  // namespace

// Queries [q_begin, q_end) of all query heads that share one key and value head.
void AttentionForwardTask(const AttentionShape& s, const float* qkv, float* out, float* lse,
                          int64_t b, int64_t h_kv, int64_t q_begin, int64_t q_end) {
  const int64_t hs = s.head_size, qkv_cols = s.qkv_cols(), out_cols = s.out_cols();
  const int64_t vecs = (hs + kLanes - 1) / kLanes, stride = vecs * kLanes;
  const int64_t padded_keys = (q_end + kTileRows - 1) / kTileRows * kTileRows;
  const WeightMask mask(s.dropout, b);
  const int64_t blocks = mask.on() ? 2 : 1;
  float* keys =
      thread_scratch(ScratchSlot::attention,
                     2 * padded_keys * stride + kQueryBlock * (blocks * kKeyBlock + 2 * stride));
  float* values = keys + padded_keys * stride;
  float* q_t = values + padded_keys * stride;         // (hs, kQueryBlock)
  float* o = q_t + stride * kQueryBlock;              // (kQueryBlock, stride)
  float* scores = o + kQueryBlock * stride;           // (kKeyBlock, kQueryBlock)
  float* factors = scores + kKeyBlock * kQueryBlock;  // the same, with dropout
  const float* sequence = qkv + b * s.T * qkv_cols;
  const float* k_head = sequence + (s.H + h_kv) * hs;
  PackRows(k_head, qkv_cols, q_end, hs, keys, stride);
  PackRows(k_head + s.H_kv * hs, qkv_cols, q_end, hs, values, stride);

  const float score_scale = std::numbers::log2e_v<float> / std::sqrt(static_cast<float>(hs));
  const int64_t group = s.H / s.H_kv;
  RunningSoftmax state;
  for (int64_t h = h_kv * group; h < (h_kv + 1) * group; ++h) {
    for (int64_t q0 = q_begin; q0 < q_end; q0 += kQueryBlock) {
      const int64_t queries = std::min(kQueryBlock, q_end - q0);
      PackTransposed(sequence + q0 * qkv_cols + h * hs, qkv_cols, queries, hs, score_scale, q_t,
                     kQueryBlock);
      std::fill_n(state.max, kQueryBlock, -std::numeric_limits<float>::infinity());
      std::fill_n(state.sum, kQueryBlock, 0.0f);
      for (int64_t k0 = 0; k0 < q0 + queries; k0 += kKeyBlock) {
        const Edge edge{queries, std::min(kKeyBlock, q0 + queries - k0), q0 - k0};
        ScoreBlock(keys + k0 * stride, stride, q_t, hs, scores, edge);
        MaskScores(scores, edge);
        const bool shrinks = SoftmaxBlock(scores, state, edge);
        if (mask.on()) {
          DropoutFactors(mask, h, q0, k0, edge, factors);
          MultiplyBlock(scores, factors, edge);
        }
        if (k0 > 0 && shrinks) ScaleRows(o, stride, state.shrink, queries);
        QueryBlockProduct(scores, values + k0 * stride, stride, vecs, o, k0 > 0, edge);
      }
      FinishSoftmax(state, lse + (b * s.H + h) * s.T + q0, queries);
      UnpackRows(o, stride, queries, hs, out + (b * s.T + q0) * out_cols + h * hs, out_cols,
                 [&](int64_t i) HWY_ATTR { return state.shrink[i]; });
    }
  }
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {

HWY_EXPORT(AttentionForwardTask);

namespace {

// Queries a task: whole sequences while there are tasks enough for the threads; otherwise fewer,
// but never so few that packing the keys again for each task would show.
int64_t queries_per_task(const AttentionShape& s) {
  constexpr int64_t kFewest = 256;
  const int64_t tasks_wanted = int64_t{4} * thread_count();
  const int64_t spans = std::max<int64_t>(1, tasks_wanted / (s.B * s.H_kv));
  return std::max(kFewest, div_up(div_up(s.T, spans), int64_t{64}) * 64);
}

}  // namespace

void CpuKernels::attention_forward(Tensor out, Tensor lse, Tensor qkv,
                                   const AttentionShape& shape) {
  check_attention_forward(out, lse, qkv, shape);
  const float* in = qkv.f32();
  float *to = out.f32(), *to_lse = lse.f32();
  const int64_t span = queries_per_task(shape), spans = div_up(shape.T, span);
  parallel_for(shape.B * shape.H_kv * spans, 1, [&](int64_t task, int64_t, int64_t) {
    const int64_t head = task / spans;
    const int64_t q_begin = (spans - 1 - task % spans) * span;  // late queries have most keys
    HWY_DYNAMIC_DISPATCH(AttentionForwardTask)
    (shape, in, to, to_lse, head / shape.H_kv, head % shape.H_kv, q_begin,
     std::min(shape.T, q_begin + span));
  });
}

}  // namespace coldstart::kernels::cpu
#endif  // HWY_ONCE
