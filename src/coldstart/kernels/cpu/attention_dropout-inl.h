// Dropout of attention weights (dropout.h) for one block of scores, which lie (key, query): lanes
// are queries, and a vector of counters decides on eight keys.
//
// The forward pass multiplies P by the factors before P V; the backward pass dP before dS = P * (dP
// - D), and P before dV = P^T dO. Called only where there is dropout: without it nothing changes.
// Test: tests/kernels/dropout_test.cpp.
#if defined(COLDSTART_KERNELS_CPU_ATTENTION_DROPOUT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_ATTENTION_DROPOUT_INL_H_
#undef COLDSTART_KERNELS_CPU_ATTENTION_DROPOUT_INL_H_
#else
#define COLDSTART_KERNELS_CPU_ATTENTION_DROPOUT_INL_H_
#endif

#include "coldstart/kernels/cpu/attention_tiles-inl.h"
#include "coldstart/kernels/cpu/philox-inl.h"
#include "coldstart/kernels/dropout.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

// The masks of one sequence.
struct WeightMask {
  WeightMask(const Dropout& dropout, int64_t b)
      : threshold(dropout.threshold()),
        scale(static_cast<float>(dropout.scale())),
        key(threshold > 0 ? dropout.key(b) : std::array<uint32_t, 2>{}) {}
  bool on() const { return threshold > 0; }

  uint32_t threshold;
  float scale;
  std::array<uint32_t, 2> key;
};

// factors (key, query) of head h: 0 or the scale, for all pairs that count; k0 is a multiple of 8.
template <int64_t kQueryBlock>
HWY_INLINE void DropoutFactors(const WeightMask& mask, int64_t h, int64_t q0, int64_t k0,
                               const BlockEdge<kQueryBlock>& edge, float* factors) {
  const TileTag d;
  const CounterTag du;
  const CounterVec limit = hn::Set(du, mask.threshold), low = hn::Set(du, 0xFFFFU);
  const TileVec scale = hn::Set(d, mask.scale);
  const auto store = [&](CounterVec number, float* to) HWY_ATTR {
    hn::Store(hn::IfThenZeroElse(Below(number, limit), scale), d, to);
  };
  for (int64_t v = 0; v * kLanes < edge.queries; ++v) {
    const CounterVec queries = hn::Iota(du, static_cast<uint32_t>(q0 + v * kLanes));
    for (int64_t j = 0; j < VisibleKeys(v, edge); j += kDropoutBlock) {
      const PhiloxVecs r = Philox(queries, static_cast<uint32_t>((k0 + j) / kDropoutBlock),
                                  static_cast<uint32_t>(h), mask.key);
      float* to = factors + j * kQueryBlock + v * kLanes;
      for (const CounterVec& word : {r.r0, r.r1, r.r2, r.r3}) {
        store(hn::And(word, low), to);
        store(hn::ShiftRight<16>(word), to + kQueryBlock);
        to += 2 * kQueryBlock;
      }
    }
  }
}

// block *= factors, for all pairs that count.
template <int64_t kQueryBlock>
HWY_INLINE void MultiplyBlock(float* block, const float* factors,
                              const BlockEdge<kQueryBlock>& edge) {
  const TileTag d;
  for (int64_t v = 0; v * kLanes < edge.queries; ++v) {
    for (int64_t j = 0; j < VisibleKeys(v, edge); ++j) {
      const int64_t at = j * kQueryBlock + v * kLanes;
      hn::Store(hn::Mul(hn::Load(d, block + at), hn::Load(d, factors + at)), d, block + at);
    }
  }
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_ATTENTION_DROPOUT_INL_H_
