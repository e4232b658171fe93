#include "coldstart/adapt/rrc_control.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "coldstart/core/error.h"
#include "coldstart/io/json_lines.h"

namespace coldstart::adapt {

namespace {

double snr_or_limit(const metrics::SignalNoise& average) {
  if (const auto phi = metrics::snr(average)) return *phi;
  return average.signal > 0 ? std::numeric_limits<double>::infinity() : 0;
}

metrics::SignalNoise whole_model(const metrics::SnrEstimator& estimator, size_t params) {
  metrics::SignalNoise sum;
  for (size_t i = 0; i < params; ++i) sum += estimator.tensor(i);
  return sum;
}

}  // namespace

std::vector<double> reference_snr(const std::filesystem::path& run, const ParamList& params,
                                  SnrScope scope) {
  const auto file = run / "metrics.jsonl";
  if (!std::filesystem::exists(file)) {
    throw ConfigError("rrc.rrc_reference_run",
                      fmt::format("'{}' is not the directory of a run", run.string()),
                      "give the directory of a finished run that has recorded snr");
  }
  std::vector<double> last(params.size(), std::numeric_limits<double>::quiet_NaN());
  for (const io::JsonRecord& record : io::read_json_lines(file)) {
    for (size_t i = 0; i < params.size(); ++i) {
      const std::string key = scope == SnrScope::global ? "snr/model" : "snr/" + params[i].name;
      if (const auto phi = record.number(key)) last[i] = *phi;
    }
  }
  for (size_t i = 0; i < params.size(); ++i) {
    if (last[i] >= 0 && std::isfinite(last[i])) continue;
    throw ConfigError(
        "rrc.rrc_reference_run",
        fmt::format("'{}' has recorded no snr of {}", run.string(),
                    scope == SnrScope::global ? std::string("the model") : params[i].name),
        "run it with --measure default,snr and the level tensor in --granularity");
  }
  return last;
}

RrcControl::RrcControl(const RrcOptions& options, const ParamList& params, double batch)
    : options_(options), params_(params), batch_(batch) {
  if (options.rrc_reference == RrcReference::run)
    reference_ = reference_snr(options.rrc_reference_run, params, options.snr_scope);
  size_t rows = 0;
  for (const Param& param : params) rows += static_cast<size_t>(param.rows());
  if (options.snr_scope == SnrScope::row) {
    row_scale_.assign(rows, 1);
  } else {
    param_scale_.assign(params.size(), 1);
  }
}

double RrcControl::factor(const metrics::SignalNoise& average, size_t param) const {
  const auto fan_in = static_cast<double>(params_[param].cols());
  const auto scale = [&](double phi) {
    return optim::rrc_scale(options_.rrc_scaling, phi, batch_, fan_in);
  };
  const double reference = reference_.empty() ? 1 : scale(reference_[param]);
  return std::clamp(scale(snr_or_limit(average)) / reference, options_.rrc_min, 1.0);
}

void RrcControl::update(const metrics::SnrEstimator& estimator) {
  batch_ = estimator.setup().batch;  // of this step
  const metrics::SignalNoise all = options_.snr_scope == SnrScope::global
                                       ? whole_model(estimator, params_.size())
                                       : metrics::SignalNoise();
  size_t first_row = 0;
  for (size_t i = 0; i < params_.size(); ++i) {
    const auto rows = static_cast<size_t>(params_[i].rows());
    const bool scaled = params_[i].is_matrix() || options_.rrc_scale_1d;
    if (scaled && options_.snr_scope == SnrScope::row) {
      for (size_t r = 0; r < rows; ++r)
        row_scale_[first_row + r] = factor(estimator.row(i, static_cast<int64_t>(r)), i);
    } else if (scaled) {
      param_scale_[i] =
          factor(options_.snr_scope == SnrScope::global ? all : estimator.tensor(i), i);
    }
    first_row += rows;
  }
}

}  // namespace coldstart::adapt
