#include "coldstart/study/load.h"

#include <fmt/format.h>

#include "coldstart/core/files.h"
#include "coldstart/study/built_in_trial.h"
#include "coldstart/study/command.h"
#include "coldstart/study/load_documents.h"
#include "coldstart/study/noise_study.h"
#include "coldstart/study/store.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

plan::TrialState plan_state(State state) {
  switch (state) {
    case State::planned:
      return plan::TrialState::planned;
    case State::launched:
    case State::running:
      return plan::TrialState::running;
    case State::finished:
      return plan::TrialState::finished;
    case State::infeasible:
    case State::failed:
      return plan::TrialState::infeasible;
    case State::stopped:
    case State::lost:
      return plan::TrialState::stopped;
  }
  return plan::TrialState::planned;
}

void negate(std::vector<double>& column) {
  for (double& value : column) value = -value;
}

plan::Trial load_trial(const StudyDirectory& study, Store& store, int64_t index) {
  const TrialPlan plan = study.plan(index);
  const TrialRow& row = store.row(index);
  plan::Trial trial;
  trial.index = index;
  trial.name = fmt::format("{}/{}", study.name(), index);
  trial.values = plan.values;
  trial.seed = plan.seed;
  trial.state = plan_state(row.state);
  trial.reason = row.reason;
  trial.note = row.note;
  trial.planned_steps = study.spec().max_steps;
  store.read_curves(trial);
  if (study.spec().maximised) negate(trial.evals.val);
  if (row.attempt == 0) return trial;
  if (study.spec().built_in()) {
    describe_built_in(study.trial(index), trial);
    // They are losses: beside another metric they would be in other units.
    if (study.spec().metric == "val_loss") load_documents(study.trial(index), trial);
  } else {
    trial.schedule = schedule_of(study.spec(), plan.values);
  }
  return trial;
}

}  // namespace

plan::Study load_study(const fs::path& path) {
  const StudyDirectory study = StudyDirectory::open(path);
  Store store = Store::snapshot(study);
  const Spec& spec = study.spec();
  plan::Study result;
  result.name = study.name();
  result.goal = spec.goal;
  result.metric = spec.metric;
  result.maximised = spec.maximised;
  result.max_steps = spec.max_steps;
  result.production_steps = spec.production_steps;
  result.sampling = sampling_of(spec.sampler);
  if (const plan::Noise noise = noise_of_rows(study, store.rows()); noise.known()) {
    result.sigma = noise.sigma;
    result.sigma_n = noise.n;
  }
  for (const Axis& axis : spec.space) result.space.push_back(axis.param);
  for (int64_t i = 0; i < study.trials(); ++i) result.trials.push_back(load_trial(study, store, i));
  return result;
}

}  // namespace coldstart::study
