#include "coldstart/plan/run_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "coldstart/core/error.h"
#include "coldstart/plan/curve_doubts.h"

namespace coldstart::plan {

namespace {

struct Column {
  std::span<const int64_t> step;
  std::span<const double> loss;
};

Column column_of(const Trial& t, LossColumn objective) {
  switch (objective) {
    case LossColumn::val:
      return {t.evals.step, t.evals.val};
    case LossColumn::train:
      return {t.evals.step, t.evals.train};
    case LossColumn::batch:
      break;
  }
  return {t.steps.step, t.steps.loss};
}

const char* column_name(LossColumn objective) {
  if (objective == LossColumn::val) return "validation loss";
  return objective == LossColumn::train ? "training loss in evaluation mode" : "batch loss";
}

[[noreturn]] void refuse(const Trial& t, const std::string& what, std::string_view hint) {
  throw DataError(t.name.empty() ? fmt::format("trial {}", t.index) : t.name, what, hint);
}

void check_trial(const Trial& t) {
  if (!t.feasible())
    refuse(
        t,
        fmt::format("infeasible ({}): its loss says nothing of a longer run", enum_name(t.reason)),
        "leave it out");
  if (t.intervention)
    refuse(t, "its learning rate was changed by hand: no schedule tells how it goes on",
           "leave it out");
}

void check_point(const Trial& t, int64_t step, int64_t before, double loss) {
  if (step <= before)
    refuse(t, fmt::format("step {} comes after step {}", step, before),
           "records must have increasing steps; of a resumed run keep the last attempt");
  if (loss <= 0)
    refuse(t, fmt::format("step {}: got {}, expected a loss above 0", step, loss),
           "the laws describe a loss; a metric that is maximised or passes 0 has none");
  if (loss > kNoLoss)
    refuse(t, fmt::format("step {}: got {}, which is no loss", step, loss), "leave it out");
}

// At most `most` points: means over equal blocks of records.
void decimate(RunCurve& curve, size_t most) {
  const size_t n = curve.step.size();
  if (n <= most) return;
  std::vector<double> step, loss;
  for (size_t k = 0; k < most; ++k) {
    const auto from = static_cast<ptrdiff_t>(k * n / most);
    const auto to = static_cast<ptrdiff_t>((k + 1) * n / most);
    const auto mean = [&](const std::vector<double>& v) {
      return std::accumulate(v.begin() + from, v.begin() + to, 0.0) /
             static_cast<double>(to - from);
    };
    step.push_back(mean(curve.step));
    loss.push_back(mean(curve.loss));
  }
  curve.step = std::move(step);
  curve.loss = std::move(loss);
}

void set_end(RunCurve& curve) {
  const auto mean = [](const std::vector<double>& v) {
    constexpr ptrdiff_t kLast = 3;
    const ptrdiff_t n = std::min<ptrdiff_t>(kLast, std::ssize(v));
    return std::accumulate(v.end() - n, v.end(), 0.0) / static_cast<double>(n);
  };
  curve.last = curve.step.back();
  curve.final_loss = mean(curve.loss);
  curve.final_step = mean(curve.step);
}

int64_t planned_steps(const Trial& t) {
  int64_t steps = t.planned_steps;
  if (!t.evals.step.empty()) steps = std::max(steps, t.evals.step.back());
  if (!t.steps.step.empty()) steps = std::max(steps, t.steps.step.back());
  return steps;
}

}  // namespace

LrTrace rates_of(const Trial& t) {
  const int64_t steps = planned_steps(t);
  if (steps <= 0) refuse(t, "no records", "");
  if (t.schedule && t.schedule->base > 0) return LrTrace::of(*t.schedule, steps);
  std::vector<int64_t> step;
  std::vector<double> lr;
  for (size_t i = 0; i < t.steps.lr.size(); ++i) {
    if (std::isnan(t.steps.lr[i])) continue;
    step.push_back(t.steps.step[i]);
    lr.push_back(t.steps.lr[i]);
  }
  if (step.empty())
    refuse(t, "no learning rate was recorded and no schedule is known",
           "record `lr`, or give the schedule (--schedule.shape, --schedule.warmup, ...)");
  const int64_t warmup = t.schedule ? t.schedule->warmup : 0;
  return LrTrace::of(step, lr, steps, warmup);
}

RunCurve run_curve(const Trial& t, LossColumn objective, size_t points) {
  check_trial(t);
  const Column column = column_of(t, objective);
  if (column.loss.empty())
    refuse(t, fmt::format("no {} was recorded", column_name(objective)), "record it, or map it");
  COLDSTART_CHECK(column.loss.size() == column.step.size(), "columns of different lengths");
  RunCurve curve{.name = t.name, .step = {}, .loss = {}, .rates = {}};
  int64_t before = -1;
  for (size_t i = 0; i < column.step.size(); ++i) {
    if (!std::isfinite(column.loss[i])) {
      ++curve.dropped;
      continue;
    }
    check_point(t, column.step[i], before, column.loss[i]);
    before = column.step[i];
    if (column.step[i] == 0) continue;  // the untrained model is on no curve
    curve.step.push_back(static_cast<double>(column.step[i]));
    curve.loss.push_back(column.loss[i]);
  }
  if (curve.dropped > kMostMissing * static_cast<double>(column.step.size()))
    refuse(t,
           fmt::format("{} of {} records have no finite {}", curve.dropped, column.step.size(),
                       column_name(objective)),
           "");
  if (curve.step.size() < kMinCurvePoints)
    refuse(t,
           fmt::format("{} records of the {}; expected at least {}", curve.step.size(),
                       column_name(objective), kMinCurvePoints),
           "evaluate more often");
  const auto [lowest, highest] = std::ranges::minmax_element(curve.loss);
  if (*lowest == *highest)
    refuse(t,
           fmt::format("the {} is {} throughout: there is nothing to learn from it",
                       column_name(objective), *lowest),
           "");
  if (const auto mixed = mixed_units(curve.step, curve.loss))
    refuse(t, *mixed, "give one log in one unit: optimizer updates, and nats");
  curve.rates = rates_of(t);
  if (!(curve.rates.peak() > 0))
    refuse(t, "its learning rate is 0 throughout", "map the column that holds it: --map lr=COLUMN");
  curve.warmup = t.schedule ? static_cast<double>(t.schedule->warmup) : curve.rates.warmup_end();
  set_end(curve);
  decimate(curve, points);
  return curve;
}

RunCurve head(const RunCurve& curve, double last_step) {
  RunCurve cut = curve;
  const auto end = std::upper_bound(curve.step.begin(), curve.step.end(), last_step);
  cut.step.erase(cut.step.begin() + (end - curve.step.begin()), cut.step.end());
  cut.loss.resize(cut.step.size());
  if (!cut.step.empty()) set_end(cut);
  return cut;
}

}  // namespace coldstart::plan
