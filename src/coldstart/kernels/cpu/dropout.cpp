// y = x with dropout (dropout.h): a vector of counters decides on eight vectors of elements, about
// four instructions an element in all, so the pass waits for memory as a copy does.
//
// Test: tests/kernels/dropout_test.cpp.
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/cpu_kernels.h"
#include "coldstart/kernels/shapes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/dropout.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, which the -inl headers expect.
#include "coldstart/kernels/cpu/philox-inl.h"
#include "coldstart/kernels/cpu/vector_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

constexpr int64_t kGroup = kDropoutBlock * kFloatLanes;  // elements of a vector of counters

// Elements [first, first + n) of a sequence; first is a multiple of kDropoutBlock.
void DropElements(float* y, const float* x, int64_t first, int64_t n, std::array<uint32_t, 2> key,
                  uint32_t threshold, float factor) {
  const CounterTag du;
  const FloatTag d;
  const hn::Rebind<uint16_t, CounterTag> half;
  const CounterVec limit = hn::Set(du, threshold);
  const FloatVec scale = hn::Set(d, factor);
  HWY_ALIGN uint32_t words[kGroup / 2];
  HWY_ALIGN uint16_t numbers[kGroup];
  for (int64_t at = 0; at < n; at += kGroup) {
    const auto counter = static_cast<uint32_t>((first + at) / kDropoutBlock);
    const PhiloxVecs r = Philox(hn::Iota(du, counter), 0, 0, key);
    hn::StoreInterleaved4(r.r0, r.r1, r.r2, r.r3, du, words);
    std::memcpy(numbers, words, sizeof numbers);  // the lower half of a word comes first
    VectorLoop(std::min(kGroup, n - at), [&](int64_t i, auto part) HWY_ATTR {
      const CounterVec number = hn::PromoteTo(du, hn::Load(half, numbers + i));
      const FloatVec scaled = hn::Mul(part.Load(x + at + i), scale);
      part.Store(hn::IfThenZeroElse(Below(number, limit), scaled), y + at + i);
    });
  }
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {

HWY_EXPORT(DropElements);

void CpuKernels::dropout(Tensor y, Tensor x, const Dropout& dropout) {
  const auto [B, S] = check_dropout(y, x, dropout);
  constexpr int64_t kElements = 1 << 14;  // of a chunk
  const int64_t size = S, chunks = div_up(S, kElements);
  const uint32_t threshold = dropout.threshold();
  const auto scale = static_cast<float>(dropout.scale());
  float* to = y.f32();
  const float* from = x.f32();
  parallel_for(B * chunks, 1, [&](int64_t chunk, int64_t, int64_t) {
    const int64_t b = chunk / chunks, first = chunk % chunks * kElements;
    const int64_t at = b * size + first;
    HWY_DYNAMIC_DISPATCH(DropElements)
    (to + at, from + at, first, std::min(kElements, size - first), dropout.key(b), threshold,
     scale);
  });
}

}  // namespace coldstart::kernels::cpu
#endif  // HWY_ONCE
