#include "coldstart/plan/checklist.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "coldstart/plan/best_of_n.h"
#include "coldstart/plan/boundary.h"
#include "coldstart/plan/curve_checks.h"
#include "coldstart/plan/noise.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/stability.h"

namespace coldstart::plan {

namespace {

ChecklistItem space_item(const Study& study) {
  ChecklistItem item{.question = "Is the search space large enough?", .answer = {}, .details = {}};
  std::string edges;
  for (BoundaryReport& report : check_boundaries(study)) {
    if (report.verdict.label == "STRONG" || report.verdict.label == "EDGE_OF_STABILITY")
      edges +=
          fmt::format("{}{} ({})", edges.empty() ? "" : ", ", report.name, report.verdict.label);
    item.details.push_back(std::move(report.verdict));
  }
  const bool judged =
      !item.details.empty() && std::ranges::none_of(item.details, [](const Verdict& verdict) {
        return verdict.label == "INSUFFICIENT";
      });
  item.good = judged && edges.empty();
  item.answer = !edges.empty() ? "The best trials lie at an edge of " + edges + "."
                : judged       ? "The best trials lie inside it."
                               : "Too few trials to tell.";
  return item;
}

ChecklistItem points_item(const Study& study, double sigma) {
  std::vector<double> results;
  for (const Ranked& ranked : ranked_trials(study)) results.push_back(ranked.value);
  ChecklistItem item{.question = "Were enough points sampled?", .answer = {}, .details = {}};
  item.details = {density_verdict(std::move(results), sigma)};
  item.answer = item.details[0].text;
  item.good = item.details[0].label == "KEEP";
  return item;
}

ChecklistItem stability_item(const Study& study) {
  ChecklistItem item{
      .question = "Does the model have optimization trouble?", .answer = {}, .details = {}};
  const bool recorded =
      std::ranges::any_of(study.trials, [](const Trial& trial) { return trial.steps.size() > 0; });
  if (auto verdict = unstable_first(study)) {
    item.answer = verdict->text;
    item.details.push_back(std::move(*verdict));
    return item;
  }
  item.good = recorded;
  item.answer = recorded ? "No sustained rise of the training loss among the best trials."
                         : "Not known: no training loss a step was recorded.";
  return item;
}

}  // namespace

Verdict infeasible_share(const Study& study) {
  constexpr double kMany = 0.3, kMost = 0.7;
  int64_t ended = 0, failed = 0;
  std::map<std::string_view, int64_t> reasons;
  for (const Trial& trial : study.trials) {
    if (trial.state == TrialState::finished) ++ended;
    if (trial.feasible()) continue;
    ++ended, ++failed;
    ++reasons[enum_name(trial.reason)];
  }
  Verdict verdict{.rule = "SD-11", .label = "KEEP", .text = {}};
  if (ended == 0) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = "No trial has ended.";
    return verdict;
  }
  const double share = static_cast<double>(failed) / static_cast<double>(ended);
  verdict.evidence = {{.id = "infeasible",
                       .what = "share of the trials that ended",
                       .value = {.mid = share},
                       .threshold = share > kMost ? kMost : kMany}};
  verdict.text = fmt::format("{} of {} trials are infeasible", failed, ended);
  for (const auto& [reason, count] : reasons) verdict.text += fmt::format(", {} {}", count, reason);
  verdict.text += ".";
  if (share > kMany) {
    const std::string code = share > kMost ? "E-INFEASIBLE" : "W-INFEASIBLE";
    verdict.warnings = {code +
                        ": change or re-parameterise the space; a fault in the program is "
                        "possible too"};
    verdict.label = share > kMost ? "E-INFEASIBLE" : "NOTE";
    if (share > kMost) verdict.standing = Standing::refused;
  }
  return verdict;
}

Checklist run_checklist(const Study& study) {
  const Noise noise = study_noise(study);
  Checklist list;
  list.items.push_back(space_item(study));
  list.items.push_back(points_item(study, noise.known() ? noise.sigma : 0));
  Verdict infeasible = infeasible_share(study);
  list.items.push_back({.question = "How many trials are infeasible?",
                        .answer = infeasible.text,
                        .good = infeasible.label == "KEEP",
                        .details = {infeasible}});
  list.items.push_back(stability_item(study));
  const Verdict curves = curves_verdict(check_curves(study));
  list.items.push_back({.question = "What do the training curves show?",
                        .answer = curves.text,
                        .good = curves.label == "KEEP",
                        .details = {curves}});
  for (const HParam& hparam : study.space)
    if (hparam.role == Role::fixed) {
      const std::string value =
          hparam.choices.empty() ? fmt::format("{:.6g}", hparam.lo) : hparam.choices[0];
      list.caveats.push_back(fmt::format("valid only at {} = {}", hparam.name, value));
    }
  list.may_conclude = !ranked_trials(study).empty() && infeasible.standing == Standing::ok;
  const auto good = std::ranges::count_if(list.items, &ChecklistItem::good);
  Verdict& verdict = list.verdict;
  verdict = {
      .rule = "SD-10",
      .label = !list.may_conclude               ? "REFUSED"
               : good == std::ssize(list.items) ? "PASSED"
                                                : "NOTE",
      .text = fmt::format("{} of {} questions have a good answer.", good, list.items.size())};
  if (!list.may_conclude)
    verdict.standing = ranked_trials(study).empty() ? Standing::insufficient : Standing::refused;
  for (const ChecklistItem& item : list.items)
    verdict.chart += fmt::format("[{}] {} {}\n", item.good ? "x" : " ", item.question, item.answer);
  verdict.valid_for = list.caveats;
  return list;
}

}  // namespace coldstart::plan
