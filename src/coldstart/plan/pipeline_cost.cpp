#include "coldstart/plan/pipeline_cost.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/error.h"

namespace coldstart::plan {

std::vector<RungCost> pipeline_cost(const RungOptions& options, int64_t ideas) {
  if (ideas < 1 || ideas > 10'000)
    throw ConfigError("pipeline", fmt::format("got {} ideas", ideas), "expected 1 to 10,000");
  std::vector<RungCost> costs;
  int64_t here = ideas;  // without a control
  for (int rung = 1; rung <= options.rungs; ++rung) {
    const Pipeline alone{.options = options, .ideas = {{.id = "idea", .rung = rung}}, .rung = rung};
    const RungTask task = rung_tasks(alone).back();
    const int64_t controls = rung > 1 ? 1 : 0;
    RungCost cost{.rung = rung, .length = task.end, .from = task.from, .trunk_to = task.trunk_to};
    cost.runs = 1 + here + controls;
    cost.steps = cost.runs * (task.end - task.from);
    costs.push_back(cost);
    const size_t place = std::min(options.promote.size(), static_cast<size_t>(rung)) - 1;
    here = std::min<int64_t>(here, options.promote[place]);
  }
  return costs;
}

}  // namespace coldstart::plan
