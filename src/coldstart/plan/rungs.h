// Cooled rungs: ideas are tested in runs of growing length, and scored only after a full cooldown.
//
//   rung i of R has L_i = P 10^((i-1)/(R-1) - 1) steps: a trunk at constant rate up to (1 - c) L_i,
//   then a branch that cools down over c L_i; the score is the best checkpoint of that branch
//   next rung: the trunk goes on from its checkpoint, so no step is repeated but the cooldowns
//   pass at a rung: baseline - score > z sqrt(2) sigma, among the best k, with a complexity note
// Rankings flip while the rate decays (design, finding 11), so raw values of unfinished runs are
// never compared. At each rung one idea that was rejected at the rung before runs on as a control,
// drawn by seed: how often controls pass is the rate of false rejections. Ideas that cannot share a
// trunk (another learning-rate family) run from scratch. Values in, values out. Playbook SX-04,
// AD-03; design 6.11. Test: tests/plan/rungs_test.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"

namespace coldstart::plan {

enum class IdeaState : uint8_t { proposed, held, rejected, adopted };

struct Idea {
  std::string id;
  std::string complexity_note = {};  // what it adds; needed to be adopted (AD-03)
  bool shares_trunk = true;
  IdeaState state = IdeaState::proposed;
  int rung = 0;                            // the next one, from 1; 0: not yet started
  bool control = false;                    // rejected, and run on to check the rejection
  std::vector<std::string> evidence = {};  // a line a decision, with the length it is from
};

struct RungOptions {
  int64_t production = 0;
  int rungs = 3;
  double cooldown = 0.2;              // share of each rung
  std::vector<int> promote = {4, 2};  // most ideas that pass rung 1, 2, ...; the last holds on
  double sigma = 0;                   // between seeds; > 0
  double z = 1;
  uint64_t seed = 1;
};

struct Pipeline {
  RungOptions options;
  std::vector<Idea> ideas;  // the baseline is not one of them
  int rung = 1;             // that is being run
};

// What to run for the present rung: the baseline (id "baseline") and every idea that is in it.
struct RungTask {
  std::string id;
  int rung = 1;
  int64_t from = 0, trunk_to = 0, end = 0;  // trunk [from, trunk_to), cooldown [trunk_to, end)
  double cost = 0;                          // steps / production
};
std::vector<RungTask> rung_tasks(const Pipeline& pipeline);

// The pipeline after the scores (final losses, by id, NaN: infeasible) of its present rung: ideas
// pass, are rejected, held (no complexity note) or, at the last rung, adopted. ConfigError: no
// score for the baseline or for an idea of the rung, sigma <= 0, an unfinished pipeline option.
Pipeline advance(const Pipeline& pipeline, const std::map<std::string, double>& scores);

// Adds an idea in the middle: it starts at rung 1 of its own (SX-04: none enters rung i+1 without
// having passed rung i). ConfigError when the id is taken.
Pipeline add_idea(const Pipeline& pipeline, Idea idea);

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::IdeaState> {
  using E = plan::IdeaState;
  static constexpr auto names = enum_names<E>({{E::proposed, "PROPOSED"},
                                               {E::held, "HELD"},
                                               {E::rejected, "REJECTED"},
                                               {E::adopted, "ADOPTED"}});
};
