// Rules: what the planner goes by, as one table. Every rule of the tuning playbook that became
// behaviour, every code of an error or warning, and every label of a verdict.
//
// Source: google-research/tuning_playbook, commit 7554a51, README.md, by line; the sentences are
// ours. A row says whose its threshold is and which test proves it; `pending` where no test does
// yet, and not_applicable with the reason. docs/rules.md is printed from the table
// (rules_page.h). Test: tests/plan/rules_test.cpp, which also looks for the tests that are named.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

enum class RuleKind : uint8_t { rule, error, warning, label };

inline constexpr std::string_view kPending = "pending";
inline constexpr std::string_view kNotApplicable = "not applicable";

struct Rule {
  std::string_view id;            // "TD-12", "W-STINGY", "TOO_LONG"
  std::string_view text;          // the rule in our words
  std::string_view source;        // lines of the playbook, or the rule a code or label belongs to
  std::string_view threshold;     // the numbers; empty: none
  Basis basis = Basis::playbook;  // of these numbers; of the rule where it has none
  std::string_view test;          // "BestStep.TD12_...", kPending or kNotApplicable
  std::string_view note = {};     // where to see it, or why it does not apply
};

RuleKind kind_of(const Rule& rule);
std::span<const Rule> rules();
const Rule* find_rule(std::string_view id);  // nullptr when there is none

// One rule as text for a terminal. ConfigError, with the nearest id, for an id that is none.
std::string explain(std::string_view id);

}  // namespace coldstart::plan
