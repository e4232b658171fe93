// Philox4x32-10 (Salmon et al. 2011), a counter a lane, for any Highway target; the numbers are
// those of Random123.
//
//   ten rounds of (c0, c1, c2, c3) -> (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1,
//   lo(M0 c0)), the key growing by (W0, W1) in between
//
// Test: tests/kernels/dropout_test.cpp, against Random123.
#if defined(COLDSTART_KERNELS_CPU_PHILOX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_PHILOX_INL_H_
#undef COLDSTART_KERNELS_CPU_PHILOX_INL_H_
#else
#define COLDSTART_KERNELS_CPU_PHILOX_INL_H_
#endif

#include <hwy/highway.h>

#include <array>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using CounterTag = hn::ScalableTag<uint32_t>;
using CounterVec = hn::Vec<CounterTag>;

struct WideProduct {
  CounterVec high, low;
};

// All lanes of a x, 64 bits of each.
HWY_INLINE WideProduct MulWide(CounterVec x, uint32_t a) {
  const CounterTag d;
#if HWY_TARGET == HWY_SCALAR
  const uint64_t product = uint64_t{hn::GetLane(x)} * a;
  return {hn::Set(d, static_cast<uint32_t>(product >> 32)),
          hn::Set(d, static_cast<uint32_t>(product))};
#else
  const hn::RepartitionToWide<CounterTag> wide;
  const CounterVec factor = hn::Set(d, a);
  const auto odd_lanes = hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, x)));
  const auto even = hn::MulEven(x, factor), odd = hn::MulEven(odd_lanes, factor);
  return {hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even))),
          hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even))};
#endif
}

struct PhiloxVecs {
  CounterVec r0, r1, r2, r3;
};

// Of the counters (c0, c1, c2, 0), c0 different in every lane.
HWY_INLINE PhiloxVecs Philox(CounterVec c0, uint32_t counter1, uint32_t counter2,
                             std::array<uint32_t, 2> key) {
  const CounterTag d;
  CounterVec c1 = hn::Set(d, counter1), c2 = hn::Set(d, counter2), c3 = hn::Zero(d);
  for (int round = 0; round < 10; ++round) {
    const WideProduct p0 = MulWide(c0, 0xD2511F53U), p1 = MulWide(c2, 0xCD9E8D57U);
    c0 = hn::Xor(hn::Xor(p1.high, c1), hn::Set(d, key[0]));
    c2 = hn::Xor(hn::Xor(p0.high, c3), hn::Set(d, key[1]));
    c1 = p1.low;
    c3 = p0.low;
    key[0] += 0x9E3779B9U;
    key[1] += 0xBB67AE85U;
  }
  return {c0, c1, c2, c3};
}

// Lanes of numbers below 2^31 that are below `limit`; comparisons of unsigned lanes are not in
// every target.
HWY_INLINE hn::Mask<hn::RebindToFloat<CounterTag>> Below(CounterVec number, CounterVec limit) {
  const hn::RebindToSigned<CounterTag> di;
  const hn::RebindToFloat<CounterTag> df;
  return hn::RebindMask(df, hn::Gt(hn::BitCast(di, limit), hn::BitCast(di, number)));
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_PHILOX_INL_H_
