// Eight sums over the lanes of eight vectors at once, and a row's UpdateSums from them.
//
// Rows can be as short as 128 numbers, 8 vectors of 16, so reducing each of the eight sums by
// itself would cost as much as the update. A tree of pairwise additions over all eight reduces them
// in about 24 instructions. A lane adds up to 16 numbers in float before that, then all is double.
// Test: tests/kernels/updates_test.cpp.
#if defined(COLDSTART_KERNELS_CPU_UPDATE_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_UPDATE_SUMS_INL_H_
#undef COLDSTART_KERNELS_CPU_UPDATE_SUMS_INL_H_
#else
#define COLDSTART_KERNELS_CPU_UPDATE_SUMS_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "coldstart/kernels/cpu/vector_loop-inl.h"
#include "coldstart/kernels/updates.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

// sums[k] += sum of the lanes of v[k]. Overwrites v.
HWY_INLINE void AddLaneSums(FloatVec (&v)[8], double (&sums)[8]) {
  HWY_ALIGN float lane_sums[std::max<int64_t>(8, kFloatLanes)];
  const FloatTag d;
#if HWY_TARGET == HWY_SCALAR
  for (size_t k = 0; k < 8; ++k) hn::Store(v[k], d, lane_sums + k);
#else
  size_t vectors = 8;
#pragma GCC unroll 8
  for (int64_t lanes_in_one = 1; lanes_in_one < kFloatLanes; lanes_in_one *= 2) {
    if (vectors == 1) {  // more lanes than sums: what was added appears twice
      v[0] = hn::Add(hn::ConcatEven(d, v[0], v[0]), hn::ConcatOdd(d, v[0], v[0]));
      continue;
    }
    vectors /= 2;
#pragma GCC unroll 8
    for (size_t k = 0; k < vectors; ++k) {
      v[k] = hn::Add(hn::ConcatEven(d, v[2 * k + 1], v[2 * k]),
                     hn::ConcatOdd(d, v[2 * k + 1], v[2 * k]));
    }
  }
#pragma GCC unroll 8
  for (size_t k = 0; k < vectors; ++k) hn::Store(v[k], d, lane_sums + k * HWY_LANES(float));
#endif
  for (size_t k = 0; k < 8; ++k) sums[k] += static_cast<double>(lane_sums[k]);
}

// Lanes of one vector of a row, and what the update made of them. Absent lanes are zero.
struct UpdateLanes {
  FloatVec weight, grad, momentum;  // before the step; grad is g'
  FloatVec direction;
};

// UpdateSums of a row: Begin a span, Add its vectors, End it, at most kSpan numbers later.
class SpanSums {
 public:
  static constexpr int64_t kSpan = 16 * kFloatLanes;

  HWY_INLINE void Begin() {
    for (FloatVec& sum : lanes_) sum = hn::Zero(FloatTag());
  }
  template <class Part>
  HWY_INLINE void Add(const UpdateLanes& x, FloatVec delta, Part part) {
    lanes_[0] = hn::MulAdd(x.grad, x.grad, lanes_[0]);
    lanes_[1] = hn::MulAdd(x.weight, x.weight, lanes_[1]);
    lanes_[2] = hn::MulAdd(delta, delta, lanes_[2]);
    lanes_[3] = hn::MulAdd(x.weight, delta, lanes_[3]);
    lanes_[4] = hn::MulAdd(x.momentum, x.momentum, lanes_[4]);
    lanes_[5] = hn::MulAdd(x.grad, x.momentum, lanes_[5]);
    lanes_[6] = hn::MulAdd(x.grad, x.weight, lanes_[6]);
    lanes_[7] = hn::MulAdd(x.direction, x.direction, lanes_[7]);
    const FloatTag d;
    zeros_ += static_cast<int64_t>(hn::CountTrue(d, hn::Eq(x.direction, hn::Zero(d)))) -
              (kFloatLanes - part.Lanes());
  }
  HWY_INLINE void End() { AddLaneSums(lanes_, sums_); }

  HWY_INLINE UpdateSums Sums() const {
    return {sums_[0], sums_[1], sums_[2],
            sums_[3], sums_[4], sums_[5],
            sums_[6], sums_[7], static_cast<double>(zeros_)};
  }

 private:
  FloatVec lanes_[8];
  double sums_[8] = {};
  int64_t zeros_ = 0;
};

// Calls body(i, part, sums) for every vector of a row of n numbers; the row's sums.
template <class Body>
HWY_INLINE UpdateSums SummedLoop(int64_t n, const Body& body) {
  SpanSums sums;
  for (int64_t begin = 0; begin < n; begin += SpanSums::kSpan) {
    sums.Begin();
    VectorLoop(std::min(SpanSums::kSpan, n - begin),
               [&](int64_t k, auto part) HWY_ATTR { body(begin + k, part, sums); });
    sums.End();
  }
  return sums.Sums();
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_UPDATE_SUMS_INL_H_
