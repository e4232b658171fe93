#include "coldstart/plan/rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/plan/transfer.h"

namespace coldstart::plan {

namespace {

constexpr double kFirstShare = 0.4;  // of the budget, for what comes before production length
constexpr double kBridge = 0.2;      // of P
constexpr int64_t kMostLong = 3;

void check(const RoundsQuestion& q) {
  const auto require = [](bool good, const char* what) {
    if (!good) throw ConfigError("steps plan", what, "see coldstart steps plan --help");
  };
  require(q.production > 0, "production length: expected at least 1 step");
  require(q.budget_h > 0, "budget: expected hours above 0");
  require(q.hours_per_step > 0, "speed: expected hours per step above 0 (or steps per second)");
  require(q.patience_h >= 0 && q.parallel >= 1,
          "patience and parallel trials must not be negative");
  require(q.rounds >= 1 && q.rounds <= 20, "rounds: expected 1 to 20");
  if (q.hours_per_step * static_cast<double>(q.production) * 0.1 > q.budget_h)
    throw ConfigError(
        "steps plan",
        fmt::format("a tenth of the production length takes {:.3g} h; the budget is "
                    "{:.3g} h",
                    q.hours_per_step * static_cast<double>(q.production) * 0.1, q.budget_h),
        "lower the production length or raise the budget");
}

int64_t wanted_trials(size_t dimensions) {
  constexpr int64_t kStep = 10, kMost = 60;
  return std::min(kMost, kStep * std::max<int64_t>(1, static_cast<int64_t>(dimensions)));
}

double trial_hours(const RoundsQuestion& q, int64_t steps) {
  return q.hours_per_step * static_cast<double>(steps);
}
int64_t affordable(const RoundsQuestion& q, double hours, int64_t steps) {
  return static_cast<int64_t>(std::floor(hours / trial_hours(q, steps) + 1e-9));
}

// A length at which anything can be seen: 20 evaluations and five warmups.
int64_t lifted(const RoundsQuestion& q, int64_t steps, std::vector<std::string>& notes) {
  constexpr int64_t kEvals = 20, kWarmups = 5;
  const int64_t least =
      std::min(q.production, std::max(kEvals * q.eval_every, kWarmups * q.warmup));
  if (steps >= least) return steps;
  notes.push_back(
      fmt::format("{} steps lifted to {}: 20 evaluations and 5 warmups have to fit", steps, least));
  return least;
}

std::vector<std::string> retested(const RoundsQuestion& q) {
  std::vector<std::string> result;
  for (const HParam& p : q.space) {
    const TransferRow& row = transfer_of(p.kind);
    result.push_back(
        fmt::format("{} ({} to carry over): {}", p.name, enum_name(row.transfer), row.action));
  }
  return result;
}

Round make_round(const RoundsQuestion& q, std::string name, int64_t steps, int64_t trials) {
  Round r{.name = std::move(name), .what = {}, .retest = {}};
  r.max_steps = steps;
  r.fraction = static_cast<double>(steps) / static_cast<double>(q.production);
  r.trials = trials;
  r.hours = trial_hours(q, steps) * static_cast<double>(trials);
  return r;
}

void add_long_round(const RoundsQuestion& q, double hours, RoundsPlan& plan) {
  const int64_t runs = std::min(kMostLong, affordable(q, hours, q.production));
  if (runs < 1) {
    plan.warnings.push_back(fmt::format(
        "no run of production length is affordable: it takes {:.3g} h and {:.3g} h are left",
        trial_hours(q, q.production), hours));
    return;
  }
  Round last = make_round(q, fmt::format("round {}", q.rounds), q.production, runs);
  const char* what[] = {"best configuration at production length",
                        "best configuration, learning rate from the bracket", "runner-up"};
  for (int64_t i = 0; i < runs; ++i) last.what.emplace_back(what[i]);
  last.retest = retested(q);
  plan.rounds.push_back(std::move(last));
}

void add_short_rounds(const RoundsQuestion& q, RoundsPlan& plan) {
  const std::vector<int64_t> lengths = rung_lengths(q.production, q.rounds);
  const double budget = kFirstShare * q.budget_h / static_cast<double>(q.rounds - 1);
  for (int i = 0; i + 1 < q.rounds; ++i) {
    const int64_t steps = lifted(q, lengths[static_cast<size_t>(i)], plan.notes);
    int64_t trials = std::min(affordable(q, budget, steps), wanted_trials(q.space.size()));
    if (i > 0 && !plan.rounds.empty())
      trials = std::min(trials, std::max<int64_t>(2, plan.rounds.back().trials / 3));
    if (trials < 2) continue;
    Round round = make_round(q, fmt::format("round {}", i + 1), steps, trials);
    round.what = {i == 0 ? "quasi-random trials over the space"
                         : "the best of the round before, and one control drawn from the rest"};
    if (i > 0) round.retest = retested(q);
    plan.rounds.push_back(std::move(round));
  }
}

double planned_hours(const RoundsPlan& plan) {
  double hours = 0;
  for (const Round& round : plan.rounds) hours += round.hours;
  return hours;
}

// A check of winner against baseline at twice the length, before anything is spent at P.
void add_bridge(const RoundsQuestion& q, RoundsPlan& plan) {
  const auto steps = std::llround(kBridge * static_cast<double>(q.production));
  if (plan.rounds.empty() || plan.rounds.back().max_steps >= steps) return;
  const double left = q.budget_h - planned_hours(plan) - 2 * trial_hours(q, steps);
  if (left < trial_hours(q, q.production)) {
    plan.warnings.push_back(fmt::format(
        "no bridge check at {} steps: it and a production run do not both fit the budget", steps));
    return;
  }
  Round bridge = make_round(q, "bridge", steps, 2);
  bridge.what = {"winner of round 1", "baseline"};
  bridge.retest = {"that the winner beats the baseline at twice the length"};
  plan.rounds.push_back(std::move(bridge));
}

void set_finish(const RoundsQuestion& q, std::span<const DoneTrial> done, RoundsPlan& plan) {
  double wall = 0;
  for (Round& round : plan.rounds) {
    round.done = std::min<int64_t>(
        round.trials, std::ranges::count(done, round.max_steps, &DoneTrial::max_steps));
    const double one = trial_hours(q, round.max_steps);
    wall += one * static_cast<double>(div_up(round.left(), q.parallel));
    round.finish_h = wall;
    plan.hours_left += one * static_cast<double>(round.left());
    if (q.patience_h > 0 && one > q.patience_h)
      plan.warnings.push_back(
          fmt::format("{}: one trial takes {:.3g} h, more than your patience "
                      "of {:.3g} h",
                      round.name, one, q.patience_h));
  }
}

std::vector<LengthTrade> trade_of(const RoundsQuestion& q) {
  std::vector<LengthTrade> trade;
  for (const double fraction : {0.05, 0.1, 0.2, 0.316, 0.5, 1.0}) {
    const auto steps =
        std::max<int64_t>(1, std::llround(fraction * static_cast<double>(q.production)));
    trade.push_back({fraction, steps, affordable(q, q.budget_h, steps),
                     length_comparability(steps, q.production, true)});
  }
  return trade;
}

}  // namespace

std::string length_comparability(int64_t steps, int64_t other, bool to_production) {
  if (steps == other) return "COMPARABLE";
  const double ratio = static_cast<double>(std::max(steps, other)) /
                       static_cast<double>(std::max<int64_t>(1, std::min(steps, other)));
  constexpr double kNearly = 1.25;
  if (ratio <= kNearly) return "NEARLY";
  return to_production ? "NOT_ESTABLISHED" : "TENTATIVE";
}

std::vector<int64_t> rung_lengths(int64_t production, int rungs) {
  if (rungs == 1) return {production};
  std::vector<int64_t> lengths;
  for (int i = 0; i < rungs; ++i) {
    const double share = std::pow(10.0, static_cast<double>(i) / (rungs - 1) - 1);
    lengths.push_back(std::max<int64_t>(1, std::llround(share * static_cast<double>(production))));
  }
  return lengths;
}

RoundsPlan plan_rounds(const RoundsQuestion& q, std::span<const DoneTrial> done) {
  check(q);
  RoundsPlan plan;
  constexpr int kUsual = 3;
  if (q.rounds > kUsual)
    plan.warnings.push_back(
        fmt::format("W-ROUNDS: {} rounds; one to three are usually practical, "
                    "more suit mature pipelines and very costly runs",
                    q.rounds));
  if (q.rounds > 1) add_short_rounds(q, plan);
  if (plan.rounds.empty() && q.rounds > 1)
    plan.notes.emplace_back(
        "fewer than two shorter trials fit the budget: the production run is the experiment");
  if (q.rounds == 2) add_bridge(q, plan);
  add_long_round(q, q.budget_h - planned_hours(plan), plan);
  if (plan.rounds.empty())
    throw ConfigError("steps plan", "nothing fits the budget",
                      "raise the budget or lower the production length");
  plan.notes.emplace_back(
      "what short runs prefer need not stay best: rank agreement between rounds is measured");
  plan.trade = trade_of(q);
  plan.hours = planned_hours(plan);
  set_finish(q, done, plan);
  return plan;
}

}  // namespace coldstart::plan
