#include "coldstart/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>

#include "coldstart/plan/study_verdicts.h"
#include "coldstart/report/checklist.h"
#include "coldstart/report/figures.h"
#include "coldstart/report/results.h"

namespace coldstart::report {

namespace {

std::string state_text(const plan::Trial& trial) {
  std::string text(enum_name(trial.state));
  if (!trial.feasible()) text += fmt::format(": {}", enum_name(trial.reason));
  return text;
}

int64_t last_step(const plan::Trial& trial) {
  return std::max(trial.evals.step.empty() ? 0 : trial.evals.step.back(),
                  trial.steps.step.empty() ? 0 : trial.steps.step.back());
}

// All digits that were recorded, so that a reader can find the number again.
std::string exact(double value) { return fmt::format("{}", value); }

Table trial_table(const Input& input) {
  const plan::Study& study = input.study;
  const std::vector<Knob> knobs = varied_knobs(study);
  Table table{{"trial"}, {}};
  for (const Knob& knob : knobs) table.header.push_back(knob.name);
  const bool seeds = std::ranges::any_of(
      study.trials, [&](const plan::Trial& t) { return t.seed != study.trials.front().seed; });
  if (seeds) table.header.emplace_back("seed");
  for (const std::string& name :
       {"best " + study.metric, std::string("at step"), "last " + study.metric,
        std::string("steps"), std::string("state"), std::string("note")})
    table.header.push_back(name);
  std::vector<size_t> order = ranked(study);
  for (size_t i = 0; i < study.trials.size(); ++i)
    if (study.trials[i].state != plan::TrialState::planned &&
        std::ranges::find(order, i) == order.end())
      order.push_back(i);
  for (const size_t i : order) {
    const plan::Trial& trial = study.trials[i];
    std::vector<std::string> row = {trial.name};
    for (const Knob& knob : knobs) row.push_back(value_of(trial, knob.name).value_or(""));
    if (seeds) row.push_back(fmt::format("{}", trial.seed));
    const auto result = result_of(study, trial);
    row.push_back(result ? exact(result->value) : "");
    row.push_back(result ? fmt::format("{}", result->step) : "");
    row.push_back(trial.evals.val.empty() ? "" : exact(shown(study, trial.evals.val.back())));
    row.push_back(fmt::format("{}", last_step(trial)));
    row.push_back(state_text(trial));
    row.push_back(trial.note);
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string summary_of(const Input& input) {
  const plan::Study& study = input.study;
  size_t infeasible = 0, unfinished = 0;
  for (const plan::Trial& trial : study.trials) {
    infeasible += !trial.feasible();
    unfinished +=
        trial.state == plan::TrialState::planned || trial.state == plan::TrialState::running;
  }
  const std::vector<size_t> order = ranked(study);
  if (input.is_run) {
    const plan::Trial& trial = study.trials.front();
    std::string text = fmt::format("{} after {} steps", state_text(trial), last_step(trial));
    if (trial.planned_steps > 0) text += fmt::format(" of {}", trial.planned_steps);
    text += ".";
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    if (!trial.note.empty()) text += fmt::format(" {}.", trial.note);
    if (!order.empty()) {
      const auto best = result_of(study, trial);
      text += fmt::format(" Best {}: {:.6g} at step {}.", study.metric, best->value, best->step);
    }
    return text;
  }
  std::string text = fmt::format("{} trials, {} infeasible", study.trials.size(), infeasible);
  if (unfinished > 0) text += fmt::format(", {} not finished", unfinished);
  text += ".";
  if (!order.empty()) {
    const plan::Trial& trial = study.trials[order.front()];
    const auto best = result_of(study, trial);
    const std::vector<Knob> knobs = varied_knobs(study);
    text += fmt::format(" Best {}: {:.6g} at step {}, {}.", study.metric, best->value, best->step,
                        label_of(knobs, trial));
  }
  return text;
}

// TR-01: what makes a study one that can be found and made again.
Table record_table(const Input& input) {
  const Record& record = input.record;
  if (record.configuration.empty()) return {};
  Table table{{"kept", "what"}, {}};
  const auto add = [&](const char* what, const std::string& text) {
    table.rows.push_back({what, text.empty() ? "missing" : text});
  };
  add("study", input.study.name);
  add("configuration", record.configuration);
  add("notes", input.notes);
  add("trials", record.trials);
  add("best checkpoint", record.best);
  for (const std::string& source : record.source) add("run from", source);
  if (record.source.empty()) add("run from", "");
  return table;
}

std::vector<std::string> diagnoses(const Input& input) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < input.details.size(); ++i)
    if (!input.details[i].diagnosis.empty())
      texts.push_back(input.is_run
                          ? input.details[i].diagnosis
                          : input.study.trials[i].name + ": " + input.details[i].diagnosis);
  return texts;
}

// Without the details that stand among the verdicts already.
std::vector<Check> checks_beside(const std::vector<plan::Verdict>& verdicts,
                                 std::vector<Check> checks) {
  const auto is_said = [&](const plan::Verdict& detail) {
    return std::ranges::any_of(verdicts, [&](const plan::Verdict& verdict) {
      return verdict.rule == detail.rule && verdict.text == detail.text;
    });
  };
  for (Check& check : checks) std::erase_if(check.details, is_said);
  return checks;
}

void append(std::vector<Panel>& to, std::vector<Panel> from) {
  std::ranges::move(from, std::back_inserter(to));
}

bool is_empty(const Section& s) {
  return s.text.empty() && s.checks.empty() && s.summary.rows.empty() && s.verdicts.empty() &&
         s.list.empty() && s.panels.empty() && s.table.rows.empty() && s.commands.empty();
}

}  // namespace

size_t Report::figures() const {
  size_t count = 0;
  for (const Section& section : sections) count += section.panels.size();
  return count;
}

Report make_report(Input input) {
  plan::StudyVerdicts judged = plan::study_verdicts(input.study);
  input.details.resize(input.study.trials.size());
  for (const plan::CurveFinding& finding : judged.curves)
    if (finding.trial)
      input.details[*finding.trial].flags.push_back(finding.code + ": " + finding.text);
  for (plan::Verdict& verdict : judged.verdicts) {
    if (verdict.rule == "IS-01") verdict.chart.clear();  // drawn as a figure
    input.verdicts.push_back(std::move(verdict));
  }

  const plan::Study& study = input.study;
  Report report{.title = study.name.empty() ? "report" : study.name,
                .subtitle = study.goal,
                .footer = input.made_by,
                .sections = {}};
  std::vector<Section>& sections = report.sections;
  sections.push_back({"summary", "Summary", summary_of(input)});
  if (!input.notes.empty()) sections.push_back({"notes", "Notes", input.notes});
  std::ranges::move(input.answers, std::back_inserter(sections));
  sections.push_back(
      {.id = "verdicts", .title = "Verdicts", .text = "", .verdicts = input.verdicts});
  sections.push_back(
      {.id = "diagnosis", .title = "What the measures said", .text = "", .list = diagnoses(input)});
  sections.push_back({.id = "checklist",
                      .title = "Checklist",
                      .text = "",
                      .checks = checks_beside(input.verdicts, checks_of(input, judged.checklist))});
  sections.push_back({.id = "validity",
                      .title = "Valid for",
                      .text = "",
                      .list = caveats(input, judged.checklist)});
  sections.push_back(
      {.id = "rates", .title = "Learning rates", .text = "", .panels = lr_panels(input)});
  Section flags{
      .id = "curves", .title = "Training curves", .text = "", .panels = curve_panels(input)};
  for (const Flagged& flag : flagged_trials(input))
    for (const std::string& reason : flag.reasons)
      flags.list.push_back(input.is_run ? reason : study.trials[flag.trial].name + ": " + reason);
  sections.push_back(std::move(flags));
  Section updates{
      .id = "updates", .title = "Sizes of updates", .text = "", .panels = trace_panels(input)};
  append(updates.panels, heat_panels(input));
  sections.push_back(std::move(updates));
  sections.push_back(
      {.id = "norms", .title = "Gradient norms", .text = "", .panels = norm_panels(input)});
  Section space{.id = "space", .title = "Search space", .text = "", .panels = axis_panels(input)};
  append(space.panels, isolation_panels(input));
  append(space.panels, best_of_n_panels(input));
  sections.push_back(std::move(space));
  sections.push_back({.id = "trials",
                      .title = "Trials",
                      .text = "",
                      .table = input.is_run ? Table{} : trial_table(input)});
  sections.push_back(
      {.id = "record", .title = "Record", .text = "", .summary = record_table(input)});
  sections.push_back(
      {.id = "commands", .title = "Make it again", .text = "", .commands = input.commands});
  std::erase_if(sections, is_empty);
  return report;
}

}  // namespace coldstart::report
