// Attention of one new query a sequence against cached keys and values (sampling).
//
//   s_u = q . k_u / sqrt(hs),  p = softmax(s),  out = sum_u p_u v_u
//
// Bound by reading the cache once: all query heads of a group share the pass over their keys and
// values. One task a (sequence, key and value head). Test: tests/kernels/cpu_targets_test.cpp.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/cpu/scratch.h"
#include "coldstart/kernels/shapes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/attention_decode.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, which the -inl headers expect.
#include "coldstart/kernels/cpu/simd_math-inl.h"
#include "coldstart/kernels/cpu/vector_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace {

float Dot(const float* a, const float* b, int64_t n) {
  FloatVec sum = hn::Zero(FloatTag());
  VectorLoop(n, [&](int64_t k, auto part)
                    HWY_ATTR { sum = hn::MulAdd(part.Load(a + k), part.Load(b + k), sum); });
  return LaneSum(sum);
}

void SoftmaxRow(float* scores, int64_t length) {
  const FloatTag d;
  const float max = *std::max_element(scores, scores + length);
  FloatVec sum = hn::Zero(d);
  VectorLoop(length, [&](int64_t k, auto part) HWY_ATTR {
    const FloatVec p = Exp(d, hn::Sub(part.Load(scores + k), hn::Set(d, max)));
    sum = hn::Add(sum, part.Mask(p));
    part.Store(p, scores + k);
  });
  const FloatVec factor = hn::Set(d, 1.0f / LaneSum(sum));
  VectorLoop(length, [&](int64_t k, auto part) HWY_ATTR {
    part.Store(hn::Mul(part.Load(scores + k), factor), scores + k);
  });
}

}  // namespace

// The `group` query heads of one key and value head; cache rows are `cache_cols` apart.
void AttentionDecodeTask(float* out, const float* q, const float* keys, const float* values,
                         int64_t group, int64_t head_size, int64_t length, int64_t cache_cols) {
  float* scores = thread_scratch(ScratchSlot::attention, group * length);
  const float scale = 1.0f / std::sqrt(static_cast<float>(head_size));
  for (int64_t u = 0; u < length; ++u) {
    for (int64_t h = 0; h < group; ++h) {
      scores[h * length + u] = scale * Dot(q + h * head_size, keys + u * cache_cols, head_size);
    }
  }
  for (int64_t h = 0; h < group; ++h) SoftmaxRow(scores + h * length, length);
  std::fill_n(out, group * head_size, 0.0f);
  for (int64_t u = 0; u < length; ++u) {
    const float* value = values + u * cache_cols;
    for (int64_t h = 0; h < group; ++h) {
      const FloatVec weight = hn::Set(FloatTag(), scores[h * length + u]);
      float* sum = out + h * head_size;
      VectorLoop(head_size, [&](int64_t k, auto part) HWY_ATTR {
        part.Store(hn::MulAdd(weight, part.Load(value + k), part.Load(sum + k)), sum + k);
      });
    }
  }
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {

HWY_EXPORT(AttentionDecodeTask);

void CpuKernels::attention_decode(Tensor out, Tensor q, Tensor k_cache, Tensor v_cache,
                                  int64_t length, const AttentionShape& shape) {
  const int64_t capacity = check_attention_decode(out, q, k_cache, v_cache, length, shape);
  const int64_t hs = shape.head_size, group = shape.H / shape.H_kv;
  const int64_t cache_cols = shape.H_kv * hs;
  float* to = out.f32();
  const float *from = q.f32(), *keys = k_cache.f32(), *values = v_cache.f32();
  parallel_for(shape.B * shape.H_kv, 1, [&](int64_t task, int64_t, int64_t) {
    const int64_t b = task / shape.H_kv, h_kv = task % shape.H_kv;
    const int64_t query_at = b * shape.out_cols() + h_kv * group * hs;
    const int64_t cache_at = b * capacity * cache_cols + h_kv * hs;
    HWY_DYNAMIC_DISPATCH(AttentionDecodeTask)
    (to + query_at, from + query_at, keys + cache_at, values + cache_at, group, hs, length,
     cache_cols);
  });
}

}  // namespace coldstart::kernels::cpu
#endif  // HWY_ONCE
