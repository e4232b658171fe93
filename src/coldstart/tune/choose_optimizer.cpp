// Phase 2, first half: what the budget buys, and which optimizer, none of them with warmup.
//
// One cooled trial each at its first rate, of equal cost: where the budget is time, the one whose
// steps take longer makes fewer of them. The trial of the first one is also the first of the rates
// that find_rate.cpp tries. Which of them is taken: optimizer_choice.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/files.h"
#include "coldstart/tune/base_config.h"
#include "coldstart/tune/contenders.h"
#include "coldstart/tune/optimizer_choice.h"
#include "coldstart/tune/phases.h"

namespace coldstart::tune {

namespace {

// Steps of each contender's trial, of equal cost.
std::vector<int64_t> lengths(Work& work) {
  const io::JsonRecord plan = fixed(work, "optimizer", [&](io::JsonRecord& record) {
    const auto length = static_cast<double>(work.outline.trial_steps);
    const double first_s = work.runs.seconds_per_step(kContenders.front().name);
    for (const Contender& c : kContenders) {
      const double step_s = work.runs.seconds_per_step(c.name);
      const bool timed = work.options.budget.unit == BudgetUnit::seconds && step_s > 0;
      const double same_cost = timed ? length * first_s / step_s : length;
      record.add(c.name, std::max<int64_t>(kFewestTrialSteps / 2, std::llround(same_cost)));
    }
  });
  std::vector<int64_t> all;
  for (const Contender& c : kContenders) all.push_back(plan.integer(c.name).value());
  return all;
}

Decision compare(Work& work) {
  Decision d{.phase = "rates", .question = "Which optimizer?"};
  const std::vector<int64_t> steps = lengths(work);
  std::vector<Trial> trials;
  for (size_t i = 0; i < kContenders.size(); ++i) {
    const Contender& c = kContenders.at(i);
    const Idea idea{.optimizer = c.name, .lr = c.first_rate, .seed = work.base.train.seed};
    const std::optional<Trial> before = begun(work, idea, steps[i]);
    trials.push_back(
        cooled_rung(work, steps[i] == work.outline.trial_steps ? kRateRung : "optimizer", idea,
                    steps[i], fmt::format("which optimizer? {}, {} steps", c.name, steps[i]),
                    before ? &*before : nullptr));
    const Trial& trial = trials.back();
    d.evidence.push_back(trial.trained() ? fmt::format("{} at {}: {:.4f} nats after {} steps",
                                                       c.name, c.first_rate, trial.loss, steps[i])
                                         : fmt::format("{} at {}: diverged", c.name, c.first_rate));
    d.commands.push_back(command_of(work, trial.idea, steps[i]));
  }
  const OptimizerChoice choice = choose_of(trials);
  for (size_t i = 0; i < trials.size(); ++i)
    if (i != choice.taken)
      for (const std::string& trunk : trials[i].trunks) work.runs.drop_checkpoints(trunk);
  d.answer = choice.answer;
  d.label = choice.changes() ? "OTHER_OPTIMIZER" : "DEFAULT_OPTIMIZER";
  d.caveats = {
      "one run each, at one rate and a short length: an optimizer might carry over, and is "
      "not tried again (R1-02); the noise between seeds is measured after it, in the phase warmup"};
  if (work.options.budget.unit == BudgetUnit::flops)
    d.caveats.emplace_back("the FLOPs of an update itself are not counted");
  d.numbers = {{"ahead", choice.ahead}};
  d.words = {{"optimizer", trials[choice.taken].idea.optimizer}};
  return d;
}

Decision outline_decision(Work& work) {
  Decision d{.phase = "rates", .question = "What does the budget buy?"};
  const int64_t steps = work.steps_for(work.ledger.left() - work.finish_reserve());
  const Outline o = outline_of(steps);
  d.answer =
      o.tuned ? fmt::format("{} steps: trials of {}, a bridge at {}, a production run of about {}",
                            o.steps, o.trial_steps, o.bridge_steps, o.production_steps)
              : fmt::format("{} steps: one run", o.steps);
  d.evidence = {work.options.budget.unit == BudgetUnit::seconds
                    ? fmt::format("a step of {} tokens takes {:.3g} s",
                                  work.base.train.batch_tokens, work.units_per_step())
                    : fmt::format("a step takes {}",
                                  amount_text(work.options.budget.unit, work.units_per_step()))};
  d.caveats = o.skipped;
  d.numbers = {{"steps", static_cast<double>(steps)}};
  return d;
}

}  // namespace

void share_out(Work& work) {
  const Decision outline = settle(work, "outline", [&] { return outline_decision(work); });
  work.outline = outline_of(outline.integer("steps"));
  work.base.train.eval_tokens =
      eval_tokens_for(work.outline.production_steps * work.base.train.batch_tokens);
}

void choose_optimizer(Work& work) {
  if (work.outline.tuned) {
    const Decision d = settle(work, "optimizer", [&] { return compare(work); });
    work.base.optimizer.name = d.word("optimizer");
  }
  write_file_atomic(work.directory() / "base.toml", train::to_toml(work.base));
}

}  // namespace coldstart::tune
