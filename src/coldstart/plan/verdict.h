// Verdict: what the planner says, with all that a reader needs to judge it.
//
// Rule ids are those of the rules table (plan/rules.h), labels and warning codes too.
// Test: tests/plan/verdict_test.cpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"

namespace coldstart::plan {

struct Interval {
  double lo = NAN, mid = NAN, hi = NAN;
};

// Where a number comes from: the playbook, our default, a measurement, the user.
enum class Basis : uint8_t { playbook, ours, measured, user };

struct Evidence {
  std::string id;    // "E1", "onset_fraction", ...
  std::string what;  // in words, with the unit
  Interval value = {};
  double threshold = NAN;
  Basis basis = Basis::ours;  // of the threshold
  std::string vote = {};      // the label it speaks for; empty: none
};

// What a verdict means for what comes next, and the exit status of a verb that ends with it
// (0, 3, 4, 5).
enum class Standing : uint8_t { ok, refused, insufficient, unstable };

struct Verdict {
  std::string rule;   // "TD-12"
  std::string label;  // "MAYBE_TOO_SHORT"
  std::string text;   // one to three sentences that a person can act on, with the numbers
  std::vector<Evidence> evidence = {};
  std::vector<std::string> warnings = {};      // "W-RETUNE-DECAY: ..."
  std::vector<std::string> valid_for = {};     // "T = 30,000 steps", "batch 4096 tokens", ...
  std::vector<std::string> would_change = {};  // what would change it
  std::vector<std::string> next = {};          // commands
  Standing standing = Standing::ok;
  std::vector<std::string> tags = {};  // NOISE_LOWER_BOUND, SHORT_HORIZON, STALE, ...
  double length_fraction = NAN;        // trial length / production length (CB-03)
  std::string chart = {};              // lines of text drawn above the verdict, as in a histogram
};

int exit_code(Standing standing);
// Plain text for a person: label and rule, the text, the evidence with thresholds and whose they
// are, warnings, what it holds for, what would change it, the next commands.
std::string text_of(const Verdict& verdict);

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::Standing> {
  using E = plan::Standing;
  static constexpr auto names = enum_names<E>({{E::ok, "ok"},
                                               {E::refused, "refused"},
                                               {E::insufficient, "insufficient"},
                                               {E::unstable, "unstable"}});
};

template <>
struct coldstart::EnumText<coldstart::plan::Basis> {
  using E = plan::Basis;
  static constexpr auto names = enum_names<E>(
      {{E::playbook, "playbook"}, {E::ours, "ours"}, {E::measured, "measured"}, {E::user, "user"}});
};
