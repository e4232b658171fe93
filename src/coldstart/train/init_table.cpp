#include "coldstart/train/init_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "coldstart/optim/registry.h"
#include "coldstart/train/dynamics_of.h"

namespace coldstart::train {

namespace {

// What the first step does to a matrix of this root mean square.
std::string first_step_text(double rms, double lr, optim::Group group, optim::TrustRatio trust,
                            const std::optional<metrics::Dynamics>& dynamics) {
  if (group == optim::Group::rotational) return "turns by its set angle";
  if (rms == 0) return "no direction yet";
  if (trust != optim::TrustRatio::none)
    return fmt::format("first step about {:.3g} rad", std::atan(lr));
  const double update = dynamics ? dynamics->early_update_rms(1) : 0;
  if (update == 0) return "first step depends on the gradients";
  return fmt::format("first step about {:.3g} rad", std::atan(lr * update / rms));
}

}  // namespace

model::Init init_of(const RunConfig& config) {
  return {.std = config.model.init_std,
          .residual_scale = config.model.init_residual_scale,
          .rules = config.init};
}

std::vector<std::string> describe_init(const ResolvedConfig& resolved) {
  const RunConfig& config = resolved.config;
  const std::vector<ParamSpec> specs = model::param_specs(resolved.model);
  const optim::GroupRules rules = optim::group_rules(config.optimizer);
  const optim::GroupFactors factors = optim::group_factors(config.groups, specs);
  const std::optional<metrics::Dynamics> dynamics = dynamics_of(config.optimizer);
  const model::Init init = init_of(config);
  const model::InitShape shape = model::init_shape(resolved.model);
  std::vector<std::pair<std::string, std::vector<Role>>> lines;  // text, and of which roles
  for (size_t i = 0; i < specs.size(); ++i) {
    const ParamSpec& spec = specs[i];
    if (spec.rows == 0) continue;
    const double rms = model::initial_rms(spec, shape, init);
    const double lr = resolved.schedule.lr(0) * (factors.lr.empty() ? 1 : factors.lr[i]);
    const std::string text =
        fmt::format("RMS {:.3g}, {}", rms,
                    first_step_text(rms, lr, optim::group_of(spec.role, true, rules),
                                    config.groups.trust_ratio, dynamics));
    auto line = std::ranges::find_if(lines, [&](const auto& known) { return known.first == text; });
    if (line == lines.end()) line = lines.insert(line, {text, {}});
    if (std::ranges::find(line->second, spec.role) == line->second.end())
      line->second.push_back(spec.role);
  }
  std::vector<std::string> result;
  for (auto& [text, roles] : lines) {
    std::string line = text + ":";
    for (const Role role : roles)
      line += fmt::format("{} {}", role == roles.front() ? "" : ",", role_name(role));
    result.push_back(std::move(line));
  }
  return result;
}

}  // namespace coldstart::train
