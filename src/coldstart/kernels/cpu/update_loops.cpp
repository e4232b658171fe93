#include "coldstart/kernels/cpu/update_loops.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coldstart/kernels/cpu/update_loops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// After highway.h, which the -inl header expects.
#include "coldstart/kernels/cpu/update_direction-inl.h"

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {

int64_t CountKept(const UpdateArrays& arrays, const Tile& tile) {
  int64_t kept = 0;
  WithDirection(arrays, [&](auto direction) HWY_ATTR {
    for (int64_t r = 0; r < tile.rows; ++r) {
      direction.GoTo(tile.first_row + r, tile.first_col);
      VectorLoop(tile.cols, [&](int64_t i, auto part) HWY_ATTR {
        const FloatTag d;
        const FloatVec u = direction.At(i, part).direction;
        kept += kFloatLanes - static_cast<int64_t>(hn::CountTrue(d, hn::Eq(u, hn::Zero(d))));
      });
    }
  });
  return kept;
}

// Low and high halves apart: two chains of additions, and no rounding of products.
struct DoubleDot {
  DoubleVec low, high;
  HWY_INLINE DoubleDot() : low(hn::Zero(DoubleTag())), high(low) {}
  HWY_INLINE void Add(TwoDoubleVecs a, TwoDoubleVecs b) {
    low = hn::MulAdd(a.low, b.low, low);
    high = hn::MulAdd(a.high, b.high, high);
  }
  HWY_INLINE void Add(TwoDoubleVecs a) {
    low = hn::Add(low, a.low);
    high = hn::Add(high, a.high);
  }
  HWY_INLINE double Sum() const { return LaneSum(hn::Add(low, high)); }
};

template <bool kCenter, class Loop>
HWY_INLINE RotationSums MeasureRow(const Loop& direction, int64_t n) {
  DoubleDot ww, uw, uu, w_sum, u_sum;
  VectorLoop(n, [&](int64_t i, auto part) HWY_ATTR {
    const auto x = direction.At(i, part);
    const TwoDoubleVecs w = InDouble(x.weight), u = InDouble(x.direction);
    ww.Add(w, w);
    uw.Add(u, w);
    uu.Add(u, u);
    if constexpr (kCenter) {
      w_sum.Add(w);
      u_sum.Add(u);
    }
  });
  return {ww.Sum(), uw.Sum(), uu.Sum(), kCenter ? w_sum.Sum() : 0, kCenter ? u_sum.Sum() : 0};
}

void MeasureTile(const UpdateArrays& arrays, const Tile& tile, bool center, RotationSums* sums) {
  WithDirection(arrays, [&](auto direction) HWY_ATTR {
    for (int64_t r = 0; r < tile.rows; ++r) {
      direction.GoTo(tile.first_row + r, tile.first_col);
      sums[r] =
          center ? MeasureRow<true>(direction, tile.cols) : MeasureRow<false>(direction, tile.cols);
    }
  });
}

template <bool kPrefetch, class Loop>
HWY_INLINE UpdateSums MoveRow(const Loop& direction, int64_t n, const AffineStep& step,
                              int64_t prefetch) {
  const FloatTag d;
  const FloatVec a = hn::Set(d, step.weight), b = hn::Set(d, step.direction),
                 c = hn::Set(d, step.offset);
  return SummedLoop(n, [&](int64_t i, auto part, SpanSums& sums) HWY_ATTR {
    if constexpr (kPrefetch) direction.Prefetch(i + prefetch);
    const auto x = direction.At(i, part);
    const FloatVec move = hn::MulAdd(a, x.weight, hn::MulAdd(b, x.direction, c));
    const FloatVec new_weight = hn::Sub(x.weight, move);
    direction.StoreMoments(x, i, part);
    part.Store(new_weight, direction.weights() + i);
    sums.Add(x, part.Mask(hn::Sub(new_weight, x.weight)), part);
  });
}

template <class Loop>
HWY_INLINE UpdateSums KeepRow(const Loop& direction, int64_t n) {
  return SummedLoop(n, [&](int64_t i, auto part, SpanSums& sums) HWY_ATTR {
    const auto x = direction.At(i, part);
    direction.StoreMoments(x, i, part);
    sums.Add(x, hn::Zero(FloatTag()), part);
  });
}

void ApplyTile(const UpdateArrays& arrays, const Tile& tile, const AffineStep* steps,
               int64_t stride, UpdateSums* sums, int64_t prefetch) {
  WithDirection(arrays, [&](auto direction) HWY_ATTR {
    for (int64_t r = 0; r < tile.rows; ++r) {
      direction.GoTo(tile.first_row + r, tile.first_col);
      const AffineStep& step = steps[r * stride];
      sums[r] = !step.moves    ? KeepRow(direction, tile.cols)
                : prefetch > 0 ? MoveRow<true>(direction, tile.cols, step, prefetch)
                               : MoveRow<false>(direction, tile.cols, step, 0);
    }
  });
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace coldstart::kernels::cpu {

HWY_EXPORT(CountKept);
HWY_EXPORT(MeasureTile);
HWY_EXPORT(ApplyTile);

UpdateArrays::UpdateArrays(const UpdateTensors& t, const Direction& direction,
                           std::span<const double> gain)
    : rule(direction),
      row_gain(gain),
      w(t.w.f32()),
      g(t.g.f32()),
      m(t.m ? t.m.f32() : nullptr),
      v(t.v ? t.v.f32() : nullptr),
      given(t.direction ? t.direction.f32() : nullptr),
      cols(t.w.cols()) {}

int64_t count_kept(const UpdateArrays& arrays, const Tile& tile) {
  return HWY_DYNAMIC_DISPATCH(CountKept)(arrays, tile);
}

void measure_tile(const UpdateArrays& arrays, const Tile& tile, bool center, RotationSums* sums) {
  HWY_DYNAMIC_DISPATCH(MeasureTile)(arrays, tile, center, sums);
}

void apply_tile(const UpdateArrays& arrays, const Tile& tile, const AffineStep* steps,
                int64_t stride, UpdateSums* sums, int64_t prefetch) {
  HWY_DYNAMIC_DISPATCH(ApplyTile)(arrays, tile, steps, stride, sums, prefetch);
}

}  // namespace coldstart::kernels::cpu
#endif  // HWY_ONCE
