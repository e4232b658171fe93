#include "coldstart/schedule/extend.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::schedule {

namespace {

double ratio(int64_t a, int64_t b) { return static_cast<double>(a) / static_cast<double>(b); }
std::string percent(double share) { return fmt::format("{:.3g} %", 100 * share); }

// Steps of [warmup, steps) whose rate is below kTinyRate of the peak. Every decay only falls, so
// they are the last ones.
int64_t low_steps(const Schedule& s, int64_t steps) {
  constexpr double kRounding = 1e-12;                  // a tenth itself is not below it
  int64_t lo = std::min(s.warmup, steps), hi = steps;  // the first low step is in [lo, hi]
  while (lo < hi) {
    const int64_t mid = lo + (hi - lo) / 2;
    if (s.factor(mid) < kTinyRate * (1 - kRounding)) {
      hi = mid;
    } else {
      lo = mid + 1;
    }
  }
  return steps - lo;
}

int64_t agreement(const Schedule& a, const Schedule& b) {
  const int64_t end = std::min(a.total(), b.total());
  int64_t step = 0;
  while (step < end && a.lr(step) == b.lr(step)) ++step;
  return step;
}

void check(const Schedule& s, int64_t new_total, const ExtendOptions& o, Family family) {
  if (s.total() < 1 || s.base <= 0)
    throw ConfigError("extend", fmt::format("there is no schedule to extend; got {}", describe(s)),
                      "give the run's schedule");
  if (new_total < 1)
    throw ConfigError("extend", fmt::format("got {} steps, expected at least 1", new_total), "");
  if (family == Family::refused && !o.force)
    throw ConfigError(
        "extend",
        fmt::format(
            "a decay of shape {} does not carry over to another length: run to {} steps, "
            "{} of the steps after its warmup would have less than a tenth of the peak",
            enum_name(s.fall.shape), new_total,
            percent(ratio(low_steps(s, new_total), std::max<int64_t>(1, new_total - s.warmup)))),
        "choose linear or cosine and tune its length, or force it");
  if (!o.decay_fraction) return;
  if (family != Family::hold_and_decay)
    throw ConfigError("extend",
                      fmt::format("a decay fraction is for a hold with a decay after it; this "
                                  "schedule is {}",
                                  describe(s)),
                      "leave it out");
  if (!(*o.decay_fraction > 0 && *o.decay_fraction <= 1))
    throw ConfigError(
        "extend",
        fmt::format("decay fraction: got {}, expected above 0 and at most 1", *o.decay_fraction),
        "for example 0.2");
}

// W, H, D of new_total steps.
Schedule lengths(const Schedule& s, int64_t new_total, const ExtendOptions& o, Family family) {
  Schedule made = s;
  made.warmup = std::min(s.warmup, new_total);
  const int64_t rest = new_total - made.warmup;
  switch (family) {
    case Family::constant:
      made.decay = 0;
      break;
    case Family::hold_and_decay: {
      const int64_t wanted = o.decay_fraction
                                 ? std::llround(*o.decay_fraction * static_cast<double>(new_total))
                                 : s.decay;
      made.decay = std::min(wanted, rest);
      break;
    }
    case Family::cosine:
    case Family::refused:
      // Shorter: the hold gives way first.
      made.decay = new_total >= s.total() ? rest - s.hold : std::min(s.decay, rest);
      break;
  }
  made.hold = rest - made.decay;
  return made;
}

void remark_cooldown(const Schedule& s, std::vector<Remark>& remarks) {
  if (s.decay == 0) return;
  const double share = ratio(s.decay, s.total());
  if (share < kShortCooldown)
    remarks.push_back({share < kNoCooldown ? "E-COOLDOWN-SHORT" : "W-COOLDOWN-SHORT",
                       fmt::format("the decay has {} of the run; expected at least {}",
                                   percent(share), percent(kShortCooldown)),
                       share < kNoCooldown});
  if (s.factor(s.total()) >= kHighFinalRatio)
    remarks.push_back(
        {"W-FINAL-LR", fmt::format("the decay ends at {:.3g} of the peak; a decay to 0 is usually "
                                   "better on a long run",
                                   s.factor(s.total()))});
}

}  // namespace

