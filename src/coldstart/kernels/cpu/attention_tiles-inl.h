// Building blocks of the flash attention kernels, for any Highway target: small matrix products
// with a causal edge, packing, exp2.
//
//   block product   C (+)= A B,  A (rows x depth) read by broadcasts, B (depth x cols) by vectors,
//                   C held in registers; kTileRows x kTileVecs vectors a tile
//   causal edge     key j counts for query i  <=>  j <= i + shift, with shift = (first query of the
//                   block) - (first key of the block); whole tiles beyond the edge are skipped
//   exp2            2^t for t <= 0 (a little above is fine): 2^n p(r), n = round(t), |r| <= 1/2
//
// Scores live transposed, (key, query): then the softmax runs down the columns, one query a lane,
// without a horizontal sum, and only Q and dO have to be transposed. Test:
// tests/kernels/cpu_targets_test.cpp, on every compiled target.
#if defined(COLDSTART_KERNELS_CPU_ATTENTION_TILES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef COLDSTART_KERNELS_CPU_ATTENTION_TILES_INL_H_
#undef COLDSTART_KERNELS_CPU_ATTENTION_TILES_INL_H_
#else
#define COLDSTART_KERNELS_CPU_ATTENTION_TILES_INL_H_
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace coldstart::kernels::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using TileTag = hn::ScalableTag<float>;
using TileVec = hn::Vec<TileTag>;
inline constexpr int64_t kLanes = static_cast<int64_t>(HWY_LANES(float));

// 8 x 2 accumulators fill 32 registers well, 4 x 2 fill 16; both hide the latency of the FMA.
#if HWY_TARGET == HWY_AVX3
inline constexpr int64_t kTileRows = 8;
#else
inline constexpr int64_t kTileRows = std::min<int64_t>(4, kLanes);
#endif
inline constexpr int64_t kTileVecs = 2;
static_assert(kLanes % kTileRows == 0);

// How A(i, k) is addressed: by_row a[i * stride + k], by_column a[i + k * stride].
enum class Broadcast { by_row, by_column };

// c (kRows x kVecs vectors) (+)= A (kRows x depth) B (depth x kVecs vectors)
template <Broadcast kOrder, int kVecs>
HWY_INLINE void TileProduct(const float* HWY_RESTRICT a, int64_t a_stride,
                            const float* HWY_RESTRICT b, int64_t b_stride, int64_t depth,
                            float* HWY_RESTRICT c, int64_t c_stride, bool accumulate) {
  const TileTag d;
  constexpr int kRows = static_cast<int>(kTileRows);
  TileVec sum[kRows][kVecs];
  for (int i = 0; i < kRows; ++i) {
    for (int v = 0; v < kVecs; ++v) sum[i][v] = hn::Zero(d);
  }
  const float* rows[kRows];
  for (int i = 0; i < kRows; ++i) rows[i] = kOrder == Broadcast::by_row ? a + i * a_stride : a + i;
  const int64_t a_step = kOrder == Broadcast::by_row ? 1 : a_stride;
  for (int64_t k = 0; k < depth; ++k) {
    TileVec right[kVecs];
    for (int v = 0; v < kVecs; ++v) right[v] = hn::Load(d, b + k * b_stride + v * kLanes);
    for (int i = 0; i < kRows; ++i) {
      const TileVec left = hn::Set(d, rows[i][k * a_step]);
      for (int v = 0; v < kVecs; ++v) sum[i][v] = hn::MulAdd(left, right[v], sum[i][v]);
    }
  }
  for (int i = 0; i < kRows; ++i) {
    for (int v = 0; v < kVecs; ++v) {
      float* to = c + i * c_stride + v * kLanes;
      hn::Store(accumulate ? hn::Add(hn::Load(d, to), sum[i][v]) : sum[i][v], d, to);
    }
  }
}

// One strip of kTileRows rows: all columns [0, vecs) in tiles of kTileVecs vectors, then single
// ones.
template <Broadcast kOrder>
HWY_INLINE void StripProduct(const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                             int64_t depth, float* c, int64_t c_stride, int64_t vecs,
                             bool accumulate) {
  int64_t v = 0;
  for (; v + kTileVecs <= vecs; v += kTileVecs) {
    TileProduct<kOrder, static_cast<int>(kTileVecs)>(a, a_stride, b + v * kLanes, b_stride, depth,
                                                     c + v * kLanes, c_stride, accumulate);
  }
  for (; v < vecs; ++v) {
    TileProduct<kOrder, 1>(a, a_stride, b + v * kLanes, b_stride, depth, c + v * kLanes, c_stride,
                           accumulate);
  }
}

