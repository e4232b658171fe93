// The sampler `grid`: every combination of choices and levels, the last hyperparameter fastest. One
// that exists under one value of its parent only is crossed with nothing else. For one or two
// dimensions (playbook QR-04). Test: tests/study/sampler_test.cpp.
#include "coldstart/core/error.h"
#include "coldstart/study/axis_values.h"
#include "coldstart/study/sampler.h"

namespace coldstart::study {

namespace {

constexpr size_t kMaxPoints = 100'000;

std::vector<std::string> levels_of(const Axis& axis) {
  if (!axis.param.choices.empty()) return axis.param.choices;
  std::vector<std::string> levels;
  for (int64_t i = 0; i < axis.levels; ++i) {
    std::string level = level_at(axis, i);
    if (levels.empty() || levels.back() != level) levels.push_back(std::move(level));
  }
  return levels;
}

class GridSampler : public Sampler {
 public:
  explicit GridSampler(const Spec& spec) : points_{Values()} {
    for (const Axis& axis : spec.space) {
      const auto levels = levels_of(axis);
      std::vector<Values> next;
      for (const Values& values : points_) {
        if (!is_active(axis.param, values)) {
          next.push_back(values);
          continue;
        }
        for (const std::string& level : levels) {
          next.push_back(values);
          next.back()[axis.param.name] = level;
        }
        if (next.size() > kMaxPoints)
          throw ConfigError("space", fmt::format("the grid has more than {} points", kMaxPoints),
                            "use fewer levels, or the sampler halton (W-GRID)");
      }
      points_ = std::move(next);
    }
  }

  Values point(int64_t i) const override { return points_.at(static_cast<size_t>(i)); }
  int64_t size() const override { return std::ssize(points_); }

 private:
  std::vector<Values> points_;
};

}  // namespace

std::unique_ptr<Sampler> make_grid(const Spec& spec) { return std::make_unique<GridSampler>(spec); }

}  // namespace coldstart::study
