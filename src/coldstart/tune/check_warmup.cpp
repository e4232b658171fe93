// Phase 3: "no warmup needed" is a claim about this data and this model, so it is checked.
//
// The rates of phase 2 ran without warmup. The best of them runs again with one, 5 % of its length;
// with more budget its neighbours too, and both arms with a second seed, so that the noise between
// seeds is known and study/warmup_verdict.h can judge. With one run the difference is reported, and
// the claim stays NOT_ESTABLISHED. A warmed-up run that came out better goes on into round 1.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/study/warmup_verdict.h"
#include "coldstart/tune/phases.h"

namespace coldstart::tune {

namespace {

constexpr const char* kRung = "warmup";
constexpr double kWarmupShare = 0.05;     // of the trial: the usual length
constexpr double kWorthCarrying = 0.005;  // of the loss: a gain that goes on into round 1

std::string step_text(int64_t steps) { return fmt::format("{}", steps); }

plan::Study study_of(const Work& work, const std::vector<Trial>& trials, int64_t warmup) {
  plan::Study study;
  study.name = "warmup";
  study.goal = "does this set-up need warmup?";
  study.max_steps = work.outline.trial_steps;
  study.space = {{.name = "optimizer.name",
                  .kind = plan::Kind::optimizer,
                  .scale = plan::Scale::choice,
                  .choices = {work.base.optimizer.name}},
                 {.name = "schedule.warmup",
                  .kind = plan::Kind::warmup,
                  .role = plan::Role::scientific,
                  .scale = plan::Scale::choice,
                  .choices = {"0", step_text(warmup)}},
                 {.name = "optimizer.lr",
                  .kind = plan::Kind::base_lr,
                  .role = plan::Role::nuisance,
                  .scale = plan::Scale::log}};
  for (const Trial& trial : trials) {
    plan::Trial record = joined(work, trial);
    // A trial's result is that of its cooled end.
    if (trial.trained()) {
      record.evals.val = {trial.loss};
      record.evals.step = {work.outline.trial_steps};
      record.evals.train.clear();
    } else {
      record.state = plan::TrialState::infeasible;
    }
    study.trials.push_back(std::move(record));
  }
  return study;
}

}  // namespace

std::vector<Trial> check_warmup(Work& work, const std::vector<Trial>& rates) {
  const Outline& o = work.outline;
  const Trial& best = rates.front();
  const int64_t warmup =
      std::max<int64_t>(1, std::llround(kWarmupShare * static_cast<double>(o.trial_steps)));
  std::vector<Trial> warmed, again;
  const auto run = [&](double lr, int64_t w, int64_t seed) {
    return cooled_rung(work, kRung,
                       {.optimizer = best.idea.optimizer, .lr = lr, .warmup = w, .seed = seed},
                       o.trial_steps,
                       fmt::format("is warmup needed? {:.3g} {}", lr,
                                   w > 0 ? fmt::format("with {} warmup steps", w) : "without"));
  };
  const auto make = [&] {
    if (!warmed.empty()) return;
    warmed.push_back(run(best.idea.lr, warmup, best.idea.seed));
    if (!o.full) return;
    for (const double factor : {2.0, 0.5}) {
      warmed.push_back(run(best.idea.lr * factor, warmup, best.idea.seed));
    }
    again.push_back(run(best.idea.lr, warmup, best.idea.seed + 1));
    again.push_back(run(best.idea.lr, 0, best.idea.seed + 1));
  };
  const Decision decision = settle(work, "warmup", [&] {
    make();
    std::vector<Trial> all = rates;
    std::ranges::copy(warmed, std::back_inserter(all));
    std::ranges::copy(again, std::back_inserter(all));
    const study::WarmupReport report = study::judge_warmup(study_of(work, all, warmup));
    const study::OptimizerVerdict& verdict = report.verdicts.front();
    Decision d{.phase = "warmup", .question = "Is warmup needed here?"};
    d.label = enum_name(verdict.need);
    const double gap = best.loss - warmed.front().loss;
    d.answer = fmt::format("{}: at {:.3g}, {} warmup steps change the loss from {:.4f} to {:.4f}",
                           d.label, best.idea.lr, warmup, best.loss, warmed.front().loss);
    d.evidence = {verdict.text};
    for (const Trial& trial : warmed)
      d.evidence.push_back(
          fmt::format("{:.4g} with warmup: {:.4f} nats", trial.idea.lr, trial.loss));
    for (const Trial& trial : again)
      d.evidence.push_back(fmt::format("{:.4g} {} warmup, seed {}: {:.4f} nats", trial.idea.lr,
                                       trial.idea.warmup > 0 ? "with" : "without", trial.idea.seed,
                                       trial.loss));
    d.caveats = {"at the length of a trial; early instability is what carries over best (R1-02)"};
    if (!o.full)
      d.caveats.emplace_back("one run each: the noise between seeds is not known at this budget");
    for (const Trial& trial : warmed)
      d.commands.push_back(command_of(work, trial.idea, o.trial_steps));
    const bool established =
        verdict.need == study::Need::needed || verdict.need == study::Need::helps;
    const bool carry =
        established || (!o.full && gap > kWorthCarrying * best.loss) || std::isnan(best.loss);
    if (carry) d.evidence.emplace_back("the warmed-up run goes on into round 1 as well");
    d.numbers = {{"gap", gap},
                 {"carry", carry ? 1.0 : 0.0},
                 {"warmup", static_cast<double>(warmup)},
                 {"sigma", report.sigma}};
    return d;
  });
  if (decision.number("carry") == 0) return {};
  make();  // from the journal, when the decision came from there
  std::ranges::stable_sort(warmed, {},
                           [](const Trial& t) { return t.trained() ? t.loss : INFINITY; });
  if (!warmed.front().trained()) return {};
  return {warmed.front()};
}

}  // namespace coldstart::tune