// Where a block of scores (keys, kQueryBlock) ends: at the sequence's end and at the causal edge.
template <int64_t kQueryBlock>
struct BlockEdge {
  static_assert(kQueryBlock % (kTileVecs * kLanes) == 0);
  int64_t queries, keys;  // valid ones of this block
  int64_t shift;          // key j counts for query i  <=>  j <= i + shift; never negative
};

// scores (key, query) = left right^T: left (keys, hs) in rows, right_t (hs, kQueryBlock)
// transposed.
template <int64_t kQueryBlock>
HWY_INLINE void ScoreBlock(const float* left, int64_t left_stride, const float* right_t,
                           int64_t head_size, float* scores, const BlockEdge<kQueryBlock>& edge) {
  const int64_t vecs = (edge.queries + kLanes - 1) / kLanes;
  for (int64_t j = 0; j < edge.keys; j += kTileRows) {
    const int64_t skip = std::max<int64_t>(0, j - edge.shift) / kLanes;
    StripProduct<Broadcast::by_row>(
        left + j * left_stride, left_stride, right_t + skip * kLanes, kQueryBlock, head_size,
        scores + j * kQueryBlock + skip * kLanes, kQueryBlock, vecs - skip, false);
  }
}

// out (query, :) (+)= weights^T right: weights (key, query), right (keys, hs) in rows.
template <int64_t kQueryBlock>
HWY_INLINE void QueryBlockProduct(const float* weights, const float* right, int64_t stride,
                                  int64_t vecs, float* out, bool accumulate,
                                  const BlockEdge<kQueryBlock>& edge) {
  for (int64_t i = 0; i < edge.queries; i += kTileRows) {
    const int64_t depth = std::min(edge.keys, i + kTileRows + edge.shift);
    StripProduct<Broadcast::by_column>(weights + i, kQueryBlock, right, stride, depth,
                                       out + i * stride, stride, vecs, accumulate);
  }
}

// out (key, :) += weights right: weights (key, query), right (queries, hs) in rows.
template <int64_t kQueryBlock>
HWY_INLINE void KeyBlockProduct(const float* weights, const float* right, int64_t stride,
                                int64_t vecs, float* out, const BlockEdge<kQueryBlock>& edge) {
  for (int64_t j = 0; j < edge.keys; j += kTileRows) {
    const int64_t first = std::max<int64_t>(0, j - edge.shift);
    StripProduct<Broadcast::by_row>(weights + j * kQueryBlock + first, kQueryBlock,
                                    right + first * stride, stride, edge.queries - first,
                                    out + j * stride, stride, vecs, true);
  }
}

// Keys that any query of column vector v sees.
template <int64_t kQueryBlock>
HWY_INLINE int64_t VisibleKeys(int64_t v, const BlockEdge<kQueryBlock>& edge) {
  return std::min(edge.keys, (v + 1) * kLanes + edge.shift);
}

// Lanes of column vector v that see key j.
template <int64_t kQueryBlock>
HWY_INLINE hn::Mask<TileTag> Visible(int64_t j, int64_t v, const BlockEdge<kQueryBlock>& edge) {
  const TileTag d;
  return hn::Ge(hn::Iota(d, 0.0f), hn::Set(d, static_cast<float>(j - edge.shift - v * kLanes)));
}

// 2^t for t <= about 1; exactly 0 from t <= -127 on; NaN stays NaN; relative error below 2e-7.
HWY_INLINE TileVec Exp2(TileVec t) {
  const TileTag d;
  const hn::RebindToUnsigned<TileTag> du;
  // Constant first: x86's max returns its second operand when either is NaN.
  const TileVec x = hn::Max(hn::Set(d, -127.0f), t);
  // Adding 1.5 * 2^23 + 127 rounds x to an integer n and leaves n + 127, the biased exponent of
  // 2^n, in the low bits; n = -127 gives the factor 0.
  const TileVec magic = hn::Set(d, 12582912.0f + 127.0f);
  const TileVec shifted = hn::Add(x, magic);
  const TileVec r = hn::Sub(x, hn::Sub(shifted, magic));
  const TileVec power = hn::BitCast(d, hn::ShiftLeft<23>(hn::BitCast(du, shifted)));
  TileVec p = hn::Set(d, 1.32647267e-3f);
  p = hn::MulAdd(p, r, hn::Set(d, 9.67151268e-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 5.55073374e-2f));
  p = hn::MulAdd(p, r, hn::Set(d, 2.40222421e-1f));
  p = hn::MulAdd(p, r, hn::Set(d, 6.93146978e-1f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0f));
  return hn::Mul(p, power);
}

// Rows of one head are short and far apart, which defeats the hardware's prefetcher.
HWY_INLINE void PrefetchRow(const float* row, int64_t cols) {
  for (int64_t k = 0; k < cols; k += 16) hwy::Prefetch(row + k);
}
inline constexpr int64_t kPrefetchRows = 16;  // ahead

