#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/ceilings.cpp"
#include <hwy/foreach_target.h>
// after foreach_target
#include <hwy/highway.h>

#include "coldstart/kernels/cpu/ceilings.h"

#include <algorithm>
#include <barrier>
#include <cstddef>
#include <numeric>
#include <thread>
#include <vector>

#include "coldstart/core/clock.h"
#include "coldstart/core/error.h"
#include "coldstart/tensor/arena.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

inline constexpr int kChains = 12;  // independent sums: latency 4 x 2 units, and some room

// FLOPs of `rounds` rounds; the result is written so that the work cannot be dropped.
double fma_rounds(int64_t rounds, float* result) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  V chain[kChains];
#pragma GCC unroll 16
  for (int i = 0; i < kChains; ++i) chain[i] = hn::Set(d, static_cast<float>(i));
  V factor = hn::Set(d, 0.999F);
  V term = hn::Set(d, 0.001F);
  for (int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 16
    for (int i = 0; i < kChains; ++i) chain[i] = hn::MulAdd(chain[i], factor, term);
  }
  V sum = chain[0];
#pragma GCC unroll 16
  for (int i = 1; i < kChains; ++i) sum = hn::Add(sum, chain[i]);
  *result = hn::GetLane(hn::SumOfLanes(d, sum));
  return 2.0 * kChains * static_cast<double>(hn::Lanes(d)) * static_cast<double>(rounds);
}

void triad(float* HWY_RESTRICT a, const float* HWY_RESTRICT b, const float* HWY_RESTRICT c,
           int64_t count) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto s = hn::Set(d, 3.0F);
  for (int64_t i = 0; i + lanes <= count; i += lanes) {
    hn::Store(hn::MulAdd(s, hn::Load(d, c + i), hn::Load(d, b + i)), d, a + i);
  }
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {
HWY_EXPORT(fma_rounds);
HWY_EXPORT(triad);

namespace {

constexpr int kRepeats = 7;

// Median over the repeats of the sum of rate(thread), which all threads call at the same time.
template <class Rate>
double median_total(int threads, const Rate& rate) {
  COLDSTART_CHECK(threads >= 1, "thread count must be positive, got {}", threads);
  constexpr int kRounds = kRepeats + 1;  // the first one warms up
  std::vector<double> rates(static_cast<size_t>(threads) * static_cast<size_t>(kRounds));
  std::barrier start(threads);
  const auto measure = [&](int thread) {
    for (int round = 0; round < kRounds; ++round) {
      start.arrive_and_wait();
      rates[static_cast<size_t>(round) * static_cast<size_t>(threads) +
            static_cast<size_t>(thread)] = rate(thread);
    }
  };
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread) others.emplace_back(measure, thread);
  measure(0);
  for (std::thread& other : others) other.join();
  std::vector<double> totals;
  for (int round = 1; round < kRounds; ++round) {
    const auto first = rates.begin() + static_cast<std::ptrdiff_t>(round) * threads;
    totals.push_back(std::accumulate(first, first + threads, 0.0));
  }
  std::nth_element(totals.begin(), totals.begin() + kRepeats / 2, totals.end());
  return totals[kRepeats / 2];
}

}  // namespace

double measure_fma_gflops(int threads) {
  constexpr int64_t kRounds = 2'000'000;  // about 10 ms
  return median_total(threads, [](int) {
    float sink = 0;
    const double begin_s = thread_cpu_s();
    const double flops = HWY_DYNAMIC_DISPATCH(fma_rounds)(kRounds, &sink);
    const double elapsed_s = thread_cpu_s() - begin_s;
    return sink == 0.0F ? 0.0 : 1e-9 * flops / elapsed_s;
  });
}

double measure_triad_gbs(int threads, int64_t bytes) {
  constexpr int64_t kVectors = 64;  // floats: keeps every array aligned
  const int64_t floats = std::max(kVectors, bytes / (int64_t{12} * threads) / kVectors * kVectors);
  // Small arrays are run over several times, so that the clock and the start count for nothing.
  constexpr int64_t kFloatsTimed = 1 << 23;
  const int64_t runs = std::max<int64_t>(1, kFloatsTimed / floats);
  std::vector<Arena> arenas;
  for (int thread = 0; thread < threads; ++thread) {
    Arena& arena = arenas.emplace_back(3 * floats * 4);
    // Written first: untouched pages all read from the one page of zeros, which sits in the cache.
    std::ranges::fill(arena.allocate(DType::f32, {3 * floats}).span<float>(), 1.0F);
  }
  return median_total(threads, [&](int thread) {
    float* a = arenas[static_cast<size_t>(thread)].flat(DType::f32).f32();
    const double begin_s = now_s();
    for (int64_t run = 0; run < runs; ++run) {
      HWY_DYNAMIC_DISPATCH(triad)(a, a + floats, a + 2 * floats, floats);
    }
    return 1e-9 * 12.0 * static_cast<double>(runs * floats) / (now_s() - begin_s);
  });
}

}  // namespace coldstart::kernels::cpu
#endif
