// UpdateKernels: what all optimizers are made of. An update is a direction (what the gradient and
// the moments say) and a way to apply it (a plain step, or a rotation on a sphere).
//
// Directions, with g' = grad_scale * gain_r * g + coupled_decay * w   (gain_r: row r's gain, or 1):
//   m' = keep m + add g'
//   c  = mix_m m + mix_g g'                 m before the step: Nesterov forms are a choice of mix
//   momentum: u = c                                               (SGD; RAdam's first steps)
//   sign:     u = sign(c), sign(0) = 0                            (Lion, LionA, LionAR)
//   adam:     v' = beta2 v + (1-beta2) g'^2;  u = c / (sqrt(v' / correction2) + eps)
//   given:    u = direction, a tensor made beforehand (Muon); no moment is read or written
// Cautious (Liang et al. 2024): u = 0 where u g' <= 0, then u *= d / (kept + 1) with d the size of
// the tensor and kept the number of coordinates outside the mask; a rotation normalises u, so there
// only the mask matters.
//
// A NaN or an infinity of g reaches m, and u of a plain step, in its own coordinate only; a
// rotation that meets one leaves that row's weights alone and counts it. sign(NaN) is NaN.
// Every function moves each element through memory once (cautious steps, those with trust and
// rotations over a whole tensor read it once more), is deterministic for any number of threads and
// fills one UpdateSums per row (a vector is one row). Papers are named at each optimizer. Tests:
// tests/kernels/updates_test.cpp, tests/kernels/reference_updates_test.cpp.
#pragma once

#include <cstdint>
#include <span>

#include "coldstart/tensor/tensor.h"

namespace coldstart::kernels {

// Sums over one row of one parameter, of its update, taken in the update's own pass, in double, in
// fixed order.
struct UpdateSums {
  double grad_sq = 0;        // |g'|^2, g' as it enters the moments (after clipping)
  double weight_sq = 0;      // |w|^2 before
  double delta_sq = 0;       // |w' - w|^2, w' as stored
  double weight_delta = 0;   // <w, w' - w>
  double momentum_sq = 0;    // |m|^2 before the step
  double grad_momentum = 0;  // <g', m>, m before the step
  double grad_weight = 0;    // <g', w>
  double direction_sq = 0;   // |u|^2 as the list above defines u, before a rotation centers it:
                             // with the step size, the claimed update without decay
  double zero_steps = 0;     // coordinates with u == 0
  UpdateSums& operator+=(const UpdateSums& other);
};

enum class DirectionKind : uint8_t { momentum, sign, adam, given };

struct Direction {
  DirectionKind kind = DirectionKind::momentum;
  double grad_scale = 1;     // clipping factor
  double coupled_decay = 0;  // SGD's decay inside the gradient
  double keep = 0, add = 1;
  double mix_m = 0, mix_g = 1;
  double beta2 = 0.95, correction2 = 1, eps = 1e-8;  // adam
  bool cautious = false;
};

// The tensors of one parameter. All of one shape; those a direction does not use are empty.
struct UpdateTensors {
  Tensor w;               // (rows, cols) or (cols): overwritten
  Tensor g;               // unchanged
  Tensor m = {};          // every kind but given
  Tensor v = {};          // adam
  Tensor direction = {};  // given
};

// w' = w - e,  e = decay w + size scale_r u
// With trust, w' = w - k e,  k = trust |w| / |e| over the whole tensor; 1 where |w| or |e| is 0 or
// not finite (the trust ratio of LAMB, You et al. 2020). One more pass over the tensors.
struct PlainStep {
  double decay = 0;                        // lr * weight_decay
  double size = 0;                         // lr and every factor of the whole parameter
  std::span<const double> row_scale = {};  // (rows) scale_r, or empty: 1
  double trust = 0;                        // |w' - w| / |w|; 0: off. Not with row_scale.
};

// Turns w by about `angle` on the sphere of its radius (Kosson et al., Rotational Equilibrium,
// 2024):
//   u -= mean(u) if center;  u -= w <u, w> / |w|^2 if project
//   average = |u| when norm_decay = 0, else s = norm_decay s + (1 - norm_decay) |u|^2 and
//             average = sqrt(s / norm_correction)
//   w' = w - angle scale_r radius u / (average + eps);   w' *= radius / |w'|
// by row or over the whole tensor. Where there is no direction, w and s stay as they are: |u|, |w|
// or the radius is zero, one of them is not finite, or centering and projecting left of |u|^2 no
// more than kNoDirection of it, which is rounding.
inline constexpr double kNoDirection = 1e-12;
struct Rotation {
  double angle = 0;  // radians
  bool per_row = true;
  bool center = false;
  bool project = true;
  double norm_decay = 0, norm_correction = 1;
  double eps = 0;
  std::span<const double> row_scale = {};  // (rows), or empty: 1; per_row only
  std::span<const double> row_gain = {};   // (rows) gain_r of g', or empty: 1
  std::span<const double> radius = {};     // (rows), or (1) for the whole tensor
  std::span<double> norm_average = {};     // s, shaped like radius; empty with norm_decay = 0
};

// Schedule-free AdamW (Defazio et al. 2024), held as y (in w) and z; x = (y - (1-beta1) z) / beta1.
//   v' = beta2 v + (1-beta2) g'^2;  u = g' / (sqrt(v'/correction2) + eps);  d = u + weight_decay y
//   z' = z - lr d;   y' = (1-k) y + k z + lr (beta1 (1-k) - 1) d
struct ScheduleFreeStep {
  double grad_scale = 1;
  double lr = 0, weight_decay = 0;
  double beta1 = 0.9, beta2 = 0.95, correction2 = 1, eps = 1e-8;
  double k = 1;  // weight of this step's z in the average x
};

class UpdateKernels {
 public:
  virtual ~UpdateKernels() = default;

  // rows: one element per row of w, overwritten. Returns k; 1 without trust.
  virtual double plain_update(const UpdateTensors& t, const Direction& direction,
                              const PlainStep& step, std::span<UpdateSums> rows) = 0;
  // Returns the number of rows (or, over the whole tensor, 0 or all rows) left unchanged.
  virtual int64_t rotate_update(const UpdateTensors& t, const Direction& direction,
                                const Rotation& rotation, std::span<UpdateSums> rows) = 0;
  virtual void schedule_free_update(Tensor y, Tensor z, Tensor v, Tensor g,
                                    const ScheduleFreeStep& step, std::span<UpdateSums> rows) = 0;
  // Updates m and writes out = c of a `momentum` direction without decay or caution, without
  // touching a weight; fills the members of rows that need no weight. For Muon, whose direction
  // needs the whole matrix.
  virtual void momentum_mix(Tensor out, Tensor m, Tensor g, const Direction& direction,
                            std::span<UpdateSums> rows) = 0;
  // w (rows, cols): row r times factors[r]. For row gains.
  virtual void scale_rows(Tensor w, std::span<const double> factors) = 0;
};

}  // namespace coldstart::kernels
