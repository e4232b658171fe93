// One coordinate of a direction, as updates.h writes it, for the plain and the rotating update.
//
// The moments are stored; the weight is not touched. Everything else comes back, so that the caller
// can take the sums of UpdateSums in the order in which updates.h names them.
// Test: tests/kernels/reference_updates_test.cpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "coldstart/kernels/reference/element.h"

namespace coldstart::kernels::reference {

struct Coordinate {
  double w = 0, g = 0, m = 0;  // before; g is g'
  double u = 0;
};

inline double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }  // NaN stays NaN

// u g' <= 0, by signs, so that no product underflows.
inline bool against_gradient(const Coordinate& x) { return x.g == 0 || x.u * sign(x.g) <= 0; }

// Scalar form of Direction and UpdateTensors: element i, with the gradient times gain.
template <class Real>
class DirectionOf {
 public:
  DirectionOf(const UpdateTensors& t, const Direction& d)
      : d_(d),
        w_(t.w.data<Real>()),
        g_(t.g.data<Real>()),
        m_(optional_data<Real>(t.m)),
        v_(optional_data<Real>(t.v)),
        given_(optional_data<Real>(t.direction)) {}

  Coordinate update(int64_t i, double gain) const {
    Coordinate x{.w = w_[i]};
    x.g = d_.grad_scale * gain * g_[i] + d_.coupled_decay * x.w;
    if (d_.kind == DirectionKind::given) {
      x.u = given_[i];
    } else {
      x.m = m_[i];
      m_[i] = static_cast<Real>(d_.keep * x.m + d_.add * x.g);
      const double c = d_.mix_m * x.m + d_.mix_g * x.g;
      x.u = d_.kind == DirectionKind::momentum ? c
            : d_.kind == DirectionKind::sign   ? sign(c)
                                               : c / adam_root(i, x.g);
    }
    if (d_.cautious && against_gradient(x)) x.u = 0;
    return x;
  }

 private:
  double adam_root(int64_t i, double g) const {
    const double square = d_.beta2 * v_[i] + (1 - d_.beta2) * g * g;
    v_[i] = static_cast<Real>(square);
    return std::sqrt(square / d_.correction2) + d_.eps;
  }

  Direction d_;
  const Real *w_, *g_;
  Real *m_, *v_;
  const Real* given_;
};

// Everything but delta, which needs the new weight.
inline void add_to(UpdateSums& sums, const Coordinate& x) {
  sums.grad_sq += x.g * x.g;
  sums.weight_sq += x.w * x.w;
  sums.momentum_sq += x.m * x.m;
  sums.grad_momentum += x.g * x.m;
  sums.grad_weight += x.g * x.w;
  sums.direction_sq += x.u * x.u;
  sums.zero_steps += x.u == 0 ? 1 : 0;
}

// Stores a weight and adds what the rounded one moved to the sums.
template <class Real>
void store_weight(Real& to, double value, UpdateSums& sums) {
  const double before = to;
  to = static_cast<Real>(value);
  const double delta = to - before;
  sums.delta_sq += delta * delta;
  sums.weight_delta += before * delta;
}

}  // namespace coldstart::kernels::reference
