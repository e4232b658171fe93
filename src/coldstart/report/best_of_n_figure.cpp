// What more trials would buy: best_of_n_panels() of figures.h.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "coldstart/plan/best_of_n.h"
#include "coldstart/plan/objective.h"
#include "coldstart/report/figures.h"

namespace coldstart::report {

std::vector<Panel> best_of_n_panels(const Input& input) {
  const plan::Study& study = input.study;
  std::vector<double> results;  // lower is better
  for (const plan::Ranked& ranked : plan::ranked_trials(study)) results.push_back(ranked.value);
  if (results.size() < 4) return {};
  const size_t n = results.size();
  const plan::BestOfCurve curve = plan::best_of_curve(std::move(results));
  Series line{.label = "median, with quartiles", .mark = Mark::line, .color = 0, .x = {}, .y = {}};
  for (const plan::BestOfPoint& point : curve.points) {
    const double quarter = shown(study, point.quarter),
                 three_quarters = shown(study, point.three_quarters);
    line.x.push_back(static_cast<double>(point.m));
    line.y.push_back(shown(study, point.median));
    line.lo.push_back(std::min(quarter, three_quarters));
    line.hi.push_back(std::max(quarter, three_quarters));
    line.notes.push_back(fmt::format("quartiles {:.4g} to {:.4g}", line.lo.back(), line.hi.back()));
  }
  Figure figure{
      .id = "best_of_n",
      .title = fmt::format("Best {} of m trials", study.metric),
      .caption = fmt::format("Drawn from the {} finished trials of one length. Another doubling of "
                             "trials is expected to gain {:.3g} at most.",
                             n, curve.next_gain),
      .x = {"trials", true},
      .y = {study.metric},
      .series = {line}};
  return {{.id = figure.id, .variants = {{{}, figure}}}};
}

}  // namespace coldstart::report
