#include "coldstart/optim/row_gain.h"

#include <cmath>

namespace coldstart::optim {

namespace {

double sign(double x) { return static_cast<double>((x > 0) - (x < 0)); }

// A direction of kernels/updates.h for one number.
double direction_of(const kernels::Direction& d, double g, double& m, double* v) {
  const double c = d.mix_m * m + d.mix_g * g;
  m = d.keep * m + d.add * g;
  if (d.kind == kernels::DirectionKind::sign) return sign(c);
  *v = d.beta2 * *v + (1 - d.beta2) * g * g;
  return c / (std::sqrt(*v / d.correction2) + d.eps);
}

// The sums of w -> w', made those of w -> ratio w'.
void stretch(kernels::UpdateSums& sums, double ratio) {
  const double more = ratio - 1;
  sums.delta_sq = ratio * ratio * sums.delta_sq + 2 * ratio * more * sums.weight_delta +
                  more * more * sums.weight_sq;
  sums.weight_delta = ratio * sums.weight_delta + more * sums.weight_sq;
}

}  // namespace

RowGain::RowGain(const ParamList& params, const std::vector<ParamGroup>& groups, bool adaptive) {
  for (size_t i = 0; i < params.size(); ++i) {
    const bool applies = groups[i].group == Group::rotational && !is_embedding(params[i].role);
    first_.push_back(static_cast<size_t>(groups[i].first_row));
    size_.push_back(applies ? static_cast<size_t>(params[i].rows()) : 0);
  }
  const auto rows = static_cast<size_t>(row_count(params));
  gain_.assign(rows, 1);
  m_.resize(rows);
  ratio_.resize(rows);
  if (adaptive) v_.resize(rows);
}

std::span<const double> RowGain::gains(size_t i) const {
  return std::span(gain_).subspan(first_[i], size_[i]);
}

void RowGain::update(const StepScope& step, size_t i, const kernels::Direction& direction,
                     double scale) {
  const std::span<kernels::UpdateSums> sums = step.report.rows(i);
  const std::span<double> ratio = std::span(ratio_).subspan(first_[i], size_[i]);
  for (size_t r = 0; r < size_[i]; ++r) {
    double& gain = gain_[first_[i] + r];
    ratio[r] = 1;
    // <g', W> with g' = gain g and W = gain V.
    const double gradient = sums[r].grad_weight / (gain * gain);
    if (!std::isfinite(gradient)) continue;
    double* v = v_.empty() ? nullptr : &v_[first_[i] + r];
    const double u = direction_of(direction, gradient, m_[first_[i] + r], v);
    double next = gain - step.lr(i) * scale * u;
    if (std::abs(next) < kSmallestGain) next = std::copysign(kSmallestGain, gain);
    ratio[r] = next / gain;
    gain = next;
    stretch(sums[r], ratio[r]);
  }
  step.kernels.scale_rows(step.params[i].weight, ratio);
}

void RowGain::add_states(std::vector<NamedTensor>& states) {
  add_row_state(states, "gain", gain_);
  add_row_state(states, "gain_m", m_);
  add_row_state(states, "gain_v", v_);
}

}  // namespace coldstart::optim
