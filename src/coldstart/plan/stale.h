// Stale: which conclusions a change takes the ground from.
//
// A verdict about the length of training holds for one architecture, data, augmentation and
// regularisation, batch size and optimizer (playbook L1203-1226, TD-13, TD-15); another batch size
// asks for most hyperparameters to be tuned again, those of the optimizer and the regularisation
// first (L358-374, BS-08). Test: tests/plan/stale_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

enum class Change : uint8_t { architecture, data, regularisation, batch, optimizer, code };
enum class Conclusion : uint8_t {
  duration,
  lr,
  momentum,
  weight_decay,
  dropout,
  warmup,
  schedule,
  noise,
  architecture,
};

struct Stale {
  Conclusion conclusion;
  std::string why;
};
// In the order of Conclusion.
std::vector<Stale> stale_after(Change change);

// What changed between the conditions a verdict was made under and those of now; what is not known
// on either side counts as unchanged.
std::vector<Change> changes(const Conditions& then, const Conditions& now);

// Marks a duration verdict STALE, says why, and adds the run that would renew it; leaves it alone
// when nothing has changed. Noise added to training may ask for more steps, a better optimizer for
// fewer.
void mark_stale(Verdict& verdict, Conclusion about, const std::vector<Change>& what);

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::Change> {
  using E = plan::Change;
  static constexpr auto names = enum_names<E>({{E::architecture, "architecture"},
                                               {E::data, "data"},
                                               {E::regularisation, "regularisation"},
                                               {E::batch, "batch size"},
                                               {E::optimizer, "optimizer"},
                                               {E::code, "code"}});
};

template <>
struct coldstart::EnumText<coldstart::plan::Conclusion> {
  using E = plan::Conclusion;
  static constexpr auto names = enum_names<E>({{E::duration, "duration"},
                                               {E::lr, "learning rate"},
                                               {E::momentum, "momentum and betas"},
                                               {E::weight_decay, "weight decay"},
                                               {E::dropout, "dropout"},
                                               {E::warmup, "warmup"},
                                               {E::schedule, "schedule"},
                                               {E::noise, "noise"},
                                               {E::architecture, "architecture"}});
};
