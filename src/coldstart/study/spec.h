// Spec: what a study is, as a person writes it in TOML and as study.toml keeps it.
//
// One goal, one metric with its direction, one length for all trials (playbook TD-09: trials of
// different lengths answer different questions, so a step count in the space is refused), and a
// list of hyperparameters that each say their role (SD-02: there is no default role), their scale
// and their range. Seeds are an axis of their own: every point of the space is run with each seed.
// Trials run in the built-in trainer (`config`) or in any program (`command`).
// Tests: tests/study/spec_test.cpp, tests/study/spec_errors_test.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/plan/space.h"
#include "coldstart/schedule/options.h"

namespace coldstart::study {

inline constexpr int64_t kFormat = 1;  // of study.toml; a newer one is refused

enum class SamplerKind : uint8_t { halton, random, grid, list };

// A hyperparameter, and what is said about drawing it.
struct Axis {
  plan::HParam param;
  bool integer = false;  // whole numbers only
  int64_t levels = 0;    // of a number in a grid, ends included; 0: not said
};

using Values = std::map<std::string, std::string>;  // hyperparameter -> value, as on a command line

// What ends a trial from outside; 0: no limit.
struct Limits {
  double time_s = 0;      // of one attempt
  double silence_s = 0;   // without a new byte in metrics.jsonl or log.txt: the trial hangs
  double disk_bytes = 0;  // of the trial's directory
};

struct Spec {
  std::string goal, notes;
  std::string metric = "val_loss";
  bool maximised = false;
  int64_t max_steps = 0;         // of every trial
  int64_t production_steps = 0;  // of the run all this is for; 0: not said
  // Standard deviation of the objective between seeds and the reruns it is from; 0: not said. Or
  // the directory of a study that has measured it, from which both are taken when a study is made.
  double sigma = 0;
  int64_t sigma_n = 0;
  std::string noise;
  SamplerKind sampler = SamplerKind::halton;
  uint64_t sampler_seed = 1;
  int64_t points = 0;  // of halton and random; a grid and a list have their own number
  std::vector<int64_t> seeds = {1};
  Limits limits;
  std::string config;                // file or preset of the built-in trainer; empty: a command
  Values set;                        // options that all trials have instead of what `config` says
  std::vector<std::string> command;  // of an external trainer, with {placeholders}
  std::optional<schedule::ScheduleOptions> schedule;  // for {schedule} and {warmup_steps}
  double base_lr = 0;                                 // its peak, when no hyperparameter is
  std::vector<Axis> space;
  std::vector<Values> list;  // of the sampler `list`

  bool built_in() const { return !config.empty(); }
};

// Everything that can be checked without a trainer is. source names the text in messages
// ("my.toml:12"). ConfigError.
Spec parse_spec(std::string_view text, std::string_view source);

// Read back, it gives the same Spec.
std::string to_toml(const Spec& spec);

}  // namespace coldstart::study

template <>
struct coldstart::EnumText<coldstart::study::SamplerKind> {
  using E = study::SamplerKind;
  static constexpr auto names = enum_names<E>(
      {{E::halton, "halton"}, {E::random, "random"}, {E::grid, "grid"}, {E::list, "list"}});
};
