// Phase 6, round 2: the production run, with all that is left of the budget.
//
// It goes on from the winner's trunk at the constant rate, so round 1's steps are part of it, and
// cools down in time. How long a step takes is known best at the last moment, so the lengths are
// fixed late: the trunk's when it begins, the cooldown's when the trunk is over, from what is left
// of the clock. The schedule is round 1's, extended by its rule (schedule/extend.h) with the
// cooldown at the same share of the run.
// A cooldown that turns out too slow for the clock is cut short: it begins again from where it is
// with a steeper fall, and the decision says so.
// Where the text is read many times, a trunk whose validation loss has risen again is left at its
// best checkpoint: cooling down what has learnt the text by heart gains nothing (CU-02).
// Tests: tests/tune/produce_test.cpp, slow_machine_test.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/checkpoint/retention.h"
#include "coldstart/schedule/extend.h"
#include "coldstart/tune/model_choice.h"
#include "coldstart/tune/phases.h"

namespace coldstart::tune {

namespace {

constexpr int64_t kTrunkEvaluations = 24, kCooldownEvaluations = 12;
constexpr int64_t kKept = 3;        // best checkpoints
constexpr double kPatience = 1.25;  // a trunk that takes longer than planned by this ends
constexpr double kSegment = 0.5;    // of what is left of the cooldown, between looks at the clock
// What is left then is not interrupted any more: at half the speed it ends so much too late.
constexpr double kLastSegment_s = 5, kLastSegment = 0.03;  // at most, and of the budget
constexpr double kRisen = 0.005;  // of the loss: the validation loss has risen
constexpr double kOffBy = 0.02;   // of the budget: a cooldown that would end so much too late
constexpr const char *kTrunk = "production-trunk", *kCooldownRun = "production";

class Production {
 public:
  Production(Work& work, const Trial& winner, int64_t most_steps)
      : work_(work),
        idea_(winner.idea),
        from_(winner.trunk_steps),
        before_(winner.trunks.back()),
        most_(most_steps > 0 ? std::max(most_steps, from_ + 1) : INT64_MAX) {}

  Decision run() {
    trunk();
    std::string name = cooldown();
    for (int part = 2; !over_; ++part) name = steeper(name, part);
    return decision(name);
  }

 private:
  bool timed() const { return work_.options.budget.unit == BudgetUnit::seconds; }
  double units_left() const { return work_.ledger.left() - work_.finish_reserve(); }

  // Constant rate, up to where the cooldown has to begin.
  void trunk() {
    const io::JsonRecord plan = fixed(work_, kTrunk, [&](io::JsonRecord& record) {
      const int64_t total =
          std::min(most_, from_ + std::max<int64_t>(1, work_.steps_for(units_left())));
      const auto decay = static_cast<int64_t>(std::llround(kCooldown * static_cast<double>(total)));
      record.add("trunk_to", std::max(from_, total - decay)).add("total", total);
    });
    trunk_to_ = plan.integer("trunk_to").value();
    planned_ = plan.integer("total").value();
    if (trunk_to_ <= from_) {
      trunk_to_ = from_;
      last_ = before_;
      return;
    }
    RunPlan run{.name = kTrunk,
                .why = fmt::format("the production run at {:.4g}, constant rate", idea_.lr),
                .config = trunk_config(work_, idea_, trunk_to_),
                .branch_from = before_,
                .ends_at_limit = true};
    run.config.train.eval_every = std::max<int64_t>(1, planned_ / kTrunkEvaluations);
    const bool rereads = work_.passes(planned_) > kManyPasses;
    if (rereads) run.config.train.keep_best = 1;
    if (timed()) {
      const auto steps = static_cast<double>(trunk_to_ - from_);
      const double share = steps / static_cast<double>(planned_ - from_);
      run.time_limit_s = std::max(1.0, kPatience * share * units_left());
    }
    const RunRecord record = work_.runs.run(run);
    last_ = kTrunk;
    trunk_to_ = record.step;
    if (rereads && record.finished) leave_at_best(record);
    if (!record.diverged) return;
    // What was good before it diverged is cooled down.
    diverged_ = true;
    const auto saved = checkpoint::list_checkpoints(work_.runs.path(kTrunk) / "checkpoints");
    if (saved.empty()) last_ = before_;
    trunk_to_ = saved.empty() ? from_ : saved.back();
  }

