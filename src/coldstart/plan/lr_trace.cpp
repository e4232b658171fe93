#include "coldstart/plan/lr_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::plan {

namespace {

constexpr double kSameRate = 0.01;  // of the peak: two rates are the same history

bool is_straight(schedule::WarmupShape shape) {
  return shape == schedule::WarmupShape::linear || shape == schedule::WarmupShape::none;
}

// Indices of the records to keep: the longest pieces from each kept one to a later one whose line
// stays within `limit` of all records between (the cone of slopes that do shrinks as it goes).
std::vector<size_t> swing_door(std::span<const int64_t> step, std::span<const double> lr,
                               double limit) {
  std::vector<size_t> kept = {0};
  const auto slope = [&](size_t from, size_t to, double shift) {
    return (lr[to] + shift - lr[from]) / static_cast<double>(step[to] - step[from]);
  };
  double lo = -INFINITY, hi = INFINITY;
  for (size_t i = 1; i < step.size(); ++i) {
    const double direct = slope(kept.back(), i, 0);
    if (direct < lo || direct > hi) {
      kept.push_back(i - 1);
      lo = -INFINITY, hi = INFINITY;
    }
    lo = std::max(lo, slope(kept.back(), i, -limit));
    hi = std::min(hi, slope(kept.back(), i, limit));
  }
  if (kept.back() + 1 != step.size()) kept.push_back(step.size() - 1);
  return kept;
}

void check_records(std::span<const int64_t> step, std::span<const double> lr) {
  if (step.empty() || step.size() != lr.size())
    throw DataError("learning rate", "no recorded rates", "give the run's schedule");
  for (size_t i = 0; i < step.size(); ++i) {
    if (!std::isfinite(lr[i]) || lr[i] < 0)
      throw DataError("learning rate",
                      fmt::format("step {}: got {}, expected a number >= 0", step[i], lr[i]),
                      "give the run's schedule");
    if (step[i] < 0 || (i > 0 && step[i] <= step[i - 1]))
      throw DataError("learning rate",
                      fmt::format("step {} comes after step {}", step[i], i > 0 ? step[i - 1] : 0),
                      "sort the records, and keep one a step");
  }
}

}  // namespace

void LrTrace::add(double step, double lr) { knots_.push_back({step, lr}); }

void LrTrace::finish() {
  area_.assign(knots_.size(), 0);
  for (size_t i = 1; i < knots_.size(); ++i)
    area_[i] = area_[i - 1] +
               (knots_[i].step - knots_[i - 1].step) * (knots_[i].lr + knots_[i - 1].lr) / 2;
}

LrTrace LrTrace::of(const schedule::Schedule& s, int64_t steps, int pieces) {
  COLDSTART_CHECK(steps > 0 && pieces > 0, "{} steps, {} pieces", steps, pieces);
  LrTrace trace;
  const auto add = [&](int64_t step) {
    if (step > steps) return;
    const auto at = static_cast<double>(step);
    if (trace.knots_.empty() || trace.knots_.back().step < at) trace.add(at, s.lr(step));
  };
  // Quadratic spacing puts the knots where 1-sqrt is steep; on a smooth decay it does no harm.
  const auto span = [&](int64_t from, int64_t length, bool straight) {
    const int n = straight ? 1 : static_cast<int>(std::min<int64_t>(length, pieces));
    for (int k = 0; k <= n; ++k) {
      const double p = static_cast<double>(k) / n;
      const double share = s.fall.shape == schedule::DecayShape::one_minus_sqrt ? p * p : p;
      add(from + std::llround(share * static_cast<double>(length)));
    }
  };
  if (s.warmup > 0) span(0, s.warmup, is_straight(s.ramp.shape));
  add(s.warmup);
  add(s.warmup + s.hold);
  if (s.decay > 0) span(s.warmup + s.hold, s.decay, s.fall.shape == schedule::DecayShape::linear);
  add(steps);
  trace.finish();
  return trace;
}

LrTrace LrTrace::of(std::span<const int64_t> step, std::span<const double> lr, int64_t steps,
                    int64_t warmup_steps, double tolerance) {
  check_records(step, lr);
  LrTrace trace;
  const double peak = *std::max_element(lr.begin(), lr.end());
  const auto first = static_cast<double>(step[0]);
  const auto warmup = static_cast<double>(warmup_steps);
  if (step[0] > 0) {
    trace.add(0, warmup_steps > 0 ? 0 : lr[0]);
    if (warmup > 0 && warmup < first) trace.add(warmup, lr[0]);
  }
  const std::vector<size_t> kept = swing_door(step, lr, tolerance * peak);
  for (size_t k = 0; k < kept.size(); ++k) {
    const auto at = static_cast<double>(step[kept[k]]);
    trace.add(at, lr[kept[k]]);
  }
  if (static_cast<double>(steps) > trace.knots_.back().step)
    trace.add(static_cast<double>(steps), trace.knots_.back().lr);
  trace.finish();
  return trace;
}