TinyLr tiny_lr(const Schedule& before, const Schedule& after, int64_t steps) {
  const int64_t extra = steps - before.total();
  TinyLr tiny{.mean_extra = NAN};
  if (extra > 0 && before.base > 0)
    tiny.mean_extra = (after.area(0, steps) - before.area(0, before.total())) /
                      (static_cast<double>(extra) * before.base);
  const int64_t trained = steps - std::min(after.warmup, steps);
  if (trained > 0) tiny.low_share = ratio(low_steps(after, steps), trained);
  return tiny;
}

std::vector<Remark> tiny_lr_remarks(const TinyLr& tiny) {
  constexpr double kRounding = 1e-9;
  const double m = tiny.mean_extra + kRounding;  // NaN: no extra steps, nothing to say of them
  const std::string mean =
      fmt::format("the extra steps have {:.3g} of the peak rate on average", tiny.mean_extra);
  if (m < kNoMean) return {{"E-TINY-LR", mean + ": they would be wasted", true}};
  if (m < kTinyMean) return {{"W-TINY-LR", mean}};
  if (tiny.low_share > kTinyShare)
    return {{"W-TINY-LR", fmt::format("{} of the steps have less than a tenth of the peak rate",
                                      percent(tiny.low_share))}};
  return {};
}

std::vector<Remark> mismatch_remarks(const Schedule& schedule, int64_t run_steps) {
  COLDSTART_CHECK(run_steps > 0, "{} steps", run_steps);
  const double share = ratio(schedule.total(), run_steps);
  if (share >= 1 && share <= kMismatch) return {};
  return {{"W-SCHED-MISMATCH",
           fmt::format(
               "the schedule has {} steps and the run {}: {}", schedule.total(), run_steps,
               share < 1 ? "the rest is run at the final rate" : "it never finishes its decay")}};
}

Family family_of(const Schedule& s) {
  if (s.decay == 0) return Family::constant;
  switch (s.fall.shape) {
    case DecayShape::none:
      return Family::constant;
    case DecayShape::linear:
    case DecayShape::one_minus_sqrt:
    case DecayShape::power:
      return Family::hold_and_decay;
    case DecayShape::cosine:
      return Family::cosine;
    case DecayShape::exponential:
      return s.hold > 0 ? Family::hold_and_decay : Family::refused;
    case DecayShape::inverse_sqrt:
    case DecayShape::step:
      break;
  }
  return Family::refused;
}

Extension extend(const Schedule& s, int64_t new_total, const ExtendOptions& options) {
  Extension result{.schedule = {}, .family = family_of(s), .tiny = {}};
  check(s, new_total, options, result.family);
  result.schedule = lengths(s, new_total, options, result.family);
  result.tiny = tiny_lr(s, result.schedule, new_total);
  result.shared_steps = agreement(s, result.schedule);
  result.remarks = tiny_lr_remarks(result.tiny);
  remark_cooldown(result.schedule, result.remarks);
  if (ratio(result.schedule.warmup, new_total) > kLongWarmup)
    result.remarks.push_back(
        {"WU-06", fmt::format("the warmup has {} of the run; consider more steps",
                              percent(ratio(result.schedule.warmup, new_total)))});
  if (result.family == Family::refused)
    result.remarks.push_back(
        {"R1-04", fmt::format("forced; {} of the steps after the warmup have less than a tenth of "
                              "the peak rate",
                              percent(result.tiny.low_share))});
  if (new_total != s.total() && result.schedule.decay > 0)
    result.remarks.push_back({"W-RETUNE-DECAY",
                              "a run of another length needs its own decay: this one is a start, "
                              "not a result"});
  return result;
}

}  // namespace coldstart::schedule
