// What snr and critical_batch share: a number from the estimator's averages, at every level.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/snr_estimator.h"

namespace coldstart::metrics {

using SnrFormula = std::function<std::optional<double>(const SignalNoise&)>;

void put_snr(const SnrEstimator& estimator, MetricSink& sink, std::string_view part,
             const SnrFormula& formula);

}  // namespace coldstart::metrics
