// Phase 4: can this text be fitted, or is compute the limit?
//
// A text that the whole production run reads at most kFewPasses times cannot be learnt by heart:
// compute is the limit (TD-01, E7), and rounds follow. A smaller one is held against the rule of
// `steps init`: the first step from which the loss on training text stays below `kFitted` at a
// constant rate (LS-01 to LS-06). What fits has its number of steps; what does not goes on in
// rounds, with the checkpoint chosen afterwards.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/shell_word.h"
#include "coldstart/plan/lr_sweep.h"
#include "coldstart/tune/model_choice.h"
#include "coldstart/tune/phases.h"

namespace coldstart::tune {

namespace {

constexpr double kFitted = 0.1;  // nats a byte on training text: known by heart
constexpr int64_t kFitEvaluations = 12;

// A run at the best rate, constant, evaluated often: does the training loss reach the criterion?
plan::LrSweep look_for_fit(Work& work, const Trial& best) {
  const int64_t steps = fit_steps(work.outline);
  RunPlan plan{.name = "fit-" + best.idea.name(),
               .why = "can the text be learnt by heart?",
               .config = trunk_config(work, best.idea, steps)};
  plan.config.train.eval_every = std::max<int64_t>(1, steps / kFitEvaluations);
  work.runs.run(plan);
  work.runs.drop_checkpoints(plan.name);
  plan::Trial trial = work.runs.trial(plan.name);
  const std::vector<plan::Trial> trials = {trial};
  return plan::judge_sweep(trials, {.fit = {.loss = kFitted}});
}

Decision by_passes(double passes) {
  Decision d{.phase = "workload", .question = "Is compute or the text the limit?"};
  d.label = "COMPUTE_BOUND";
  d.answer = fmt::format(
      "compute: the production run reads the text {:.2g} times at most, too few to learn it by "
      "heart; so rounds, and a longer run would still gain",
      passes);
  d.evidence = {fmt::format("E7: {:.2g} passes over the training text; {} or fewer cannot fit it",
                            passes, kManyPasses)};
  d.caveats = {
      "the passes alone decide; `coldstart steps classify` weighs the curves of finished "
      "runs"};
  return d;
}

Decision by_fit(Work& work, const Trial& best, double passes) {
  Decision d{.phase = "workload", .question = "Is compute or the text the limit?"};
  const plan::LrSweep sweep = look_for_fit(work, best);
  const auto hit =
      std::ranges::find_if(sweep.rates, [](const auto& r) { return r.hit.has_value(); });
  const std::string command =
      fmt::format("coldstart steps init {} --fit 'train_loss<{}'",
                  shell_word(work.runs.path("fit-" + best.idea.name()).string()), kFitted);
  d.evidence = {fmt::format("E7: {:.3g} passes over the training text", passes),
                sweep.verdict.text};
  d.commands = {command};
  if (hit == sweep.rates.end()) {
    d.label = "NOT_FITTABLE";
    d.answer = fmt::format(
        "neither fitted at {} of the production length nor fresh throughout ({:.2g} passes): "
        "rounds, and the checkpoint with the lowest validation loss, wherever it is",
        "a tenth", passes);
    d.caveats = {"W-EPOCHS: more than 4 passes; the validation loss may rise before the end"};
    return d;
  }
  d.label = "FITTABLE";
  // `steps init` gives where the noise-free run has learnt it; the decay needs as much again.
  const double most = 2.0 * static_cast<double>(*hit->hit);
  d.answer = fmt::format(
      "the text: at {:.3g} the training loss stays below {} from step {} on, so {} steps are "
      "enough "
      "with the decay",
      hit->lr, kFitted, *hit->hit, static_cast<int64_t>(most));
  d.caveats = {
      "a start value: noise that is added later (dropout, augmentation) asks for more steps "
      "(TD-06)"};
  d.numbers = {{"most_steps", most}};
  return d;
}

}  // namespace

int64_t judge_workload(Work& work, const std::vector<Trial>& rates) {
  const double passes = work.passes(work.outline.production_steps);
  const Decision d = settle(work, "workload", [&] {
    Decision made = passes <= kManyPasses ? by_passes(passes) : by_fit(work, rates.front(), passes);
    if (made.numbers.empty()) made.numbers = {{"most_steps", 0}};
    return made;
  });
  return d.integer("most_steps");
}

}  // namespace coldstart::tune
