// Comparability: may two results be held against each other, and what may be concluded across
// lengths?
//
//   same length COMPARABLE, within 1.25x NEARLY, another shorter length TENTATIVE, against
//   production length NOT_ESTABLISHED unless a rung has passed there
//
// Everything but what is being asked about must be equal: data, evaluation set, code, batch,
// schedule (playbook.md 6.13; CB-03, playbook L1267-1270; the 1.25 is ours). A value in the middle
// of a longer run never stands for a shorter run, unless both rates were constant until then.
// Test: tests/plan/comparability_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

enum class Comparability : uint8_t { comparable, nearly, tentative, not_established };

// production: 0 when it is not known.
Comparability comparability_of(int64_t length_a, int64_t length_b, int64_t production = 0,
                               bool rung_passed = false);

// Names of what differs besides `asked` (names of hyperparameters or of "data", "batch", ...):
// "batch tokens: 4096 and 8192". What is not known on one side is said to be so.
struct Difference {
  std::string what, a, b;
  bool known = true;
};
std::vector<Difference> differences(const Trial& a, const Trial& b);

// TD-06: changes from a to b that raise the variance of gradients (a smaller batch, dropout,
// augmentation, label smoothing), so that b may need more steps than a.
std::vector<Difference> variance_raising(const Trial& a, const Trial& b);

struct CompareOptions {
  bool cross_length = false;
  bool rung_passed = false;
  int64_t production = 0;
  std::vector<std::string> asked = {};  // differences that the comparison is about
  double sigma = 0;
  int64_t sigma_n = 0;
  bool maximised = false;  // the columns hold the negative of what the user counts
};
Verdict compare(const Trial& a, const Trial& b, const CompareOptions& options);
// The configurations alone: what differs, and whether a duration carried from a to b is STALE.
Verdict compare_configurations(const Trial& a, const Trial& b);

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::Comparability> {
  using E = plan::Comparability;
  static constexpr auto names = enum_names<E>({{E::comparable, "COMPARABLE"},
                                               {E::nearly, "NEARLY"},
                                               {E::tentative, "TENTATIVE"},
                                               {E::not_established, "NOT_ESTABLISHED"}});
};