  void leave_at_best(const RunRecord& trunk) {
    const checkpoint::Manifest last =
        checkpoint::read_manifest(checkpoint::find_checkpoint(work_.runs.path(kTrunk)));
    if (last.best.empty()) return;
    const checkpoint::BestCheckpoint& best = last.best.front();
    if (best.step == trunk.step || !(trunk.last_val > (1 + kRisen) * best.val_loss)) return;
    risen_ = *trunk.last_val - best.val_loss;
    trunk_to_ = branch_step_ = best.step;
  }

  // Steps that the clock, or the rest of the budget, allows for a cooldown.
  int64_t affordable(const std::string& timed_run) const {
    if (!timed()) return work_.steps_for(units_left());
    const auto record = work_.runs.over(timed_run);
    const bool known = record && record->steps_timed > 0;
    const double step_s = slow_step_s_ > 0 ? slow_step_s_
                          : known ? record->busy_s / static_cast<double>(record->steps_timed)
                                  : work_.units_per_step();
    const double evaluations_s =
        known ? static_cast<double>(kCooldownEvaluations) * record->evaluation_s : 0;
    return static_cast<int64_t>((units_left() - evaluations_s) / step_s);
  }

  std::string cooldown() {
    const io::JsonRecord plan = fixed(work_, kCooldownRun, [&](io::JsonRecord& record) {
      const int64_t same_share =
          std::llround(kCooldown / (1 - kCooldown) * static_cast<double>(trunk_to_));
      const int64_t most = branch_step_ > 0 ? std::min(most_, trunk_to_ + same_share) : most_;
      record.add("end", std::min(most, trunk_to_ + std::max<int64_t>(1, affordable(last_))));
    });
    end_ = plan.integer("end").value();
    return cool(kCooldownRun, cooldown_config(work_, idea_, trunk_to_, end_), last_);
  }

  // The rate where the cooldown stands falls to 0 over the steps that are still affordable.
  std::string steeper(const std::string& before, int part) {
    const std::string name = fmt::format("{}-{}", kCooldownRun, part);
    const io::JsonRecord plan = fixed(work_, name, [&](io::JsonRecord& record) {
      const schedule::Schedule now = schedule_of(before);
      record.add("from", stands_)
          .add("lr", now.lr(stands_))
          .add("end", stands_ + std::max<int64_t>(1, affordable(before)));
    });
    Idea idea = idea_;
    idea.lr = plan.number("lr").value();
    end_ = plan.integer("end").value();
    shortened_ = true;
    return cool(name, cooldown_config(work_, idea, plan.integer("from").value(), end_), before);
  }

  schedule::Schedule schedule_of(const std::string& run) const {
    return work_.runs.trial(run).schedule.value();
  }

  // One cooldown, to its end or until it is clear that it would be late.
  std::string cool(const std::string& name, train::RunConfig config, const std::string& from) {
    const int64_t first = trunk_to_;
    config.train.eval_every = std::max<int64_t>(1, (end_ - first) / kCooldownEvaluations);
    config.train.keep_best = kKept;
    RunPlan plan{.name = name,
                 .why = "the production run, cooling down",
                 .config = config,
                 .branch_from = from,
                 .branch_step = from == kTrunk ? branch_step_ : 0};
    for (;;) {
      const double left_s = timed() ? units_left() : 0;
      const double last_s = std::min(kLastSegment_s, kLastSegment * work_.options.budget.amount);
      plan.time_limit_s = left_s > last_s ? kSegment * left_s : 0;
      const RunRecord record = work_.runs.run(plan);
      over_ = !record.timed_out;
      stands_ = record.step;
      diverged_ |= record.diverged;
      if (over_ || work_.runs.over(name)) return name;
      const auto steps = static_cast<double>(end_ - record.step);
      const double step_s =
          record.seconds / static_cast<double>(std::max<int64_t>(1, record.steps_timed));
      const double late_s = steps * step_s - units_left();
      if (late_s <= kOffBy * work_.options.budget.amount) continue;
      slow_step_s_ = step_s;
      plan.ends_at_limit = true;  // what stands in its last checkpoint is where the next one begins
      plan.time_limit_s = 1e-9;
      work_.runs.run(plan);
      return name;
    }
  }

