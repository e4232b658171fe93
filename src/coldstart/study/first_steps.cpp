#include "coldstart/study/first_steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/study/load.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr int64_t kEvaluations = 200;  // a trial
constexpr int64_t kCapFactor = 8;      // times the steps of the configuration
constexpr double kFirstShare = 0.25;   // of these steps: the first T

class Search {
 public:
  Search(const fs::path& directory, const FirstStepsPlan& plan, const RunStudy& run)
      : directory_(directory),
        plan_(plan),
        run_(run),
        base_(noise_free(plan.config, plan.warmup).config),
        grid_(rates_in(plan.rates)) {
    if (grid_.size() < 3)
      throw ConfigError("--lr", fmt::format("{} rates lie in the range", grid_.size()),
                        "a range of one decade or more has three");
  }

  FirstSteps run() {
    if (plan_.n > 0) return sweep(plan_.n);
    const int64_t given = steps_of(plan_.config);
    const int64_t cap = plan_.cap > 0 ? plan_.cap : kCapFactor * given;
    auto steps = std::min<int64_t>(
        cap, std::max<int64_t>(1, static_cast<int64_t>(kFirstShare * static_cast<double>(given))));
    while (true) {
      FirstSteps found = probe(steps);
      const bool any_trains = std::ranges::any_of(found.sweep.rates, &plan::SweepRate::feasible);
      const bool fits = std::ranges::any_of(
          found.sweep.rates, [](const plan::SweepRate& rate) { return rate.hit.has_value(); });
      if (found.exit_code != 0) return found;
      if (fits) return sweep(steps);
      if (!any_trains || steps >= cap) return found;
      steps = std::min(cap, 2 * steps);
    }
  }

 private:
  // The middle rate and its neighbours.
  FirstSteps probe(int64_t steps) const {
    const size_t middle = grid_.size() / 2;
    return judge(steps, {grid_[middle - 1], grid_[middle], grid_[middle + 1]});
  }

  FirstSteps sweep(int64_t steps) const {
    std::vector<double> rates = grid_;
    while (true) {
      FirstSteps found = judge(steps, rates);
      if (found.exit_code != 0 || found.sweep.more.empty()) {
        found.sweep.verdict.valid_for.push_back(fmt::format(
            "N = {} steps a trial, {}", steps, plan_.n > 0 ? "as given" : "found by doubling"));
        return found;
      }
      rates.insert(rates.end(), found.sweep.more.begin(), found.sweep.more.end());
    }
  }

  FirstSteps judge(int64_t steps, const std::vector<double>& rates) const {
    train::RunConfig base = base_;
    base.train.eval_every = std::max<int64_t>(1, steps / kEvaluations);
    const auto study =
        open_lr_study(directory_ / fmt::format("steps-{}", steps),
                      {.goal = "how many steps does it take to fit the training data?",
                       .base = base,
                       .steps = steps,
                       .rates = rates,
                       .seeds = plan_.seeds});
    FirstSteps found{.n = steps, .exit_code = run_(study)};
    if (found.exit_code != 0) return found;
    const auto known = rates_of(study).size();
    const int extensions = known > grid_.size() ? static_cast<int>(known - grid_.size()) : 0;
    found.sweep = plan::judge_sweep(load_study(study.path()).trials,
                                    {.fit = plan_.fit, .extensions = extensions});
    return found;
  }

  const fs::path& directory_;
  const FirstStepsPlan& plan_;
  const RunStudy& run_;
  const train::RunConfig base_;
  const std::vector<double> grid_;
};

}  // namespace

NoiseFree noise_free(const train::RunConfig& config, int64_t warmup) {
  NoiseFree free{.config = config};
  train::RunConfig& c = free.config;
  c.schedule = {};
  c.schedule.shape = schedule::Shape::constant;
  c.schedule.warmup = warmup;
  c.regularize = {};
  c.plateau = {};
  c.order = {};
  c.batch = {};
  c.optimizer.weight_decay = 0.0;
  train::RunConfig before = config;
  free.changes = differences(before.fields(), c.fields());
  // Of its trials only the records count.
  c.train.keep_best = 0;
  c.train.trunk_at.clear();
  c.train.eval_at.clear();
  return free;
}

FirstSteps find_first_steps(const fs::path& directory, const FirstStepsPlan& plan,
                            const RunStudy& run) {
  return Search(directory, plan, run).run();
}

}  // namespace coldstart::study
