// Training curves: curve_panels() of figures.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/report/downsample.h"
#include "coldstart/report/figures.h"

namespace coldstart::report {

namespace {

constexpr size_t kBest = 3;
constexpr size_t kPoints = 600;       // of a curve that is looked at
constexpr size_t kPointsOfAll = 160;  // of one among all

Series curve(const std::string& label, const std::vector<int64_t>& steps,
             const std::vector<double>& values, size_t points) {
  const std::vector<double> x(steps.begin(), steps.end());
  Series series{.label = label, .x = {}, .y = {}};
  for (const size_t i : keep_extremes(x, values, points)) {
    series.x.push_back(x[i]);
    series.y.push_back(values[i]);
  }
  return series;
}

std::vector<double> as_shown(const plan::Study& study, std::vector<double> values) {
  for (double& value : values) value = shown(study, value);
  return values;
}

void add_curves(const plan::Study& study, const plan::Trial& trial, const std::string& prefix,
                int color, Figure& figure) {
  if (!trial.steps.loss.empty()) {
    Series batch = curve(prefix + "training batch", trial.steps.step, trial.steps.loss, kPoints);
    batch.color = prefix.empty() ? -1 : color;
    batch.dashed = !prefix.empty();
    figure.series.push_back(std::move(batch));
  }
  if (!trial.evals.train.empty()) {
    Series probe = curve(prefix + "training sample", trial.evals.step,
                         as_shown(study, trial.evals.train), kPoints);
    probe.color = prefix.empty() ? 1 : color;
    probe.dashed = true;
    if (prefix.empty() || trial.steps.loss.empty()) figure.series.push_back(std::move(probe));
  }
  if (!trial.evals.val.empty()) {
    Series val = curve(prefix + (prefix.empty() ? study.metric : "validation"), trial.evals.step,
                       as_shown(study, trial.evals.val), kPoints);
    val.color = color;
    val.mark = val.x.size() <= 60 ? Mark::line_points : Mark::line;
    figure.series.push_back(std::move(val));
  }
}

// A figure whose curves reach far up is read better on a logarithmic scale.
void choose_scale(Figure& figure) {
  double low = HUGE_VAL, high = 0;
  for (const Series& series : figure.series)
    for (const double y : series.y)
      if (std::isfinite(y)) low = std::min(low, y), high = std::max(high, y);
  figure.y.log = low > 0 && high > 10 * low;
}

Panel panel_of(Figure figure) {
  choose_scale(figure);
  return {.id = figure.id, .variants = {{{}, std::move(figure)}}};
}

Figure empty_figure(const plan::Study& study, const char* id, std::string title,
                    std::string caption) {
  return {.id = id,
          .title = std::move(title),
          .caption = std::move(caption),
          .x = {"step"},
          .y = {study.metric}};
}

std::vector<Panel> run_panels(const plan::Study& study) {
  std::vector<Panel> panels;
  const plan::Trial& trial = study.trials.front();
  Figure loss = empty_figure(study, "loss", "Loss", "");
  loss.y.label = "loss";
  add_curves(study, trial, "", 0, loss);
  if (const auto best = result_of(study, trial)) {
    loss.caption =
        fmt::format("Best {}: {:.4f} at step {}.", study.metric, best->value, best->step);
    loss.lines.push_back(
        {fmt::format("best, step {}", best->step), static_cast<double>(best->step), true});
  }
  if (!loss.series.empty()) panels.push_back(panel_of(std::move(loss)));
  if (!trial.steps.lr.empty()) {
    Figure rate{.id = "learning_rate",
                .title = "Learning rate",
                .caption = trial.schedule ? schedule::describe(*trial.schedule) : "",
                .x = {"step"},
                .y = {"learning rate"},
                .series = {curve("learning rate", trial.steps.step, trial.steps.lr, kPoints)}};
    panels.push_back({.id = rate.id, .variants = {{{}, std::move(rate)}}});
  }
  return panels;
}

}  // namespace

std::vector<size_t> trials_to_show(const Input& input, size_t most) {
  std::vector<size_t> shown = ranked(input.study);
  shown.resize(std::min(shown.size(), kBest));
  for (const Flagged& flag : flagged_trials(input))
    if (std::ranges::find(shown, flag.trial) == shown.end()) shown.push_back(flag.trial);
  if (shown.empty())
    for (size_t i = 0; i < std::min(kBest, input.study.trials.size()); ++i) shown.push_back(i);
  shown.resize(std::min(shown.size(), most));
  return shown;
}

std::vector<Panel> curve_panels(const Input& input) {
  const plan::Study& study = input.study;
  if (study.trials.empty()) return {};
  if (study.trials.size() == 1) return run_panels(study);
  const std::vector<Knob> knobs = varied_knobs(study);
  std::vector<Panel> panels;

  Figure best = empty_figure(study, "curves_best", "Training curves of the best trials",
                             "Solid: validation. Dashed: the training batches.");
  int color = 0;
  for (const size_t i : ranked(study)) {
    if (color == static_cast<int>(kBest)) break;
    add_curves(study, study.trials[i], label_of(knobs, study.trials[i]) + " ", color++, best);
  }
  if (!best.series.empty()) panels.push_back(panel_of(std::move(best)));

  Figure flagged = empty_figure(study, "curves_flagged", "Training curves of every flagged trial",
                                "Solid: validation. Dashed: the training batches.");
  color = 0;
  for (const Flagged& flag : flagged_trials(input))
    add_curves(study, study.trials[flag.trial], label_of(knobs, study.trials[flag.trial]) + " ",
               color++, flagged);
  if (!flagged.series.empty()) panels.push_back(panel_of(std::move(flagged)));

  Figure all = empty_figure(study, "curves_all", "Validation curves of all trials", "");
  for (const plan::Trial& trial : study.trials) {
    if (trial.evals.val.empty()) continue;
    Series series = curve(label_of(knobs, trial), trial.evals.step,
                          as_shown(study, trial.evals.val), kPointsOfAll);
    series.color = trial.feasible() ? static_cast<int>(all.series.size()) : -2;
    all.series.push_back(std::move(series));
  }
  if (!all.series.empty()) panels.push_back(panel_of(std::move(all)));
  return panels;
}

}  // namespace coldstart::report
