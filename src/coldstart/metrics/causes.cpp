#include "coldstart/metrics/causes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/quantile.h"

namespace coldstart::metrics {

namespace {

// Ends of the expected ranges. The page and the sentences are made from these.
constexpr double kLargeAngle = 0.5;      // radians an update
constexpr double kTimesEquilibrium = 4;  // ... and so many equilibrium angles
constexpr double kUnknownRatio = 1e300;
constexpr double kLargeChange = 0.5;      // rrc
constexpr double kSignalOverNoise = 100;  // phi B
constexpr size_t kLeastSteps = 5;         // outside of that, because phi is noisy by itself
constexpr double kFirstUpdate = 8;        // times a later one at the same rate
constexpr size_t kLeastUpdates = 20;      // to know what is usual
constexpr double kCancellation = -2;      // median
constexpr double kDeadUnits = 0.25;       // share of an MLP's units
constexpr double kGradient = 10;          // times the median norm
constexpr double kSteepest = 1.5;         // radians; the tangent is finite up to there

using MaybeFinding = std::optional<Finding>;

// param: nullptr for the whole model.
Finding finding_of(const std::string& measure, const ParamSpec* param, const Excursion& e,
                   std::string sentence) {
  return {.measure = measure,
          .where = param == nullptr ? "" : place_of(*param),
          .series = fmt::format("{}/{}", measure, param == nullptr ? "model" : param->name),
          .worst = e.worst.value,
          .times = e.times,
          .first_step = e.first(),
          .last_step = e.last(),
          .sentence = std::move(sentence)};
}

// A warmup of W steps gives step t the rate peak t / W; the tangent of an angle goes with the rate.
// The W at which every update that was too large would have stayed in range, in two digits.
int64_t warmup_for(const Points& outside, double peak_lr) {
  double steps = 1;
  for (const Point& p : outside) {
    if (!(p.lr > 0)) continue;
    const double excess = std::tan(std::min(p.value, kSteepest)) / std::tan(kLargeAngle);
    steps = std::max(steps, static_cast<double>(p.step) * peak_lr / p.lr * excess);
  }
  const double unit = std::pow(10, std::max(0.0, std::floor(std::log10(steps)) - 1));
  return static_cast<int64_t>(std::ceil(steps / unit) * unit);
}

MaybeFinding turns_too_far(const RecordedSeries& recorded, const DiagnosedRun& run) {
  const auto ratios = [&](const ParamSpec& p) -> const Points& {
    return recorded.of("equilibrium.ratio/" + p.name);
  };
  const auto worst = worst_param(run.params, [&](const ParamSpec& param) {
    if (param.rows == 0) return Excursion();  // gains are near 1 and short
    return excursion(recorded.of("angular_update/" + param.name), [&](const Point& angle) {
      const double ratio = value_at(ratios(param), angle.step).value_or(kUnknownRatio);
      const bool near_equilibrium =
          ratio <= kTimesEquilibrium && angle.value <= ratio * kLargeAngle;
      return near_equilibrium ? 0 : angle.value / kLargeAngle;
    });
  });
  if (!worst) return std::nullopt;
  const Excursion& e = worst->excursion;
  const std::string place = place_of(*worst->param);
  const auto ratio = value_at(ratios(*worst->param), e.worst.step);
  const std::string times =
      ratio ? fmt::format(", {:.1f} times its equilibrium angle", *ratio) : "";
  const std::string remedy =
      ratio && *ratio <= kTimesEquilibrium
          ? "lower optimizer.lr, which makes the equilibrium angle itself too large"
      : run.rotational
          ? "let it rotate as the other matrices do (optimizer.rotate_embeddings = true)"
          : fmt::format(
                "fix the angle with optimizer.name = lion_ar, or warm up for at least {} steps "
                "(schedule.warmup)",
                warmup_for(e.outside, run.peak_lr));
  return finding_of(
      "angular_update", worst->param, e,
      fmt::format("{} turned by up to {:.2g} rad an update{}, {}{}: {}.",
                  worst->param->layer < 0 ? fmt::format("The {}", place)
                                          : fmt::format("L{}", place.substr(1)),
                  e.worst.value, times, e.steps_text(), worst->others_text(), remedy));
}

MaybeFinding changes_too_much(const RecordedSeries& recorded, const DiagnosedRun& run) {
  const auto worst = worst_param(run.params, [&](const ParamSpec& param) {
    return excursion(recorded.of("rrc.train/" + param.name),
                     [](const Point& p) { return p.value / kLargeChange; });
  });
  if (!worst) return std::nullopt;
  const Excursion& e = worst->excursion;
  const std::string place = place_of(*worst->param);
  return finding_of(
      "rrc.train", worst->param, e,
      fmt::format("One update changed the output of {} by up to {:.2g} times its size, {}{}: {}.",
                  place, e.worst.value, e.steps_text(), worst->others_text(),
                  run.rrc_scaled ? "lower optimizer.lr"
                                 : "scale updates by the gradient's signal (rrc.rrc_scaling = "
                                   "exact)"));
}

MaybeFinding averages_no_noise(const RecordedSeries& recorded, const DiagnosedRun& run) {
  if (run.rrc_scaled) return std::nullopt;
  const Excursion e = excursion(recorded.of("snr/model"), [&](const Point& p) {
    return p.value * run.batch / kSignalOverNoise;
  });
  if (e.outside.size() < kLeastSteps) return std::nullopt;
  return finding_of(
      "snr", nullptr, e,
      fmt::format("The gradient's signal-to-noise ratio was up to {:.2g}, {:.0f} times 1/B (B = "
                  "{:.0f}), {}, so the batch left no noise to average and all samples pushed one "
                  "way: use rrc.rrc_scaling = exact or a smaller train.batch_tokens.",
                  e.worst.value, e.worst.value * run.batch, run.batch, e.steps_text()));
}

MaybeFinding starts_too_large(const RecordedSeries& recorded, const DiagnosedRun& run) {
  const Points& points = recorded.of("update_l2.no_decay/model");
  if (run.rotational || points.size() < kLeastUpdates) return std::nullopt;
  const auto half = points.begin() + std::ssize(points) / 2;
  const auto per_rate = [](const Point& p) { return p.lr > 0 ? p.value / p.lr : 0; };
  std::vector<double> later;
  for (auto p = half; p != points.end(); ++p) later.push_back(per_rate(*p));
  const double usual = upper_median(later);
  const Excursion e = excursion(Points(points.begin(), half), [&](const Point& p) {
    return per_rate(p) / (kFirstUpdate * usual);
  });
  if (e.outside.empty() || !(usual > 0)) return std::nullopt;
  return finding_of(
      "update_l2.no_decay", nullptr, e,
      fmt::format("The first updates were up to {:.1f} times as large as later ones at the same "
                  "rate, {}: use optimizer.bias_correction_m = norm_neutral, or optimizer.name = "
                  "lion_a, whose updates have one size.",
                  kFirstUpdate * e.times, e.steps_text()));
}

MaybeFinding momentum_overshoots(const RecordedSeries& recorded, const DiagnosedRun& run) {
  const auto series = [&](const ParamSpec& param) -> const Points& {
    return recorded.of("momentum_cancellation/" + param.name);
  };
  const auto worst = worst_param(run.params, [&](const ParamSpec& param) {
    Excursion e;
    if (param.rows > 0 && series(param).size() >= kLeastUpdates &&
        upper_median(values_of(series(param))) < kCancellation)
      e = excursion(series(param), [](const Point& p) { return p.value / kCancellation; });
    return e;
  });
  if (!worst) return std::nullopt;
  Excursion e = worst->excursion;
  e.worst.value = upper_median(values_of(series(*worst->param)));
  e.times = e.worst.value / kCancellation;
  const std::string place = place_of(*worst->param);
  return finding_of(
      "momentum_cancellation", worst->param, e,
      fmt::format("In {} momentum took away {:.2g} times what the gradient gave (median; about 0.5 "
                  "is usual), {}{}: steps overshoot along sharp directions; lower optimizer.lr, or "
                  "use optimizer.name = lion_ar with beta = 0.98, nesterov = true and "
                  "inverse_bias_correction = linear.",
                  place, -e.worst.value, e.steps_text(), worst->others_text()));
}

MaybeFinding units_die(const RecordedSeries& recorded, const DiagnosedRun& run) {
  const auto worst = worst_param(run.params, [&](const ParamSpec& param) {
    return excursion(recorded.of("dead_relu/" + param.name),
                     [](const Point& p) { return p.value / kDeadUnits; });
  });
  if (!worst) return std::nullopt;
  const Excursion& e = worst->excursion;
  const std::string place = place_of(*worst->param);
  return finding_of(
      "dead_relu", worst->param, e,
      fmt::format("{:.0f} % of the units of {} were off at every position of the probe, {}{}: use "
                  "model.mlp = leaky_relu, or smaller first updates (optimizer.name = lion_ar, "
                  "schedule.warmup).",
                  100 * e.worst.value, place, e.steps_text(), worst->others_text()));
}

MaybeFinding gradient_explodes(const RecordedSeries& recorded, const DiagnosedRun& run) {
  const Points& points = recorded.of("grad_norm/model");
  if (!run.diverged || points.empty()) return std::nullopt;
  const double usual = upper_median(values_of(points));
  const Excursion e =
      excursion(points, [&](const Point& p) { return p.value / (kGradient * usual); });
  if (e.outside.empty() || !(usual > 0)) return std::nullopt;
  const ParamSpec* largest = nullptr;
  double norm = 0;
  for (const ParamSpec& param : run.params) {
    const auto value = value_at(recorded.of("grad_norm/" + param.name), e.worst.step);
    if (value.value_or(0) <= norm) continue;
    largest = &param;
    norm = *value;
  }
  const std::string place = largest == nullptr ? "" : place_of(*largest);
  Finding finding = finding_of(
      "grad_norm", nullptr, e,
      fmt::format("The gradient norm reached {:.3g}, {:.3g} times its median, {}{}: lower "
                  "optimizer.lr.",
                  e.worst.value, kGradient * e.times, e.steps_text(),
                  place.empty() ? "" : ", most of it in " + place));
  finding.where = place;
  return finding;
}

std::vector<Cause> make_causes() {
  return {
      {"angular_update",
       fmt::format("at most {0} rad an update, or {1} times an equilibrium angle below {0} rad",
                   kLargeAngle, kTimesEquilibrium),
       "ours, see below", "`optimizer.name = lion_ar`, `schedule.warmup`", turns_too_far},
      {"rrc.train", fmt::format("at most {}", kLargeChange), "ours, see below",
       "`rrc.rrc_scaling = exact`", changes_too_much},
      {"snr",
       fmt::format("at most {} / B, except in {} measured steps", kSignalOverNoise,
                   kLeastSteps - 1),
       "ours; it stays above 1 / B in sound runs (Kosson et al. 2024, figure 4b)",
       "`rrc.rrc_scaling = exact`, a smaller `train.batch_tokens`", averages_no_noise},
      {"update_l2.no_decay",
       fmt::format("at most {} times its later median, at the same rate", kFirstUpdate),
       "ours; Adam's correction gives 4.4 at beta1 = 0.9, 10 at 0.98, for independent gradients",
       "`optimizer.bias_correction_m = norm_neutral`, `optimizer.name = lion_a`", starts_too_large},
      {"momentum_cancellation", fmt::format("a median of {} or more", kCancellation),
       "ours; about -0.5 in the paper (Kosson et al. 2024, figure 4d)",
       "a lower `optimizer.lr`; `lion_ar` with `beta = 0.98`, `nesterov` and "
       "`inverse_bias_correction = linear`",
       momentum_overshoots},
      {"dead_relu", fmt::format("at most {}", kDeadUnits),
       "ours; large early updates kill units (Kosson et al. 2024, appendix A)",
       "`model.mlp = leaky_relu`, `optimizer.name = lion_ar`, `schedule.warmup`", units_die},
      {"grad_norm", fmt::format("at most {} times its median; diverged runs only", kGradient),
       "ours", "a lower `optimizer.lr`", gradient_explodes},
  };
}

}  // namespace

const std::vector<Cause>& causes() {
  static const std::vector<Cause> all = make_causes();
  return all;
}

}  // namespace coldstart::metrics
