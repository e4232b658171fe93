// The best trial for each value of what a study asks about: isolation_panels() of figures.h.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "coldstart/core/text.h"
#include "coldstart/plan/isolation.h"
#include "coldstart/plan/noise.h"
#include "coldstart/report/figures.h"

namespace coldstart::report {

namespace {

constexpr size_t kMostLevels = 7;  // more of a number are cut into bins
constexpr double kBeside = 0.1;    // of the distance of two values: stars hide no points

// As the planner is to see it: few levels are choices, in their order.
plan::HParam hparam_of(const Knob& knob) {
  plan::HParam hparam{.name = knob.name, .role = plan::Role::scientific};
  std::vector<double> numbers;
  for (const std::string& level : knob.levels)
    if (const auto number = parse_double(level)) numbers.push_back(*number);
  if (knob.numeric && knob.levels.size() > kMostLevels && numbers.size() == knob.levels.size()) {
    hparam.scale = knob.log ? plan::Scale::log : plan::Scale::linear;
    hparam.lo = numbers.front();
    hparam.hi = numbers.back();
  } else {
    hparam.scale = plan::Scale::choice;
    hparam.choices = knob.levels;
  }
  return hparam;
}

plan::IsolationReport isolation_of(const plan::Study& study, const Knob& knob) {
  const plan::HParam hparam = hparam_of(knob);
  const plan::Noise noise = plan::study_noise(study);
  plan::IsolationReport report = plan::isolate(study, hparam, noise.known() ? noise.sigma : 0);
  const auto place = [&](const plan::Bucket& bucket) {
    return std::ranges::find(hparam.choices, bucket.value) - hparam.choices.begin();
  };
  if (hparam.scale == plan::Scale::choice) std::ranges::stable_sort(report.buckets, {}, place);
  return report;
}

Figure isolation_figure(const plan::Study& study, const plan::IsolationReport& report) {
  Figure figure{.id = "",
                .title = fmt::format("Best {} for each {}", study.metric, report.name),
                .caption = "Stars: the best of all trials with that value. ",
                .x = {report.name, false, {}},
                .y = {study.metric}};
  if (report.m > 0)
    figure.caption += fmt::format(
        "Points: what the best of {} would be (median and 99 % interval), the number of the "
        "smallest group, so that all are tuned equally. ",
        report.m);
  figure.caption += report.verdict.text;
  Series equal{.label = fmt::format("best of {}", report.m),
               .mark = Mark::points,
               .color = 0,
               .x = {},
               .y = {}};
  Series best{.label = "best of all", .mark = Mark::stars, .color = 3, .x = {}, .y = {}};
  for (const plan::Bucket& bucket : report.buckets) {
    const auto x = static_cast<double>(figure.x.names.size());
    figure.x.names.push_back(fmt::format("{} (n={})", bucket.value, bucket.results.size()));
    best.x.push_back(x + kBeside);
    best.y.push_back(shown(study, bucket.results.front()));
    best.notes.push_back(fmt::format("best of {} trials, {} infeasible beside them",
                                     bucket.results.size(), bucket.infeasible));
    if (report.m == 0) continue;
    const double low = shown(study, bucket.equal_n.lo), high = shown(study, bucket.equal_n.hi);
    equal.x.push_back(x);
    equal.y.push_back(shown(study, bucket.equal_n.mid));
    equal.lo.push_back(std::min(low, high));
    equal.hi.push_back(std::max(low, high));
    equal.notes.push_back(
        fmt::format("99 % interval {:.4g} to {:.4g}", equal.lo.back(), equal.hi.back()));
  }
  if (report.m > 0) figure.series.push_back(std::move(equal));
  figure.series.push_back(std::move(best));
  return figure;
}

}  // namespace

std::vector<Panel> isolation_panels(const Input& input) {
  const std::vector<Knob> knobs = varied_knobs(input.study);
  // Where a study does not say what it asks about, everything but seeds and rates is shown.
  const bool has_roles = std::ranges::any_of(
      knobs, [](const Knob& knob) { return knob.role == plan::Role::scientific; });
  const std::string rate = knob_of_kind(input.study, plan::Kind::base_lr);
  std::vector<Panel> panels;
  for (const Knob& knob : knobs) {
    if (has_roles ? knob.role != plan::Role::scientific : knob.name == rate || knob.name == "seed")
      continue;
    const plan::IsolationReport report = isolation_of(input.study, knob);
    // One trial for each value is an axis plot, and that is drawn already.
    const bool groups = std::ranges::any_of(
        report.buckets, [](const plan::Bucket& bucket) { return bucket.results.size() > 1; });
    if (report.buckets.size() < 2 || !groups) continue;
    Figure figure = isolation_figure(input.study, report);
    figure.id = fmt::format("isolation_{}", panels.size() + 1);
    panels.push_back({.id = figure.id, .variants = {{{}, std::move(figure)}}});
  }
  return panels;
}

}  // namespace coldstart::report
