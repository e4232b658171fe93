#include "coldstart/plan/rules_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "coldstart/plan/rules.h"

namespace coldstart::plan {

namespace {

constexpr const char* kIntroduction = R"(# Rules of the planner

This page is made by `coldstart docs rules` from the one table in `src/coldstart/plan/rules_*.cpp`;
`coldstart explain TD-12` prints one row.

The source is the Deep Learning Tuning Playbook (google-research/tuning_playbook, commit 7554a51,
README.md), by line (`L`); the sentences are ours. A number is the playbook's or *ours*: a default
that the playbook does not give, printed as such with every verdict. The last column names the test
that proves the row; *pending* means that no test does yet.

)";

std::string_view group_title(std::string_view id) {
  static const std::map<std::string_view, std::string_view> titles = {
      {"TD", "How long to train"},
      {"LS", "The first number of steps"},
      {"CB", "Compute-bound planning"},
      {"R1", "What transfers from short runs"},
      {"R2", "The long runs"},
      {"SX", "Extending a schedule"},
      {"CK", "Checkpoints"},
      {"EV", "Evaluation"},
      {"ME", "Metrics"},
      {"TR", "Tracking"},
      {"MH", "Several hosts"},
      {"IP", "Input pipeline"},
      {"SD", "Design of a study"},
      {"AD", "Adoption"},
      {"AX", "After exploration"},
      {"QR", "Sampling"},
      {"AM", "Adam"},
      {"SB", "Edges of the search space"},
      {"CU", "Training curves"},
      {"IS", "Isolation"},
      {"ST", "Stability"},
      {"WU", "Warmup"},
      {"GC", "Gradient clipping"},
      {"BS", "Batch size"},
      {"IC", "The first configuration"},
      {"SC", "Schedules"},
      {"BN", "Batch norm"}};
  const auto found = titles.find(id.substr(0, 2));
  return found == titles.end() ? std::string_view("?") : found->second;
}

std::string threshold_cell(const Rule& rule) {
  if (rule.threshold.empty()) return "";
  const bool said = rule.threshold.find("(ours)") != std::string_view::npos;
  if (said) return std::string(rule.threshold);
  return fmt::format("{} ({})", rule.threshold,
                     rule.basis == Basis::playbook ? "the playbook's"
                     : rule.basis == Basis::user   ? "yours"
                                                   : "*ours*");
}

std::string test_cell(const Rule& rule) {
  if (rule.test == kPending) return "*pending*";
  if (rule.test == kNotApplicable) return fmt::format("not applicable: {}", rule.note);
  return fmt::format("`{}`", rule.test);
}

std::string row(const Rule& rule) {
  const bool see = !rule.note.empty() && rule.test != kNotApplicable;
  return fmt::format("| {} | {}{} | {} | {} | {} |\n", rule.id, rule.text,
                     see ? fmt::format(" ({})", rule.note) : "", rule.source, threshold_cell(rule),
                     test_cell(rule));
}

std::string table_of(RuleKind kind, std::string_view title) {
  std::string text = fmt::format(
      "\n## {}\n\n| name | meaning | rule | threshold | test |\n|---|---|---|---|---|\n", title);
  for (const Rule& rule : rules())
    if (kind_of(rule) == kind) text += row(rule);
  return text;
}

}  // namespace

std::string rules_page() {
  std::string page = kIntroduction;
  std::map<std::string_view, int64_t> counts;
  for (const Rule& rule : rules())
    ++counts[rule.test == kPending || rule.test == kNotApplicable ? rule.test : "tested"];
  page += fmt::format("{} rows: {} with a test, {} pending, {} not applicable.\n", rules().size(),
                      counts["tested"], counts[kPending], counts[kNotApplicable]);
  std::string_view group;
  for (const Rule& rule : rules()) {
    if (kind_of(rule) != RuleKind::rule) continue;
    if (rule.id.substr(0, 2) != group) {
      group = rule.id.substr(0, 2);
      page += fmt::format(
          "\n## {}: {}\n\n| id | rule | source | threshold | test |\n|---|---|---|---|---|\n",
          group, group_title(group));
    }
    page += row(rule);
  }
  page += table_of(RuleKind::error, "Errors: what was asked for is refused");
  page += table_of(RuleKind::warning, "Warnings");
  page += table_of(RuleKind::label, "Labels of verdicts");
  return page;
}

}  // namespace coldstart::plan
