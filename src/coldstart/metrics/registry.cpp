#include "coldstart/metrics/registry.h"

#include <algorithm>

#include "coldstart/core/text.h"
#include "coldstart/metrics/formulas.h"

namespace coldstart::metrics {

namespace {

std::vector<MetricInfo>& known_metrics() {
  static std::vector<MetricInfo> metrics = builtin_metrics();
  return metrics;
}

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::vector<MetricInfo> builtin_metrics() {
  return {update_l2_metric(),
          relative_update_metric(),
          angular_update_metric(),
          weight_norm_metric(),
          grad_norm_metric(),
          grad_momentum_cosine_metric(),
          momentum_cancellation_metric(),
          grad_weight_cosine_metric(),
          zero_share_metric(),
          equilibrium_metric(),
          snr_metric(),
          critical_batch_metric(),
          rrc_metric(),
          dead_relu_metric(),
          stable_rank_metric()};
}

void register_metric(MetricInfo info) {
  const auto same = [&](const MetricInfo& other) { return other.name == info.name; };
  if (!is_name(info.name) || info.name == "default" || info.name == "all" || info.name == "none") {
    throw ConfigError("register_metric", fmt::format("'{}' cannot name a metric", info.name),
                      "use small letters, digits and _");
  }
  if (std::ranges::any_of(known_metrics(), same)) {
    throw ConfigError("register_metric", fmt::format("there is a metric '{}' already", info.name),
                      "choose another name");
  }
  COLDSTART_CHECK(info.make != nullptr, "metric '{}' cannot be made", info.name);
  known_metrics().push_back(std::move(info));
}

const std::vector<MetricInfo>& all_metrics() { return known_metrics(); }

const MetricInfo& find_metric(std::string_view name, std::string_view where) {
  std::vector<std::string> names;
  for (const MetricInfo& info : known_metrics()) {
    if (info.name == name) return info;
    names.push_back(info.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw ConfigError(
      where, fmt::format("there is no metric '{}'", name),
      nearest.empty() ? "docs/metrics.md lists all" : fmt::format("did you mean '{}'?", nearest));
}

}  // namespace coldstart::metrics
