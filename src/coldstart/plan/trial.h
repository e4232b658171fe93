// Trial and Study: what training runs left behind, by whatever program; all the planner ever sees.
//
// A column that was not recorded is empty, a value that is missing at one point is NaN: what is
// present decides what can be concluded. Columns, not records, so that a thousand trials of ten
// thousand records fit in memory. Lower is better everywhere: a metric to be maximised is negated
// when it is read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/plan/space.h"
#include "coldstart/schedule/schedule.h"

namespace coldstart::plan {

struct EvalSeries {            // one entry an evaluation
  std::vector<int64_t> step;   // optimizer updates made, increasing
  std::vector<double> val;     // the objective on validation data, nats a token for a loss
  std::vector<double> val_se;  // its standard error
  std::vector<double> train;   // the same on a fixed sample of the training data
  // Losses of the same documents, in the same order, at every evaluation: for paired tests.
  std::vector<std::vector<float>> docs = {};
  std::string docs_set = {};  // which documents they are: equal for equal ones; empty: not known

  size_t size() const { return step.size(); }
};

struct StepSeries {  // one entry an optimizer step
  std::vector<int64_t> step;
  std::vector<double> loss;       // of the batch, before the update
  std::vector<double> lr;         // that was used
  std::vector<double> grad_norm;  // before clipping
  std::vector<uint8_t> clipped;   // 1: the gradient was

  size_t size() const { return step.size(); }
};

// `stopped`: interrupted or out of time, and can go on. `infeasible`: a result with a reason.
enum class TrialState : uint8_t { planned, running, finished, stopped, infeasible };
enum class Reason : uint8_t { none, nan, diverged, out_of_memory, crash, timeout };

// What two results must share to be compared; empty: not known.
struct Conditions {
  std::string data, eval_set, code, architecture;   // hashes or names
  int64_t batch_tokens = 0;                         // tokens an optimizer step sees; 0: not known
  std::string optimizer = {}, regularisation = {};  // "dropout=0.1 weight_decay=0.1"
};

struct Trial {
  int64_t index = 0;
  std::string name;                           // "s1/7"
  std::map<std::string, std::string> values;  // hyperparameter -> value, as on a command line
  int64_t seed = 0;
  TrialState state = TrialState::planned;
  Reason reason = Reason::none;
  std::string note;           // of the reason, one sentence
  int64_t planned_steps = 0;  // 0: not known
  std::optional<schedule::Schedule> schedule;
  int64_t unique_tokens = 0;  // in the training data; 0: not known
  int64_t vocab = 0;          // for the loss of guessing; 0: not known
  bool intervention = false;  // somebody changed the rate by hand
  Conditions conditions;
  EvalSeries evals;
  StepSeries steps;

  bool feasible() const { return state != TrialState::infeasible; }
};

// How the points of a study were chosen; `manual`: by a person or a program that adapts.
enum class Sampling : uint8_t { quasi_random, random, grid, manual };

struct Study {
  std::string name, goal;
  std::string metric = "val_loss";
  bool maximised = false;        // in the user's words; the columns hold its negative
  int64_t max_steps = 0;         // of every trial
  int64_t production_steps = 0;  // of the run all this is for; 0: not known
  std::optional<double> sigma;   // standard deviation of the objective between seeds
  int64_t sigma_n = 0;           // from so many runs; 0: not known
  std::vector<HParam> space;
  std::vector<Trial> trials;
  Sampling sampling = Sampling::quasi_random;
};

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::TrialState> {
  using E = plan::TrialState;
  static constexpr auto names = enum_names<E>({{E::planned, "planned"},
                                               {E::running, "running"},
                                               {E::finished, "finished"},
                                               {E::stopped, "stopped"},
                                               {E::infeasible, "infeasible"}});
};

template <>
struct coldstart::EnumText<coldstart::plan::Sampling> {
  using E = plan::Sampling;
  static constexpr auto names = enum_names<E>({{E::quasi_random, "quasi_random"},
                                               {E::random, "random"},
                                               {E::grid, "grid"},
                                               {E::manual, "manual"}});
};

template <>
struct coldstart::EnumText<coldstart::plan::Reason> {
  using E = plan::Reason;
  static constexpr auto names = enum_names<E>({{E::none, "none"},
                                               {E::nan, "nan"},
                                               {E::diverged, "diverged"},
                                               {E::out_of_memory, "out_of_memory"},
                                               {E::crash, "crash"},
                                               {E::timeout, "timeout"}});
};
