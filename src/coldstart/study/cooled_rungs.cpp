#include "coldstart/study/cooled_rungs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "coldstart/core/error.h"
#include "coldstart/plan/objective.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr const char* kBaseline = "baseline";

bool is_file_name(const std::string& id) {
  return !id.empty() && std::ranges::all_of(id, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  }) && id.front() != '.';
}

bool has_trunk(const train::RunConfig& config) {
  return config.schedule.shape == schedule::Shape::constant ||
         config.schedule.shape == schedule::Shape::trapezoid;
}

// The configuration with its warmup in steps, as a run of production length has it.
train::RunConfig settled(train::RunConfig config, int64_t production) {
  config.train.steps = production;
  config.train.trunk_at.clear();
  const auto facts = train::open_data(config)->facts();
  const schedule::Schedule s = train::resolve(config, facts).schedule;
  if (config.schedule.warmup.is_share() || config.schedule.warmup.is_data())
    config.schedule.warmup = s.warmup;
  return config;
}

// All steps count, those of a prepended warmup too.
void set_total(train::RunConfig& config, int64_t total) {
  const bool before = config.schedule.warmup_mode == schedule::WarmupMode::prepend;
  config.train.steps =
      total - (before ? config.schedule.warmup.steps_of({}, "schedule.warmup") : 0);
}

train::RunConfig trunk_config(train::RunConfig config, int64_t to) {
  schedule::ScheduleOptions& o = config.schedule;
  const schedule::ScheduleOptions defaults;
  o.shape = schedule::Shape::constant;
  o.cooldown = defaults.cooldown;
  o.cooldown_shape = defaults.cooldown_shape;
  o.final_ratio = defaults.final_ratio;
  set_total(config, to);
  config.train.keep_best = 0;
  return config;
}

class Runner {
 public:
  Runner(const fs::path& directory, const RungsPlan& plan, kernels::Kernels& kernels,
         train::RunObserver& observer)
      : directory_(directory), plan_(plan), kernels_(kernels), observer_(observer) {
    result_.pipeline.options = plan.options;
    add_config(kBaseline, {});
    for (const RungIdea& idea : plan.ideas) {
      if (!is_file_name(idea.id))
        throw ConfigError("pipeline", fmt::format("'{}' is no id", idea.id),
                          "letters, digits, '-', '_' and '.'");
      add_config(idea.id, idea.values);
      result_.pipeline =
          plan::add_idea(result_.pipeline, {.id = idea.id,
                                            .complexity_note = idea.complexity_note,
                                            .shares_trunk = has_trunk(configs_.at(idea.id))});
    }
    if (plan.ideas.empty())
      throw ConfigError("pipeline", "there is no idea to test", "add an [[idea]] with an id");
  }

  RungsResult run() {
    if (!measure_noise()) return stopped();
    while (true) {
      std::map<std::string, double> scores;
      for (const plan::RungTask& task : plan::rung_tasks(result_.pipeline)) {
        const auto score = run_task(task, configs_.at(task.id).train.seed);
        if (!score) return stopped();
        scores[task.id] = *score;
      }
      if (scores.empty()) return std::move(result_);
      result_.pipeline = plan::advance(result_.pipeline, scores);
    }
  }

 private:
  void add_config(const std::string& id, const Values& values) {
    train::RunConfig config = plan_.baseline;
    for (const auto& [name, value] : values)
      config.fields().find(name, id).set_text(value, fmt::format("{}: {}", id, name));
    config.train.out = (directory_ / id).string();  // the data are prepared beside the runs
    configs_[id] = settled(std::move(config), plan_.options.production);
  }

  // sigma as the plan says it, or from reruns of the baseline at the first rung.
  bool measure_noise() {
    plan::RungOptions& options = result_.pipeline.options;
    if (options.sigma > 0) return true;
    options.sigma = 1;  // of no importance to the task below
    const auto tasks = plan::rung_tasks(result_.pipeline);
    std::vector<double> losses;
    for (int64_t i = 0; i < plan_.noise_runs; ++i) {
      const auto score = run_task(tasks.front(), plan_.baseline.train.seed + i);
      if (!score) return false;
      losses.push_back(*score);
    }
    result_.noise = plan::noise_of_reruns(losses);
    options.sigma = result_.noise.sigma;
    if (!(options.sigma > 0))
      throw ConfigError("pipeline", "the noise between seeds could not be measured",
                        "three runs of the baseline that train are needed (noise_runs), or sigma");
    return true;
  }

  // The score of a task; NaN when it does not train, nothing when it was stopped.
  std::optional<double> run_task(const plan::RungTask& task, int64_t seed) {
    train::RunConfig config = configs_.at(task.id);
    const bool first_seed = seed == config.train.seed;
    config.train.seed = seed;
    const std::string name = first_seed ? task.id : fmt::format("{}-seed{}", task.id, seed);
    const auto known = std::ranges::find_if(result_.scores, [&](const RungScore& score) {
      return score.id == task.id && score.rung == task.rung && score.seed == seed;
    });
    if (known != result_.scores.end()) return known->loss;
    // A control whose trunk diverged has nothing to go on from.
    const bool lost = std::ranges::any_of(result_.scores, [&](const RungScore& score) {
      return score.id == task.id && score.rung < task.rung && std::isnan(score.loss);
    });
    if (lost) {
      result_.scores.push_back({.id = task.id, .rung = task.rung, .seed = seed, .end = task.end});
      return NAN;
    }
    const auto run = has_trunk(config) ? run_branch(task, config, name)
                                       : run_scratch(task, std::move(config), name);
    if (!run) return std::nullopt;
    const auto best = run->trial.feasible() ? plan::objective_of(run->trial) : std::nullopt;
    result_.scores.push_back({.id = task.id,
                              .rung = task.rung,
                              .seed = seed,
                              .end = task.end,
                              .loss = best ? best->value : NAN,
                              .run = run->trial.name});
    return result_.scores.back().loss;
  }

