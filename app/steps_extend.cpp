// coldstart steps extend RUN --to 30000: the schedule of a longer run, and learning rates to try.
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <optional>

#include "app/config_flags.h"
#include "app/steps.h"
#include "coldstart/core/error.h"
#include "coldstart/plan/lr_bracket.h"
#include "coldstart/schedule/extend.h"
#include "coldstart/schedule/make.h"

namespace coldstart::app {

namespace {

struct ExtendFlags {
  std::string run, to = "2x";
  double decay_fraction = 0, lr = 0;
  int64_t steps = 0;
  int runs = 1;
  bool force = false, resume_at_end = false, upper_edge = false, batch_grows = false, json = false;
  schedule::ScheduleOptions schedule;
  std::unique_ptr<ConfigFlags> schedule_flags;
};

FieldList fields_of(schedule::ScheduleOptions& options) {
  FieldList list;
  list.add("schedule", options);
  return list;
}

schedule::Schedule schedule_of(const ExtendFlags& f) {
  if (f.run.empty()) {
    if (f.lr <= 0 || f.steps <= 0)
      throw ConfigError("steps extend", "no run and no schedule",
                        "give the directory of a run, or --lr, --steps and --schedule.*");
    return schedule::make_schedule(f.schedule, {.steps = f.steps, .base = f.lr});
  }
  const plan::Trial trial = study::load_trial(f.run);
  if (!trial.schedule || trial.schedule->base <= 0)
    throw ConfigError("steps extend", fmt::format("the schedule of {} is not known", f.run),
                      "give it: --lr, --steps and --schedule.*");
  return *trial.schedule;
}

plan::Verdict verdict_of(const schedule::Schedule& before, const schedule::Extension& e,
                         const ExtendFlags& f) {
  plan::Verdict v;
  v.rule = e.family == schedule::Family::cosine ? "SX-02" : "SX-01";
  v.label = "EXTENDED";
  v.text = fmt::format(
      "{}\n  becomes  {}\n  steps {} to {}; the first {} are the same, so a "
      "checkpoint up to there can be continued.",
      describe(before), describe(e.schedule), before.total(), e.schedule.total(), e.shared_steps);
  const auto evidence = [&](const char* id, const char* what, double value, double threshold) {
    v.evidence.push_back(
        {.id = id, .what = what, .value = {value, value, value}, .threshold = threshold});
  };
  if (!std::isnan(e.tiny.mean_extra))
    evidence("m", "mean rate of the extra steps, share of the peak", e.tiny.mean_extra,
             schedule::kTinyMean);
  evidence("q", "share of steps with less than a tenth of the peak rate", e.tiny.low_share,
           schedule::kTinyShare);
  for (const schedule::Remark& r : e.remarks) {
    v.warnings.push_back(r.code + ": " + r.text);
    if (r.blocks) v.standing = plan::Standing::refused;
  }
  const plan::LrBracket bracket = plan::lr_bracket(
      {.lr = before.base,
       .times = static_cast<double>(e.schedule.total()) / static_cast<double>(before.total()),
       .runs = f.runs,
       .upper_edge = f.upper_edge,
       .batch_grows = f.batch_grows});
  std::string rates;
  for (const double lr : bracket.chosen) rates += fmt::format(" {:.4g}", lr);
  v.text += fmt::format("\n  learning rates to run:{}", rates);
  for (const std::string& note : bracket.notes) v.warnings.push_back(note);
  if (e.schedule.total() != before.total()) v.tags.emplace_back("SHORT_HORIZON");
  return v;
}

// The run goes on after its end, at the rate it ended with.
plan::Verdict resumed(const schedule::Schedule& s, int64_t steps) {
  const schedule::TinyLr tiny = schedule::tiny_lr(s, s, steps);
  plan::Verdict v;
  v.rule = "SX-05";
  v.label = "RESUMED_AT_FINAL_LR";
  v.text = fmt::format(
      "Running on from step {} to {} at the final rate, {:.4g}: the extra steps "
      "have {:.3g} of the peak rate on average.",
      s.total(), steps, s.lr(s.total()), tiny.mean_extra);
  for (const schedule::Remark& r : schedule::tiny_lr_remarks(tiny)) {
    v.warnings.push_back(r.code + ": " + r.text);
    if (r.blocks) v.standing = plan::Standing::refused;
  }
  v.next = {"restart from a checkpoint before the decay (steps extend without --resume-at-end)"};
  return v;
}

void extend(const ExtendFlags& f) {
  const schedule::Schedule before = schedule_of(f);
  const int64_t steps = parse_target(f.to, before.total());
  if (f.resume_at_end) {
    finish(resumed(before, steps), f.json);
    return;
  }
  schedule::ExtendOptions options{.force = f.force};
  if (f.decay_fraction > 0) options.decay_fraction = f.decay_fraction;
  finish(verdict_of(before, schedule::extend(before, steps, options), f), f.json);
}

}  // namespace

void add_steps_extend(CLI::App& steps) {
  CLI::App* verb = steps.add_subcommand(
      "extend", "The schedule of a longer run, what its steps get, rates to try");
  auto f = std::make_shared<ExtendFlags>();
  verb->add_option("RUN", f->run, "directory of a run; or give --lr, --steps, --schedule.*");
  verb->add_option("--to", f->to, "new length: 3x, or steps (warmup included)")
      ->capture_default_str();
  verb->add_option("--lr", f->lr, "peak learning rate, without RUN")->check(CLI::PositiveNumber);
  verb->add_option("--steps", f->steps, "steps, without RUN")->check(CLI::PositiveNumber);
  verb->add_option("--decay-fraction", f->decay_fraction,
                   "decay as a share of the new run; default: its steps")
      ->check(CLI::Range(0.0, 1.0));
  verb->add_option("--runs", f->runs, "long runs that are affordable")->check(CLI::Range(1, 100));
  verb->add_flag("--force", f->force, "a family that does not carry over, too");
  verb->add_flag("--resume-at-end", f->resume_at_end,
                 "what it would be to run on at the final rate");
  verb->add_flag("--upper-edge", f->upper_edge, "the rate was chosen at the edge of stability");
  verb->add_flag("--batch-grows", f->batch_grows, "the batch grows with the length");
  verb->add_flag("--json", f->json, "print one JSON object");
  f->schedule_flags = std::make_unique<ConfigFlags>(*verb, fields_of(f->schedule));
  verb->footer(
      "Example:\n"
      "  coldstart steps extend runs/a --to 30000");
  verb->callback([f] {
    f->schedule_flags->apply(fields_of(f->schedule));
    extend(*f);
  });
}

}  // namespace coldstart::app
