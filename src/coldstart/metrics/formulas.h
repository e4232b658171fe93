// The formulas of the measures that come out of the update's own pass, one file each; and all
// measures of this project, for the registry.
//
// Notation: w the weights before the step, w' after, dw = w' - w, g the gradient as it enters the
// moments, m the momentum before the step. Test: tests/metrics/formulas_test.cpp.
#pragma once

#include <optional>

#include "coldstart/metrics/metric.h"

namespace coldstart::metrics {

double update_l2(const Measured& x);
double claimed_update_l2(const Measured& x);
std::optional<double> relative_update(const Measured& x);
std::optional<double> angular_update(const Measured& x);  // radians
double weight_norm(const Measured& x);
double grad_norm(const Measured& x);
std::optional<double> grad_momentum_cosine(const Measured& x);
std::optional<double> momentum_cancellation(const Measured& x);
std::optional<double> grad_weight_cosine(const Measured& x);
double zero_share(const Measured& x);

MetricInfo update_l2_metric();
MetricInfo relative_update_metric();
MetricInfo angular_update_metric();
MetricInfo weight_norm_metric();
MetricInfo grad_norm_metric();
MetricInfo grad_momentum_cosine_metric();
MetricInfo momentum_cancellation_metric();
MetricInfo grad_weight_cosine_metric();
MetricInfo zero_share_metric();

MetricInfo equilibrium_metric();
MetricInfo snr_metric();
MetricInfo critical_batch_metric();
MetricInfo rrc_metric();
MetricInfo dead_relu_metric();
MetricInfo stable_rank_metric();

}  // namespace coldstart::metrics