  fs::path place(const std::string& name, int rung, const char* what) const {
    return directory_ / fmt::format("{}-rung{}-{}", name, rung, what);
  }

  std::optional<ProbeEnd> run_branch(const plan::RungTask& task, const train::RunConfig& config,
                                     const std::string& name) {
    Probe trunk{
        .label = fmt::format("{}, rung {}: trunk to step {}", name, task.rung, task.trunk_to),
        .directory = place(name, task.rung, "trunk"),
        .config = trunk_config(config, task.trunk_to)};
    if (task.from > 0) trunk.branch_from = place(name, task.rung - 1, "trunk");
    auto end = run_one(trunk, task.trunk_to - task.from);
    if (!end || !end->trial.feasible()) return end;
    const Probe branch{
        .label = fmt::format("{}, rung {}: cooldown to step {}", name, task.rung, task.end),
        .directory = place(name, task.rung, "cooled"),
        .config = cooled_config(train::config_of_run(trunk.directory), task.trunk_to,
                                {.steps = task.end - task.trunk_to, .shape = plan_.shape}),
        .branch_from = trunk.directory};
    return run_one(branch, task.end - task.trunk_to);
  }

  std::optional<ProbeEnd> run_scratch(const plan::RungTask& task, train::RunConfig config,
                                      const std::string& name) {
    set_total(config, task.end);
    return run_one(
        {.label = fmt::format("{}, rung {}: {} steps from scratch", name, task.rung, task.end),
         .directory = place(name, task.rung, "scratch"),
         .config = std::move(config)},
        task.end);
  }

  std::optional<ProbeEnd> run_one(const Probe& probe, int64_t steps) {
    if (!is_over(probe.directory) && plan_.may_start && !plan_.may_start(steps))
      return std::nullopt;
    ProbeEnd end = run_probe(probe, kernels_, observer_);
    result_.signal = end.signal;
    if (end.signal != 0) return std::nullopt;
    return end;
  }

  RungsResult stopped() {
    result_.complete = false;
    return std::move(result_);
  }

  const fs::path& directory_;
  const RungsPlan& plan_;
  kernels::Kernels& kernels_;
  train::RunObserver& observer_;
  std::map<std::string, train::RunConfig> configs_;
  RungsResult result_;
};

}  // namespace

RungsResult run_cooled_rungs(const fs::path& directory, const RungsPlan& plan,
                             kernels::Kernels& kernels, train::RunObserver& observer) {
  return Runner(directory, plan, kernels, observer).run();
}

plan::Verdict rungs_verdict(const RungsResult& result) {
  plan::Verdict v{.rule = "SX-04", .label = "KEEP", .text = {}};
  std::vector<std::string> adopted, held;
  int controls = 0, false_rejections = 0;
  for (const plan::Idea& idea : result.pipeline.ideas) {
    v.chart += fmt::format("{}: {}\n", idea.id, enum_name(idea.state));
    for (const std::string& line : idea.evidence) {
      v.chart += fmt::format("    {}\n", line);
      controls += line.find("as a control") != std::string::npos ? 1 : 0;
      false_rejections += line == "a false rejection" ? 1 : 0;
    }
    if (idea.state == plan::IdeaState::adopted) adopted.push_back(idea.id);
    if (idea.state == plan::IdeaState::held) held.push_back(idea.id);
  }
  const plan::RungOptions& o = result.pipeline.options;
  if (!adopted.empty()) {
    v.label = "ADOPT";
    v.text = fmt::format("{} beat the baseline at all {} rungs, up to {} steps.",
                         fmt::join(adopted, ", "), o.rungs, o.production);
  } else if (!held.empty()) {
    v.label = "HOLD";
    v.text =
        fmt::format("{} beat the baseline at all {} rungs; say what it adds (note) to adopt it.",
                    fmt::join(held, ", "), o.rungs);
  } else if (!result.complete) {
    v.label = "INSUFFICIENT";
    v.standing = plan::Standing::insufficient;
    v.text = fmt::format("The pipeline stopped at rung {} of {}.", result.pipeline.rung, o.rungs);
  } else {
    v.text = "No idea beat the baseline at every rung by more than the noise between seeds.";
  }
  v.evidence = {{.id = "sigma",
                 .what = "standard deviation between seeds",
                 .value = result.noise.known() ? plan::Interval{result.noise.interval.lo, o.sigma,
                                                                result.noise.interval.hi}
                                               : plan::Interval{.mid = o.sigma}},
                {.id = "needed",
                 .what = "gain that passes a rung",
                 .value = {.mid = o.z * std::sqrt(2.0) * o.sigma}}};
  if (controls > 0)
    v.warnings.push_back(fmt::format("{} of {} controls passed: the rate of false rejections",
                                     false_rejections, controls));
  v.valid_for = {fmt::format("T = {} steps, one seed an idea", o.production)};
  v.length_fraction = 1;
  return v;
}

}  // namespace coldstart::study
