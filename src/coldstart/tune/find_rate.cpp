// Phase 2: which learning rate, and where does training become unstable?
//
//   coarse   the optimizer's first rate, one below and one above (contenders.h)
//   edge     while the best is the lowest or the highest: one more beyond it, at most twice (LS-06)
//   fine     half and twice the best, where the budget has room
//   probe    10 times the best for half a trial, uncooled: what a higher rate would do (ST-04)
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/plan/stability.h"
#include "coldstart/tune/contenders.h"
#include "coldstart/tune/phases.h"

namespace coldstart::tune {

namespace {

constexpr int kMostExtensions = 2;
constexpr double kProbe = 10;

class Sweep {
 public:
  explicit Sweep(Work& work) : work_(work), first_(contender(work.base.optimizer.name)) {}

  std::vector<Trial> run() {
    for (const double factor : {1.0, 1 / first_.rate_step, first_.rate_step})
      add(first_.first_rate * factor);
    for (int extension = 0; extension < kMostExtensions && at_edge(); ++extension)
      add(best().idea.lr * (is_highest() ? first_.rate_step : 1 / first_.rate_step));
    if (work_.outline.full) {
      const double centre = best().idea.lr;
      for (const double factor : {0.5, 2.0}) add(centre * factor);
    }
    return trials_;
  }

 private:
  void add(double lr) {
    const Idea idea{.optimizer = first_.name, .lr = lr, .seed = work_.base.train.seed};
    const int64_t steps = work_.outline.trial_steps;
    const std::optional<Trial> before = begun(work_, idea, steps);
    trials_.push_back(cooled_rung(work_, kRateRung, idea, steps,
                                  fmt::format("which learning rate? {:.3g}, {} steps", lr, steps),
                                  before ? &*before : nullptr));
    std::ranges::sort(trials_, {}, [](const Trial& t) { return t.idea.lr; });
  }

  const Trial& best() const { return *std::ranges::min_element(trials_, {}, &Trial::rank); }
  bool is_highest() const { return best().idea.lr == trials_.back().idea.lr; }
  bool at_edge() const {
    return best().trained() && (is_highest() || best().idea.lr == trials_.front().idea.lr);
  }

  Work& work_;
  const Contender& first_;
  std::vector<Trial> trials_;  // by rate
};

// The shortest run that shows an instability, at a rate far above the best.
plan::LrTrial probe(Work& work, double lr) {
  const Idea idea{.optimizer = work.base.optimizer.name, .lr = lr, .seed = work.base.train.seed};
  const std::string name = "probe-" + idea.name();
  work.runs.run({.name = name,
                 .why = fmt::format("is training stable at 10 times the best rate, {:.3g}?", lr),
                 .config = trunk_config(work, idea, work.outline.probe_steps)});
  work.runs.drop_checkpoints(name);
  plan::LrTrial trial = plan::lr_trial(work.runs.trial(name), lr);
  trial.loss = NAN;  // of another length: its loss is no candidate
  return trial;
}

Decision rate_decision(Work& work, const std::vector<Trial>& trials, const Trial& best) {
  Decision d{.phase = "rates", .question = "Which learning rate?"};
  const bool edge = best.idea.lr == trials.front().idea.lr || best.idea.lr == trials.back().idea.lr;
  d.answer = fmt::format("{:.3g} for {}, loss {:.4f} after {} steps", best.idea.lr,
                         best.idea.optimizer, best.loss, work.outline.trial_steps);
  for (const Trial& trial : trials)
    d.evidence.push_back(trial.trained()
                             ? fmt::format("{:.4g}: {:.4f} nats", trial.idea.lr, trial.loss)
                             : fmt::format("{:.4g}: diverged", trial.idea.lr));
  d.label = edge ? "EDGE_OF_RANGE" : "INSIDE_RANGE";
  if (edge)
    d.caveats.emplace_back(
        "the best rate is the last that was tried on its side: the optimum may lie beyond");
  d.caveats.push_back(fmt::format(
      "SHORT_HORIZON: chosen at {:.0f} % of the production length; a longer run may want "
      "a lower rate (R1-06)",
      100.0 * static_cast<double>(work.outline.trial_steps) /
          static_cast<double>(work.outline.production_steps)));
  d.caveats.emplace_back("one seed for each rate: neighbours may be tied");
  for (const Trial& trial : trials)
    d.commands.push_back(command_of(work, trial.idea, work.outline.trial_steps));
  d.numbers = {{"lr", best.idea.lr}, {"loss", best.loss}};
  return d;
}

Decision stability_decision(Work& work, const std::vector<Trial>& trials, const Trial& best) {
  Decision d{.phase = "rates", .question = "Where does training become unstable?"};
  std::vector<plan::LrTrial> rates;
  for (const Trial& trial : trials) {
    plan::LrTrial rate = plan::lr_trial(joined(work, trial), trial.idea.lr);
    rate.infeasible |= !trial.trained();
    rates.push_back(rate);
  }
  const double far = kProbe * best.idea.lr;
  rates.push_back(probe(work, far));
  const bool spikes = rates.back().any_spike, fails = rates.back().infeasible;
  const plan::SweepReport report = plan::judge_lr_sweep(rates);
  d.label = report.verdict.label;
  d.answer = std::isfinite(report.unstable_lr)
                 ? fmt::format("at {:.3g}, {:.0f} times the best rate", report.unstable_lr,
                               report.unstable_lr / best.idea.lr)
                 : fmt::format("nowhere up to {:.3g}", far);
  d.evidence = {report.verdict.text, fmt::format("at 10 times the best rate the training loss {}",
                                                 fails    ? "diverges"
                                                 : spikes ? "spikes"
                                                          : "falls without a spike")};
  d.caveats = {fmt::format("runs of {} steps at most: what breaks later is not seen",
                           work.outline.trial_steps)};
  d.commands = {train_command(
      work, fmt::format("--lr {} --steps {} --shape constant", far, work.outline.probe_steps))};
  d.numbers = {{"unstable_lr", report.unstable_lr}};
  return d;
}

}  // namespace

std::vector<Trial> find_rate(Work& work) {
  std::vector<Trial> trials;
  const auto sweep = [&] {
    if (trials.empty()) trials = Sweep(work).run();
  };
  const auto best = [&]() -> const Trial& {
    return *std::ranges::min_element(trials, {}, &Trial::rank);
  };
  settle(work, "rate", [&] {
    sweep();
    return rate_decision(work, trials, best());
  });
  sweep();  // from the journal, when the decision came from there
  settle(work, "stability", [&] { return stability_decision(work, trials, best()); });
  std::ranges::stable_sort(trials, {}, &Trial::rank);
  return trials;
}

}  // namespace coldstart::tune
