#include "coldstart/metrics/level.h"

#include <algorithm>
#include <map>

namespace coldstart::metrics {

bool LevelSet::any() const {
  return std::any_of(wanted.begin(), wanted.end(), [](bool level) { return level; });
}

Layout::Layout(const ParamList& list, int64_t row_sample) : params(list) {
  model.where = matrices.where = "model";
  std::map<Role, Group> by_role;
  for (size_t i = 0; i < params.size(); ++i) {
    const Param& param = params[i];
    model.params.push_back(i);
    by_role[param.role].params.push_back(i);
    std::vector<int64_t>& sample = rows.emplace_back();
    if (!param.is_matrix()) continue;
    matrices.params.push_back(i);
    const int64_t count = std::min(param.rows(), row_sample);
    for (int64_t k = 0; k < count; ++k) sample.push_back(k * param.rows() / count);
  }
  for (auto& [role, group] : by_role) {
    group.where = "role/" + std::string(role_name(role));
    roles.push_back(std::move(group));
  }
}

}  // namespace coldstart::metrics