size_t LrTrace::piece_at(double step) const {
  const auto after = std::upper_bound(knots_.begin(), knots_.end(), step,
                                      [](double s, const LrKnot& k) { return s < k.step; });
  return after == knots_.begin() ? 0 : static_cast<size_t>(after - knots_.begin()) - 1;
}

double LrTrace::lr(double step) const {
  COLDSTART_CHECK(!knots_.empty(), "no rates");
  const size_t i = piece_at(step);
  if (i + 1 == knots_.size()) return knots_[i].lr;
  const LrKnot &a = knots_[i], &b = knots_[i + 1];
  return a.lr + (b.lr - a.lr) * (step - a.step) / (b.step - a.step);
}

double LrTrace::area(double step) const {
  COLDSTART_CHECK(!knots_.empty(), "no rates");
  const size_t i = piece_at(step);
  return area_[i] + (step - knots_[i].step) * (lr(step) + knots_[i].lr) / 2;
}

double LrTrace::peak() const {
  double peak = 0;
  for (const LrKnot& knot : knots_) peak = std::max(peak, knot.lr);
  return peak;
}

double LrTrace::warmup_end() const {
  const double top = peak() * (1 - kSameRate);
  double before = -1;
  for (const LrKnot& knot : knots_) {
    if (knot.lr >= top) return knot.step;
    if (knot.lr < before) return 0;  // falls before it ever came to the peak: no warmup
    before = knot.lr;
  }
  return 0;
}

LrTrace LrTrace::stretched(double times) const {
  const double warmup = warmup_end(), rest = last_step() - warmup;
  const double factor = rest > 0 ? (times * last_step() - warmup) / rest : 1;
  LrTrace result;
  for (const LrKnot& knot : knots_)
    result.add(knot.step <= warmup ? knot.step : warmup + factor * (knot.step - warmup), knot.lr);
  result.finish();
  return result;
}

LrTrace LrTrace::until(double step) const {
  LrTrace result;
  for (const LrKnot& knot : knots_)
    if (knot.step < step) result.add(knot.step, knot.lr);
  result.add(step, lr(step));
  result.finish();
  return result;
}

double divergence(const LrTrace& a, const LrTrace& b) {
  const double limit = kSameRate * std::max(a.peak(), b.peak());
  const double end = std::min(a.last_step(), b.last_step());
  std::vector<double> steps = {end};
  for (const LrTrace* trace : {&a, &b})
    for (const LrKnot& knot : trace->knots())
      if (knot.step < end) steps.push_back(knot.step);
  std::ranges::sort(steps);
  double same = 0;  // up to here they agree
  for (const double step : steps) {
    if (std::abs(a.lr(step) - b.lr(step)) > limit) {
      // The difference grows on a straight line; where it passes the limit is found by halving.
      double lo = same, hi = step;
      for (int i = 0; i < 40; ++i) {
        const double mid = (lo + hi) / 2;
        (std::abs(a.lr(mid) - b.lr(mid)) > limit ? hi : lo) = mid;
      }
      return hi;
    }
    same = step;
  }
  return end;
}

double fall_start(const LrTrace& trace) {
  double left = trace.warmup_end();
  for (const LrKnot& knot : trace.knots())
    if (knot.lr >= trace.peak() * (1 - kSameRate)) left = std::max(left, knot.step);
  return left;
}

double cooldown_start(const LrTrace& trace) {
  constexpr double kFall = 0.6, kHoldToFall = 0.5;
  const double peak = trace.peak(), start = trace.warmup_end();
  const double last = trace.lr(trace.last_step());
  if (last > kFall * peak) return -1;
  const double left = fall_start(trace);
  double down = trace.last_step();  // the first step near the last rate
  for (const LrKnot& knot : trace.knots())
    if (knot.step > left && knot.lr <= last + kSameRate * peak) down = std::min(down, knot.step);
  return left > start && left - start >= kHoldToFall * (down - left) ? left : -1;
}

}  // namespace coldstart::plan
