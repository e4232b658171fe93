#include "coldstart/train/dynamics_of.h"

#include "coldstart/optim/lion_a.h"

namespace coldstart::train {

namespace {

metrics::Dynamics of_adam(const optim::OptimizerOptions& o) {
  return metrics::adamw_dynamics(o.weight_decay.value(), o.beta1.value(), o.beta2.value(),
                                 o.bias_correction_m == optim::BiasCorrectionM::standard,
                                 o.bias_correction_v == optim::BiasCorrectionV::standard);
}

metrics::Dynamics of_lion(const optim::OptimizerOptions& o) {
  return metrics::sign_dynamics(o.weight_decay.value(), o.beta1.value(), o.beta2.value(), 1);
}

// LionA(b) mixes as Lion(b, b), with Nesterov as Lion(b^2, b).
metrics::Dynamics of_lion_a(const optim::OptimizerOptions& o) {
  const double b = o.beta.value();
  return metrics::sign_dynamics(o.weight_decay.value(), o.nesterov.value() ? b * b : b, b,
                                optim::lion_a_scale(o));
}

}  // namespace

std::optional<metrics::Dynamics> dynamics_of(const optim::OptimizerOptions& options) {
  if (options.cautious || options.hyperball) return std::nullopt;
  if (options.name == "adamw" || options.name == "rotational_adamw") return of_adam(options);
  if (options.name == "lion" || options.name == "rotational_lion") return of_lion(options);
  if (options.name == "lion_a" || options.name == "lion_ar") return of_lion_a(options);
  if (options.name == "sgd") {
    return metrics::sgd_dynamics(options.weight_decay.value(), options.momentum.value(),
                                 options.sgd_decoupled);
  }
  return std::nullopt;
}

std::optional<metrics::Dynamics> dynamics_of(const RunConfig& config) {
  const bool ramp = config.regularize.ramps.find("weight_decay") != std::string::npos;
  if (ramp || config.groups.trust_ratio != optim::TrustRatio::none) return std::nullopt;
  return dynamics_of(config.optimizer);
}

}  // namespace coldstart::train
