#include "coldstart/plan/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/plan/rules_tables.h"

namespace coldstart::plan {

namespace {

std::vector<Rule> all_rules() {
  std::vector<Rule> all;
  for (const auto part : {duration_rules(), round_rules(), record_rules(), study_rules(),
                          picture_rules(), training_rules(), code_rules(), label_rules()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

RuleKind kind_of(const Rule& rule) {
  if (rule.id.starts_with("E-")) return RuleKind::error;
  if (rule.id.starts_with("W-")) return RuleKind::warning;
  const bool row = rule.id.size() == 5 && rule.id[2] == '-';
  return row ? RuleKind::rule : RuleKind::label;
}

std::span<const Rule> rules() {
  static const std::vector<Rule> all = all_rules();
  return all;
}

const Rule* find_rule(std::string_view id) {
  const auto found = std::ranges::find(rules(), id, &Rule::id);
  return found == rules().end() ? nullptr : &*found;
}

std::string explain(std::string_view id) {
  const std::string wanted = upper(id);
  const Rule* rule = find_rule(wanted);
  if (rule == nullptr) {
    std::vector<std::string> ids;
    for (const Rule& known : rules()) ids.emplace_back(known.id);
    const std::string nearest = nearest_name(wanted, ids);
    throw ConfigError("explain", fmt::format("there is no rule, code or label '{}'", id),
                      nearest.empty() ? "docs/rules.md lists them all"
                                      : fmt::format("did you mean '{}'?", nearest));
  }
  std::string text = fmt::format("{}\n  {}\n", rule->id, rule->text);
  const bool from_playbook = kind_of(*rule) == RuleKind::rule;
  text += from_playbook
              ? fmt::format(
                    "  source: tuning playbook (google-research, commit 7554a51), README.md {}\n",
                    rule->source)
              : fmt::format("  belongs to: {}\n", rule->source);
  if (!rule->threshold.empty()) {
    const bool said = rule->threshold.find("(ours)") != std::string_view::npos;
    text += fmt::format("  threshold: {}{}\n", rule->threshold,
                        said                             ? ""
                        : rule->basis == Basis::playbook ? " (the playbook's)"
                        : rule->basis == Basis::user     ? " (yours)"
                                                         : " (our default, not from the playbook)");
  }
  if (rule->test == kNotApplicable)
    text += fmt::format("  not applicable: {}\n", rule->note);
  else if (!rule->note.empty())
    text += fmt::format("  see: {}\n", rule->note);
  if (rule->test == kPending)
    text += "  proved by: no test yet\n";
  else if (rule->test != kNotApplicable)
    text += fmt::format("  proved by: {}\n", rule->test);
  return text;
}

}  // namespace coldstart::plan
