// Norms of the gradient before clipping: norm_panels() of figures.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/quantile.h"
#include "coldstart/report/downsample.h"
#include "coldstart/report/figures.h"

namespace coldstart::report {

namespace {

constexpr size_t kMostTrials = 12;
constexpr size_t kPoints = 800;
constexpr int kBins = 30;

std::vector<double> sorted_norms(const plan::StepSeries& steps) {
  std::vector<double> norms;
  for (const double norm : steps.grad_norm)
    if (std::isfinite(norm) && norm > 0) norms.push_back(norm);
  std::ranges::sort(norms);
  return norms;
}

Figure against_step(const plan::StepSeries& steps, double p90) {
  const std::vector<double> x(steps.step.begin(), steps.step.end());
  Series line{.label = "gradient norm", .color = 0, .x = {}, .y = {}};
  for (const size_t i : keep_extremes(x, steps.grad_norm, kPoints)) {
    line.x.push_back(x[i]);
    line.y.push_back(steps.grad_norm[i]);
  }
  Figure figure{.id = "norm_by_step",
                .title = "Gradient norm by step",
                .caption = "Global norm before clipping.",
                .x = {"step"},
                .y = {"gradient norm", true},
                .series = {line},
                .lines = {{fmt::format("90th percentile {:.3g}", p90), p90, false}}};
  if (!steps.clipped.empty()) {
    const auto clipped = std::ranges::count_if(steps.clipped, [](uint8_t c) { return c != 0; });
    figure.caption += fmt::format(" {} of {} steps were clipped.", clipped, steps.clipped.size());
  }
  return figure;
}

// Counts in bins of equal width on a logarithmic axis.
Figure histogram(const std::vector<double>& norms, double p90) {
  const double lo = std::log(norms.front());
  const double width = std::max((std::log(norms.back()) - lo) / kBins, 1e-9);
  std::vector<double> counts(kBins, 0);
  for (const double norm : norms) {
    const auto bin = static_cast<size_t>((std::log(norm) - lo) / width);
    counts[std::min<size_t>(bin, kBins - 1)] += 1;
  }
  Series bars{.label = "steps", .mark = Mark::bars, .color = 0, .x = {}, .y = counts};
  for (int bin = 0; bin < kBins; ++bin) {
    const double from = std::exp(lo + bin * width), to = std::exp(lo + (bin + 1) * width);
    bars.x.push_back(std::sqrt(from * to));
    bars.lo.push_back(from);  // of a bar: where it begins and ends on x
    bars.hi.push_back(to);
    bars.notes.push_back(fmt::format("norm {:.3g} to {:.3g}", from, to));
  }
  return {.id = "norm_histogram",
          .title = "Gradient norms of all steps",
          .caption = fmt::format("{} steps. A clipping threshold stands just above the usual norm: "
                                 "the 90th percentile is {:.4g}.",
                                 norms.size(), p90),
          .x = {"gradient norm", true},
          .y = {"steps"},
          .series = {bars},
          .lines = {{fmt::format("90th percentile {:.3g}", p90), p90, true}}};
}

}  // namespace

std::vector<Panel> norm_panels(const Input& input) {
  const plan::Study& study = input.study;
  Panel steps{.id = "norm_by_step", .variants = {}}, bins{.id = "norm_histogram", .variants = {}};
  const std::vector<Knob> knobs = varied_knobs(study);
  if (study.trials.size() > 1) steps.pickers = bins.pickers = {"trial"};
  for (const size_t i : trials_to_show(input, kMostTrials)) {
    const plan::Trial& trial = study.trials[i];
    const std::vector<double> norms = sorted_norms(trial.steps);
    if (norms.size() < 10) continue;
    const double p90 = quantile(norms, 0.9);
    std::vector<std::string> keys;
    if (study.trials.size() > 1) keys.push_back(label_of(knobs, trial));
    steps.variants.push_back({keys, against_step(trial.steps, p90)});
    bins.variants.push_back({keys, histogram(norms, p90)});
  }
  if (steps.variants.empty()) return {};
  return {std::move(steps), std::move(bins)};
}

}  // namespace coldstart::report
