// The search space of a study: every hyperparameter with its role, its scale and its range.
//
// Roles (tuning playbook, "Identifying scientific, nuisance and fixed hyperparameters"): what the
// study asks about, what has to be tuned to ask fairly, and what is held and so limits the answer.
// There is no default role. A conditional hyperparameter carries the value of its parent, because
// under another parent it is another hyperparameter (adam.lr, momentum.lr).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"

namespace coldstart::plan {

enum class Role : uint8_t { scientific, nuisance, fixed };
enum class Scale : uint8_t { linear, log, logit, choice };
// What a hyperparameter is about; the transfer table and the linter go by it.
enum class Kind : uint8_t {
  base_lr,
  schedule,
  decay_length,
  final_ratio,
  warmup,
  init,
  architecture,
  optimizer,
  optimizer_hyper,
  weight_decay,
  dropout,
  augmentation,
  batch,
  data,
  steps,
  other,
};

struct HParam {
  std::string name;         // as the trainer knows it: "optimizer.lr"
  std::string parent = {};  // "optimizer.name" when it exists under one value of that only
  std::string parent_value = {};
  Kind kind = Kind::other;
  Role role = Role::fixed;
  Scale scale = Scale::linear;
  double lo = 0, hi = 0;                  // numbers; lo = hi: fixed
  std::vector<std::string> choices = {};  // Scale::choice
};

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::Role> {
  using E = plan::Role;
  static constexpr auto names = enum_names<E>(
      {{E::scientific, "scientific"}, {E::nuisance, "nuisance"}, {E::fixed, "fixed"}});
};

template <>
struct coldstart::EnumText<coldstart::plan::Scale> {
  using E = plan::Scale;
  static constexpr auto names = enum_names<E>(
      {{E::linear, "linear"}, {E::log, "log"}, {E::logit, "logit"}, {E::choice, "choice"}});
};

template <>
struct coldstart::EnumText<coldstart::plan::Kind> {
  using E = plan::Kind;
  static constexpr auto names = enum_names<E>({{E::base_lr, "base_lr"},
                                               {E::schedule, "schedule"},
                                               {E::decay_length, "decay_length"},
                                               {E::final_ratio, "final_ratio"},
                                               {E::warmup, "warmup"},
                                               {E::init, "init"},
                                               {E::architecture, "architecture"},
                                               {E::optimizer, "optimizer"},
                                               {E::optimizer_hyper, "optimizer_hyper"},
                                               {E::weight_decay, "weight_decay"},
                                               {E::dropout, "dropout"},
                                               {E::augmentation, "augmentation"},
                                               {E::batch, "batch"},
                                               {E::data, "data"},
                                               {E::steps, "steps"},
                                               {E::other, "other"}});
};
