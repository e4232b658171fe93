// coldstart stability sweep|early|warmup|clip CONFIG: at which rate training becomes unstable, and
// the shortest warmup or the clipping that makes it stable. Test: tests/e2e/probes_test.cpp.
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "app/commands.h"
#include "app/probe_flags.h"
#include "app/run_study.h"
#include "app/steps.h"
#include "coldstart/core/error.h"
#include "coldstart/study/stability_study.h"

namespace coldstart::app {

namespace {

struct StabilityFlags {
  ProbeFlags probe;
  StudyRunFlags run;
  std::string rates = "1e-4:1e-1";
  double lr = 0;
  int64_t steps = 500;
  study::WarmupQuestion question;

  study::StabilityPlan plan() const {
    return {.config = probe.load(), .directory = probe.directory("stability")};
  }
};

void sweep(StabilityFlags& f) {
  f.run.quiet = f.probe.json;  // the verdict alone is the one object
  const study::StabilitySweep swept = study::stability_sweep(
      f.plan(), study::parse_rates(f.rates),
      [&](const study::StudyDirectory& study) { return run_study(study, f.run); });
  if (swept.exit_code != 0) throw CLI::RuntimeError(swept.exit_code);
  finish(swept.report.verdict, f.probe.json);
}

// Prints what a search ended with.
void end(const study::Search& search, bool json) {
  if (search.signal != 0) stopped_by(search.signal);
  finish(search.verdict, json);
}

// --lr, the best rate of a sweep that was run before, or the rate of the configuration.
double usual_rate(const StabilityFlags& f, const study::StabilityPlan& plan) {
  if (f.lr > 0) return f.lr;
  const auto report = study::finished_sweep(plan);
  return report && !std::isnan(report->best_lr) ? report->best_lr : plan.config.optimizer.lr;
}

void early(const StabilityFlags& f) {
  const study::StabilityPlan plan = f.plan();
  const auto kernels = kernels::make_cpu_kernels();
  const auto console = f.probe.console();
  end(study::probe_early(plan, usual_rate(f, plan), f.steps, *kernels, *console), f.probe.json);
}

void warmup(StabilityFlags& f) {
  const study::StabilityPlan plan = f.plan();
  if (f.question.unstable_lr <= 0) {
    const auto report = study::finished_sweep(plan);
    if (!report)
      throw ConfigError(
          "stability warmup", "the unstable learning rate is not known",
          fmt::format("run: coldstart stability sweep {}; or give --unstable-lr", f.probe.config));
    if (std::isnan(report->unstable_lr))
      throw ConfigError("stability warmup", "the sweep found no rate that is unstable",
                        "nothing asks for a warmup; sweep higher rates, or give --unstable-lr");
    f.question.unstable_lr = report->unstable_lr;
  }
  const auto kernels = kernels::make_cpu_kernels();
  const auto console = f.probe.console();
  end(study::search_warmup(plan, f.question, *kernels, *console), f.probe.json);
}

void clip(const StabilityFlags& f) {
  const study::StabilityPlan plan = f.plan();
  const auto kernels = kernels::make_cpu_kernels();
  const auto console = f.probe.console();
  end(study::search_clip(plan, usual_rate(f, plan), *kernels, *console), f.probe.json);
}

CLI::App* add_verb(CLI::App& stability, const char* name, const char* what, StabilityFlags& f) {
  CLI::App* verb = stability.add_subcommand(name, what);
  f.probe.add_to(*verb);
  return verb;
}

void add_sweep(CLI::App& stability) {
  auto f = std::make_shared<StabilityFlags>();
  CLI::App* verb =
      add_verb(stability, "sweep", "a sweep over learning rates, and probes above the best", *f);
  verb->add_option("--lr", f->rates, "range of learning rates [1e-4:1e-1]");
  verb->add_option("--jobs", f->run.jobs, "trials at a time [1]");
  verb->footer("Example:\n  coldstart stability sweep tiny --lr 1e-3:1e-1 --set schedule.warmup=0");
  verb->callback([f] { sweep(*f); });
}

void add_early(CLI::App& stability) {
  auto f = std::make_shared<StabilityFlags>();
  CLI::App* verb =
      add_verb(stability, "early", "the first steps at twice the rate, each of them evaluated", *f);
  verb->add_option("--lr", f->lr,
                   "the rate that is doubled; default: the best of the sweep, or CONFIG's")
      ->check(CLI::PositiveNumber);
  verb->add_option("--steps", f->steps, "steps [500]")->check(CLI::Range(20, 1000000));
  verb->footer("Example:\n  coldstart stability early tiny --lr 3e-3 --steps 200");
  verb->callback([f] { early(*f); });
}

void add_warmup_search(CLI::App& stability) {
  auto f = std::make_shared<StabilityFlags>();
  CLI::App* verb = add_verb(stability, "warmup",
                            "the shortest warmup that makes a much higher rate trainable", *f);
  verb->add_option("--unstable-lr", f->question.unstable_lr,
                   "rate at which training becomes unstable; default: from the sweep")
      ->check(CLI::PositiveNumber);
  verb->add_option("--factor", f->question.factor, "the rate tried, times that one: 10 or 100 [10]")
      ->check(CLI::Range(1.0, 1e4));
  verb->add_option("--warmups", f->question.wanted,
                   "lengths to try, in steps; those above a tenth of the run are dropped "
                   "[10,1000,10000,100000]")
      ->delimiter(',');
  verb->footer(
      "Example:\n  coldstart stability warmup tiny --unstable-lr 0.03 --warmups 5,10,20\n"
      "Each probe is a ramp of w steps and 2 w steps at the high rate.");
  verb->callback([f] { warmup(*f); });
}

void add_clip(CLI::App& stability) {
  auto f = std::make_shared<StabilityFlags>();
  CLI::App* verb =
      add_verb(stability, "clip", "a threshold for the gradient norm from the norms of a run", *f);
  verb->add_option("--lr", f->lr, "learning rate; default: the best of the sweep, or CONFIG's")
      ->check(CLI::PositiveNumber);
  verb->footer("Example:\n  coldstart stability clip tiny --lr 0.03");
  verb->callback([f] { clip(*f); });
}

}  // namespace

void add_stability(CLI::App& app) {
  CLI::App* stability =
      app.add_subcommand("stability", "where training becomes unstable, and what makes it stable");
  stability->require_subcommand(1);
  stability->footer(
      "Examples:\n"
      "  coldstart stability sweep tiny --lr 1e-3:1\n"
      "  coldstart stability warmup tiny\n"
      "They share a directory, NAME-stability: after the sweep the others know its rates.\n"
      "After Ctrl-C the same command goes on.\n"
      "Exit status: 0 stable or solved, 3 no warmup is enough, 4 not enough data, 5 unstable.");
  add_sweep(*stability);
  add_early(*stability);
  add_warmup_search(*stability);
  add_clip(*stability);
}

}  // namespace coldstart::app