  Decision decision(const std::string& name) const {
    Decision d{.phase = "round 2", .question = "The production run"};
    const RunRecord record = work_.runs.over(name).value();
    d.label = diverged_ ? "DIVERGED" : "FINISHED";
    d.answer = fmt::format("{} steps at {:.4g}, {} of them cooling down: validation loss {:.4f}",
                           record.step, idea_.lr, end_ - trunk_to_, record.last_val.value_or(NAN));
    add_extension(d);
    d.evidence.push_back(fmt::format("its first {} steps were made before and count", from_));
    if (risen_ > 0)
      d.evidence.push_back(fmt::format(
          "at the constant rate the validation loss was lowest at step {} and then rose "
          "by {:.3f} nats: the cooldown began there (CU-02)",
          trunk_to_, risen_));
    if (risen_ > 0)
      d.caveats.emplace_back(
          "the text is learnt by heart: the rest of the budget would not help, more text would");
    if (shortened_)
      d.caveats.emplace_back(
          "the machine became slower than it was timed: the cooldown was cut short, with a steeper "
          "fall from where it stood");
    if (diverged_)
      d.caveats.emplace_back("the run diverged: the best checkpoint before that is taken");
    d.commands = {train_command(
        work_, fmt::format("--lr {} --steps {} --shape trapezoid --cooldown {}{}{}", idea_.lr, end_,
                           static_cast<double>(end_ - trunk_to_) / static_cast<double>(end_),
                           idea_.warmup > 0 ? fmt::format(" --warmup {}", idea_.warmup) : "",
                           fmt::format(" --keep_best {}", kKept)))};
    d.numbers = {{"steps", static_cast<double>(record.step)},
                 {"trunk_to", static_cast<double>(trunk_to_)},
                 {"lr", idea_.lr},
                 {"loss", record.last_val.value_or(NAN)}};
    d.words = {{"run", name}, {"trunk", last_}};
    return d;
  }

  // How the schedule follows from round 1's, by the rules of schedule/extend.h.
  void add_extension(Decision& d) const {
    d.evidence = {fmt::format("schedule: {} steps at the peak rate, then {} linear to 0", trunk_to_,
                              end_ - trunk_to_)};
    const int64_t length = std::max(work_.outline.bridge_steps, work_.outline.trial_steps);
    if (!work_.outline.tuned || length >= end_) return;
    const schedule::Schedule before{.warmup = idea_.warmup,
                                    .hold = from_ - idea_.warmup,
                                    .decay = length - from_,
                                    .base = idea_.lr};
    const schedule::Extension longer =
        schedule::extend(before, end_, {.decay_fraction = kCooldown});
    d.evidence.push_back(fmt::format(
        "round 1's schedule extended from {} to {} steps, the cooldown at the same share "
        "(SX-01): {}",
        length, end_, schedule::describe(longer.schedule)));
    for (const schedule::Remark& remark : longer.remarks)
      d.caveats.push_back(fmt::format("{}: {}", remark.code, remark.text));
  }

  Work& work_;
  Idea idea_;
  int64_t from_ = 0;
  std::string before_, last_;
  int64_t most_, trunk_to_ = 0, planned_ = 0, end_ = 0, stands_ = 0;
  int64_t branch_step_ = 0;  // where the trunk was left, when that is not its end
  double risen_ = 0;         // nats, after that
  double slow_step_s_ = 0;   // of a cooldown that was cut short
  bool over_ = false, diverged_ = false, shortened_ = false;
};

}  // namespace

std::string produce(Work& work, const Trial& winner, int64_t most_steps) {
  return settle(work, "production", [&] { return Production(work, winner, most_steps).run(); })
      .word("run");
}

}  // namespace coldstart::tune