// rows x cols, copied to a padded stride; the padding becomes zero.
HWY_INLINE void PackRows(const float* from, int64_t from_stride, int64_t rows, int64_t cols,
                         float* to, int64_t to_stride) {
  const TileTag d;
  for (int64_t i = 0; i < rows; ++i) {
    const float* source = from + i * from_stride;
    float* target = to + i * to_stride;
    if (i + kPrefetchRows < rows) PrefetchRow(source + kPrefetchRows * from_stride, cols);
    int64_t k = 0;
    for (; k + kLanes <= cols; k += kLanes) hn::Store(hn::LoadU(d, source + k), d, target + k);
    for (; k < cols; ++k) target[k] = source[k];
    for (; k < to_stride; ++k) target[k] = 0.0f;
  }
}

// Packed rows, times factor(row), into rows of the caller.
template <class Factor>
HWY_INLINE void UnpackRows(const float* from, int64_t from_stride, int64_t rows, int64_t cols,
                           float* to, int64_t to_stride, const Factor& factor) {
  const TileTag d;
  for (int64_t i = 0; i < rows; ++i) {
    const TileVec scale = hn::Set(d, factor(i));
    const float* source = from + i * from_stride;
    float* target = to + i * to_stride;
    if (i + kPrefetchRows < rows) PrefetchRow(target + kPrefetchRows * to_stride, cols);
    int64_t k = 0;
    for (; k + kLanes <= cols; k += kLanes) {
      hn::StoreU(hn::Mul(hn::Load(d, source + k), scale), d, target + k);
    }
    for (; k < cols; ++k) target[k] = source[k] * factor(i);
  }
}

// Four rows of `from`, transposed: to[k * to_stride + i] = factor * from[i * from_stride + k], i
// < 4.
HWY_INLINE void TransposeFourRows(const float* from, int64_t from_stride, int64_t cols,
                                  float factor, float* to, int64_t to_stride) {
  int64_t k = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::FixedTag<float, 4> d4;
  const hn::RepartitionToWide<decltype(d4)> d2;
  const auto scale = hn::Set(d4, factor);
  for (; k + 4 <= cols; k += 4) {
    const auto r0 = hn::Mul(scale, hn::LoadU(d4, from + k));
    const auto r1 = hn::Mul(scale, hn::LoadU(d4, from + k + from_stride));
    const auto r2 = hn::Mul(scale, hn::LoadU(d4, from + k + 2 * from_stride));
    const auto r3 = hn::Mul(scale, hn::LoadU(d4, from + k + 3 * from_stride));
    const auto low01 = hn::BitCast(d2, hn::InterleaveLower(d4, r0, r1));
    const auto low23 = hn::BitCast(d2, hn::InterleaveLower(d4, r2, r3));
    const auto high01 = hn::BitCast(d2, hn::InterleaveUpper(d4, r0, r1));
    const auto high23 = hn::BitCast(d2, hn::InterleaveUpper(d4, r2, r3));
    float* target = to + k * to_stride;
    hn::Store(hn::BitCast(d4, hn::InterleaveLower(d2, low01, low23)), d4, target);
    hn::Store(hn::BitCast(d4, hn::InterleaveUpper(d2, low01, low23)), d4, target + to_stride);
    hn::Store(hn::BitCast(d4, hn::InterleaveLower(d2, high01, high23)), d4, target + 2 * to_stride);
    hn::Store(hn::BitCast(d4, hn::InterleaveUpper(d2, high01, high23)), d4, target + 3 * to_stride);
  }
#endif
  for (; k < cols; ++k) {
    for (int64_t i = 0; i < 4; ++i) to[k * to_stride + i] = factor * from[i * from_stride + k];
  }
}

// to (cols, to_stride) = factor * from^T, from (rows, cols); columns beyond `rows` become zero.
HWY_INLINE void PackTransposed(const float* from, int64_t from_stride, int64_t rows, int64_t cols,
                               float factor, float* to, int64_t to_stride) {
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    for (int64_t r = i + kPrefetchRows; r < std::min(rows, i + kPrefetchRows + 4); ++r) {
      PrefetchRow(from + r * from_stride, cols);
    }
    TransposeFourRows(from + i * from_stride, from_stride, cols, factor, to + i, to_stride);
  }
  const int64_t padded = (rows + kLanes - 1) / kLanes * kLanes;
  for (; i < padded; ++i) {
    for (int64_t k = 0; k < cols; ++k) {
      to[k * to_stride + i] = i < rows ? factor * from[i * from_stride + k] : 0.0f;
    }
  }
}

}  // namespace coldstart::kernels::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // COLDSTART_KERNELS_CPU_ATTENTION_TILES_INL_H_
