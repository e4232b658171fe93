// equilibrium: what the theory of rotational equilibrium expects of each matrix, beside what is
// measured (angular_update, weight_norm).
//
//   .angle            angle a step in equilibrium at the present learning rate, radians; for a
//                     rotational parameter the angle that the optimizer aims at (claimed)
//   .ratio            measured angular update / .angle: above 1 the weights turn faster than they
//                     will in the long run
//   .predicted_angle  the angle on the way there, from the size the weights had when first seen;
//                     steps in between that were not measured count with the rate of the next one
//   .rms, .predicted_rms   the same of the size of the weights
// The rate and the decay are those of the parameter's group ([groups]).
// Missing for parameters without decay and for optimizers whose equilibrium is not known. Of a role
// or the model: the root mean square over its matrices. Formulas: dynamics.h.
// Test: tests/metrics/equilibrium_test.cpp.
#include <cmath>
#include <limits>

#include "coldstart/metrics/dynamics.h"
#include "coldstart/metrics/formulas.h"

namespace coldstart::metrics {

namespace {

using Values = std::vector<std::optional<double>>;

class EquilibriumMetric : public Metric {
 public:
  explicit EquilibriumMetric(const MetricSetup& setup)
      : layout_(setup.layout),
        dynamics_(setup.dynamics),
        factors_(setup.factors),
        mean_sq_(layout_.params.size() + 1, std::numeric_limits<double>::quiet_NaN()) {}

  void after_update(const StepView& view, MetricSink& sink) override {
    for (Values* values : {&angle_, &ratio_, &predicted_angle_, &rms_, &predicted_rms_})
      values->assign(layout_.params.size(), std::nullopt);
    double& last_step = mean_sq_.back();
    steps_passed_ = std::isnan(last_step) ? 0 : static_cast<double>(view.step) - last_step;
    last_step = static_cast<double>(view.step);
    for (const size_t i : layout_.matrices.params) {
      if (view.report[i].rotational) {
        angle_[i] = std::atan(view.report[i].angle);
      } else if (dynamics_) {
        predict(view, i);
      }
      const std::optional<double> measured = angular_update(view.measured.tensor(i));
      if (angle_[i] && *angle_[i] > 0 && measured) ratio_[i] = *measured / *angle_[i];
    }
    sink.put_tensors(".angle", angle_, Combine::rms);
    sink.put_tensors(".ratio", ratio_, Combine::rms);
    sink.put_tensors(".predicted_angle", predicted_angle_, Combine::rms);
    sink.put_tensors(".rms", rms_, Combine::rms);
    sink.put_tensors(".predicted_rms", predicted_rms_, Combine::rms);
  }

  std::vector<MetricState> states() override {
    return {{"mean_square", Tensor(mean_sq_.data(), DType::f64, {std::ssize(mean_sq_)})}};
  }

 private:
  double factor(std::vector<double> optim::GroupFactors::*which, size_t i) const {
    return factors_ == nullptr || (factors_->*which).empty() ? 1 : (factors_->*which)[i];
  }

  void predict(const StepView& view, size_t i) {
    Dynamics own = *dynamics_;
    own.weight_decay *= factor(&optim::GroupFactors::decay, i);
    const double lr = view.lr * factor(&optim::GroupFactors::lr, i);
    const std::optional<Equilibrium> expected = equilibrium(own, lr);
    if (!expected) return;
    angle_[i] = expected->angle;
    if (!expected->rms) return;
    rms_[i] = expected->rms;
    const Measured& measured = view.measured.tensor(i);
    double& r_sq = mean_sq_[i];
    if (std::isnan(r_sq)) {
      r_sq = measured.sums.weight_sq / static_cast<double>(measured.elements);
    } else {
      const double limit = *expected->rms * *expected->rms;
      const double kept = std::pow(1 - lr * own.weight_decay, 2 * steps_passed_);
      r_sq = limit + (r_sq - limit) * kept;
    }
    if (!(r_sq > 0)) return;
    predicted_rms_[i] = std::sqrt(r_sq);
    predicted_angle_[i] = lr * own.early_update_rms(view.step) / std::sqrt(r_sq);
  }

  const Layout& layout_;
  const std::optional<Dynamics> dynamics_;
  const optim::GroupFactors* factors_;  // null: all 1
  std::vector<double> mean_sq_;  // predicted r^2 a parameter, NaN before its first step; last step
  double steps_passed_ = 0;
  Values angle_, ratio_, predicted_angle_, rms_, predicted_rms_;
};

}  // namespace

MetricInfo equilibrium_metric() {
  return {
      .name = "equilibrium",
      .meaning = "angle and size at which updates and weight decay balance, in theory",
      .cost = "none: from the update's own pass",
      .on_by_default = true,
      .costs_nothing = true,
      .interval = {.steps = 1},
      .parts = {{".angle", "equilibrium angle of an update at this learning rate, radians"},
                {".ratio", "measured angular_update over the equilibrium angle"},
                {".predicted_angle", "angle of an update on the way to equilibrium"},
                {".rms", "equilibrium root mean square of the weights"},
                {".predicted_rms", "the same on the way to equilibrium"}},
      .make = [](const MetricSetup& setup) { return std::make_unique<EquilibriumMetric>(setup); }};
}

}  // namespace coldstart::metrics
