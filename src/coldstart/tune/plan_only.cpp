#include "coldstart/tune/plan_only.h"

#include <fmt/format.h>

#include "coldstart/core/clock.h"
#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/tune/base_config.h"
#include "coldstart/tune/contenders.h"
#include "coldstart/tune/data_split.h"
#include "coldstart/tune/finalists.h"
#include "coldstart/tune/model_choice.h"
#include "coldstart/tune/phase_list.h"

namespace coldstart::tune {

namespace {

using Lines = std::vector<std::string>;

class Plan {
 public:
  Plan(const TuneOptions& options, kernels::Kernels& kernels)
      : options_(options),
        split_(plan_split(options.text)),
        base_(choose_base(options, split_.train_tokens, kernels)),
        batch_(base_.config.train.batch_tokens) {
    if (options.budget.unit == BudgetUnit::seconds) before_s_ = now_s() - start_s_;
    steps_ = steps_for(options.budget.amount - before_s_ - finish_reserve(options.budget), options,
                       base_);
    require_budget(options, steps_);
    check_ = check_steps(steps_);
    checks_ = outline_of(steps_).tuned ? std::ssize(kContenders) : 1;
    outline_ = outline_of(steps_ - check_ * checks_);
    planned_ = phase_steps(outline_);
  }

  std::string text() const {
    std::string text = tune_command(options_) + "\n\n" + block("budget", budget());
    for (const Phase phase : phases_of(outline_)) text += block(text_of(phase).name, lines(phase));
    for (const std::string& skipped : outline_.skipped) text += block("skipped", {skipped});
    return text;
  }

 private:
  static std::string block(std::string_view name, const Lines& lines) {
    std::string text;
    for (const std::string& line : lines)
      text += fmt::format("{:<10} {}\n", text.empty() ? name : "", line);
    return text;
  }

  Lines budget() const {
    const std::string text = fmt::format("{} steps of {} tokens", steps_, batch_);
    if (options_.budget.unit != BudgetUnit::seconds) return {text};
    // speed.h times AdamW; what the optimizers here cost is measured when the run has begun.
    return {fmt::format("at most {}, after {:.1f} s for data and model, and {:.1f} s kept for the "
                        "scores",
                        text, before_s_, finish_reserve(options_.budget)),
            "fewer by what Muon and evaluations take beyond the steps that were timed here"};
  }

  Lines lines(Phase phase) const {
    switch (phase) {
      case Phase::measure:
        return measure();
      case Phase::rates:
        return rates();
      case Phase::warmup:
        return warmup();
      case Phase::workload:
        return workload();
      case Phase::round1:
        return {
            fmt::format("the best rate and a lower one within 3 % of it, if there is one, go "
                        "on to {} steps{}; otherwise these steps are the production run's",
                        outline_.bridge_steps, share(planned_.round1))};
      case Phase::round2:
        return {fmt::format("a production run of about {} steps, {:.0f} % of them cooling down{}",
                            outline_.production_steps, 100 * kCooldown, share(planned_.round2))};
      case Phase::choice:
        return {fmt::format("the {} best checkpoints are scored on the text that was kept back",
                            kFinalists),
                "what a longer run would buy, foreseen from the runs that were made"};
      case Phase::page:
        break;
    }
    return {"report.html and summary.md"};
  }

  // ", 12 % of all steps"
  std::string share(int64_t steps) const {
    return fmt::format(", {:.0f} % of all steps",
                       100 * static_cast<double>(steps) / static_cast<double>(steps_));
  }

  Lines measure() const {
    Lines lines = {fmt::format("{} training bytes, {} to choose by, {} kept back",
                               split_.train_tokens, split_.val_tokens, split_.test_tokens),
                   base_.answer};
    for (const std::string& reason : base_.reasons) lines.push_back(reason);
    for (const std::string& risk : base_.risks) lines.push_back("risk: " + risk);
    lines.push_back(fmt::format("{} steps of {}: does it learn, how long does a step take?", check_,
                                checks_ > 1 ? "each optimizer" : kContenders.front().name));
    return lines;
  }

  Lines rates() const {
    if (!outline_.tuned)
      return {fmt::format("none is tried: {} at {}", kContenders.front().name,
                          kContenders.front().first_rate)};
    return {fmt::format("one cooled run each of {} and {}, of equal cost", kContenders.front().name,
                        kContenders.back().name),
            fmt::format("{} or more cooled runs of {} steps, then {} steps at 10 times the best{}",
                        outline_.rates, outline_.trial_steps, outline_.probe_steps,
                        share(planned_.rates))};
  }

  Lines warmup() const {
    const std::string seeds = outline_.pairs > 1
                                  ? fmt::format(", both ways with {} seeds", outline_.pairs)
                                  : std::string();
    return {fmt::format("the best rate again with 5 % warmup{}{}: {} run{} of {} steps{}", seeds,
                        outline_.full ? ", and twice the rate" : "", outline_.warmed,
                        outline_.warmed > 1 ? "s" : "", outline_.trial_steps,
                        share(planned_.warmup))};
  }

  Lines workload() const {
    const double passes = static_cast<double>(outline_.production_steps * batch_) /
                          static_cast<double>(split_.train_tokens);
    if (passes <= kManyPasses)
      return {fmt::format("no run: the text is read {:.2g} times at most, so compute is the limit",
                          passes)};
    return {
        fmt::format("the text is read {:.2g} times: can {} steps learn it by heart (steps "
                    "init)? They come from the production run",
                    passes, fit_steps(outline_))};
  }

  const double start_s_ = now_s();
  const TuneOptions& options_;
  SplitText split_;
  ChosenBase base_;
  int64_t batch_ = 0, steps_ = 0, check_ = 0;
  int64_t checks_ = 1;  // optimizers that are checked
  double before_s_ = 0;
  Outline outline_;
  PhaseSteps planned_;
};

}  // namespace

std::string describe_plan(const TuneOptions& options, kernels::Kernels& kernels) {
  if (options.threads > 0) set_thread_count(narrow<int>(options.threads));
  return Plan(options, kernels).text();
}

}  // namespace coldstart::tune
