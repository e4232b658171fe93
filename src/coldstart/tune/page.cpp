#include "coldstart/tune/page.h"

#include <fmt/format.h>

#include <map>

namespace coldstart::tune {

namespace {

// The rule of the playbook that a decision follows; docs/rules.md.
const std::map<std::string, const char*>& rules() {
  static const std::map<std::string, const char*> kRules = {
      {"rate", "LS-06"},   {"stability", "ST-04"},  {"warmup", "WU-02"},     {"workload", "TD-01"},
      {"bridge", "CB-03"}, {"production", "CB-06"}, {"checkpoint", "ME-01"}, {"longer", "CB-03"}};
  return kRules;
}

plan::Verdict verdict_of(const Decision& d) {
  plan::Verdict verdict{.rule = rules().at(d.id),
                        .label = d.label,
                        .text = fmt::format("{} {}.", d.question, d.answer)};
  for (const std::string& line : d.evidence)
    verdict.text += fmt::format(" {}{}", line, line.ends_with('.') ? "" : ".");
  verdict.warnings = d.caveats;
  verdict.next = d.commands;
  return verdict;
}

}  // namespace

report::Input page_input(const Work& work, const std::vector<Trial>& trials,
                         const std::string& made_by) {
  report::Input input;
  plan::Study& study = input.study;
  study.name = "tune";
  study.goal = fmt::format("the best GPT on {} in {}", work.options.text, work.options.budget_text);
  study.sampling = plan::Sampling::manual;
  study.production_steps = work.outline.production_steps;
  study.space = {{.name = "optimizer.lr",
                  .kind = plan::Kind::base_lr,
                  .role = plan::Role::nuisance,
                  .scale = plan::Scale::log}};
  for (const Trial& trial : trials) {
    plan::Trial record = joined(work, trial);
    record.index = static_cast<int64_t>(study.trials.size());
    input.details.push_back({.traces = {},
                             .directory = work.runs.path(record.name).string(),
                             .diagnosis = {},
                             .flags = {}});
    study.trials.push_back(std::move(record));
  }
  double lo = 0, hi = 0;
  for (const Trial& trial : trials) {
    lo = lo == 0 ? trial.idea.lr : std::min(lo, trial.idea.lr);
    hi = std::max(hi, trial.idea.lr);
  }
  study.space.front().lo = lo;
  study.space.front().hi = hi;
  for (const Decision& d : work.journal.decisions()) {
    if (rules().contains(d.id)) input.verdicts.push_back(verdict_of(d));
    if (!rules().contains(d.id))
      input.notes += fmt::format("{}{} {}.", input.notes.empty() ? "" : " ", d.question, d.answer);
  }
  input.commands = {tune_command(work.options)};
  input.made_by = made_by;
  return input;
}

}  // namespace coldstart::tune
