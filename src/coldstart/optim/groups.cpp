#include "coldstart/optim/groups.h"

#include <fmt/format.h>

#include <algorithm>

namespace coldstart::optim {

namespace {

std::string title(Group group, const GroupRules& rules) {
  switch (group) {
    case Group::rotational:
      if (!rules.replay.empty()) return fmt::format("rotational (angles of {})", rules.replay);
      return fmt::format("rotational ({:.3g} rad a step at the peak rate)", rules.peak_angle);
    case Group::decayed:
      return fmt::format("decayed ({})", rules.weight_decay);
    case Group::plain:
      break;
  }
  return "plain";
}

}  // namespace

bool is_embedding(Role role) {
  return role == Role::token_embedding || role == Role::position_embedding;
}

bool is_vector_role(Role role) {
  return role == Role::norm_gain || role == Role::norm_bias || role == Role::linear_bias;
}

Group group_of(Role role, bool is_matrix, const GroupRules& rules) {
  if (!is_matrix || is_vector_role(role)) return Group::plain;
  if (rules.rotates && (rules.rotate_embeddings || !is_embedding(role))) return Group::rotational;
  return rules.weight_decay > 0 ? Group::decayed : Group::plain;
}

std::vector<ParamGroup> group_params(const ParamList& params, const GroupRules& rules) {
  std::vector<ParamGroup> groups;
  int64_t row = 0;
  for (const Param& param : params) {
    const Group group = group_of(param.role, param.is_matrix(), rules);
    groups.push_back({group, group == Group::plain ? 0 : rules.weight_decay, row});
    row += param.rows();
  }
  return groups;
}

int64_t row_count(const ParamList& params) {
  int64_t rows = 0;
  for (const Param& param : params) rows += param.rows();
  return rows;
}

std::vector<std::string> describe_groups(std::span<const ParamSpec> specs,
                                         const GroupRules& rules) {
  std::vector<std::string> lines;
  for (const auto& [group, name] : EnumText<Group>::names) {
    std::vector<Role> roles;
    for (const ParamSpec& spec : specs) {
      if (group_of(spec.role, spec.rows > 0, rules) != group) continue;
      if (std::ranges::find(roles, spec.role) == roles.end()) roles.push_back(spec.role);
    }
    if (roles.empty()) continue;
    std::string line = title(group, rules) + ":";
    for (const Role role : roles)
      line += fmt::format("{} {}", role == roles.front() ? "" : ",", role_name(role));
    lines.push_back(line);
  }
  return lines;
}

}  // namespace coldstart::optim
