// Row gains: y = gain * (V x), a learnable number for every row of a rotational matrix, so that
// rows of fixed norm lose no expressivity (the SLinear of Kosson et al., "Rotational Equilibrium").
//
// What the model sees and a checkpoint holds is the product W = gain V, so nobody else need know.
//   gradient of V     gain_r g_r            (kernels::Rotation.row_gain)
//   gradient of gain  <g_r, V_r>            taken from the sums of the same pass
// Gains start at 1 and follow the optimizer's rule for vectors, without decay; then row r of W is
// scaled by gain'_r / gain_r. A gain that comes closer to 0 than kSmallestGain stops there: at 0
// the direction of V would be lost. Embeddings have no gains. Test: tests/optim/row_gain_test.cpp.
#pragma once

#include <span>
#include <vector>

#include "coldstart/optim/apply.h"

namespace coldstart::optim {

class RowGain {
 public:
  static constexpr double kSmallestGain = 1e-6;

  RowGain(const ParamList& params, const std::vector<ParamGroup>& groups, bool adaptive);

  bool applies_to(size_t i) const { return size_[i] > 0; }
  std::span<const double> gains(size_t i) const;
  // After the turn of parameter i, whose report it completes. direction and scale are those of a
  // vector.
  void update(const StepScope& step, size_t i, const kernels::Direction& direction, double scale);
  void add_states(std::vector<NamedTensor>& states);

 private:
  std::vector<size_t> first_, size_;  // rows of each parameter; size 0: no gains
  std::vector<double> gain_, m_, v_;  // v_ is empty unless adaptive
  std::vector<double> ratio_;         // of the step at hand
};

}  // namespace coldstart::optim
