#include "coldstart/study/design.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/optim/registry.h"
#include "coldstart/study/built_in.h"
#include "coldstart/study/sampler.h"
#include "coldstart/study/space_of.h"

namespace coldstart::study {

namespace {

int64_t points_of(const Spec& spec) {
  if (spec.sampler == SamplerKind::list) return std::ssize(spec.list);
  if (spec.sampler != SamplerKind::grid) return spec.points;
  int64_t points = 1;
  for (const Axis& axis : spec.space)
    points *= std::max<int64_t>(
        1, axis.param.choices.empty() ? axis.levels : std::ssize(axis.param.choices));
  return points;
}

// The configuration that all trials share: what the space holds at one value is part of it.
train::RunConfig with_fixed_values(const Spec& spec, const train::RunConfig& base) {
  Values values;
  for (const Axis& axis : spec.space)
    if (!is_varied(axis) && axis.param.parent.empty())
      values[axis.param.name] = axis.param.choices.front();
  return trial_config(spec, base, values, spec.seeds.front());
}

void describe_base(const train::RunConfig& base, int64_t max_steps, plan::StudyDesign& design) {
  const Length& warmup = base.schedule.warmup;
  if (!warmup.is_data())
    design.warmup = warmup.steps_of({.total_steps = max_steps}, "schedule.warmup");
  design.eval_every = base.train.eval_every;
  design.train_batch = base.train.batch_tokens;
  design.eval_batch = std::max(base.train.eval_tokens, base.train.batch_tokens);
  design.keeps_best = base.train.keep_best > 0;
  design.regularisation =
      optim::resolve_options(base.optimizer).options.weight_decay.value_or(0) > 0 ||
      base.regularize.dropout > 0 || base.regularize.label_smoothing > 0;
  design.adam = base.optimizer.name.ends_with("adamw");
}

}  // namespace

plan::StudyDesign design_of(Spec spec, const std::filesystem::path& directory) {
  plan::StudyDesign design;
  if (spec.built_in()) {
    const train::RunConfig base = base_config(spec, directory);
    fit_to_trainer(spec, base);
    describe_base(with_fixed_values(spec, base), spec.max_steps, design);
  }
  design.goal = spec.goal;
  for (const Axis& axis : spec.space) {
    design.space.push_back(axis.param);
    plan::HParam& p = design.space.back();
    // The value of the parent is what tells two of one name apart, in the study and here.
    if (!p.parent.empty()) p.name = fmt::format("{}:{}", p.parent_value, p.name);
  }
  design.sampling = sampling_of(spec.sampler);
  design.trials = points_of(spec) * std::ssize(spec.seeds);
  design.max_steps = spec.max_steps;
  design.production_steps = spec.production_steps;
  design.metric = spec.metric;
  return design;
}

}  // namespace coldstart::study
