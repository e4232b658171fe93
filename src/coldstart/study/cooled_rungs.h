// Cooled rungs that run: ideas against a baseline in runs of growing length, each scored after a
// full cooldown. Which idea goes on is plan/rungs.h; this runs what it asks for.
//
//   trunk    constant rate from 0, or from the end of the trunk of the rung before: no step of it
//   is
//            made twice
//   branch   leaves the trunk's end and cools down; its best evaluation is the score
//   scratch  an idea whose own schedule is neither constant nor a trapezoid has no trunk: at each
//            rung it is run from step 0 with that schedule
// All runs are below one directory, <id>-rung<i>-trunk and <id>-rung<i>-cooled, and there is no
// other state: asked again with the same plan, what has ended is read, and the rest is run.
// Playbook SX-04, AD-03; design 6.11. Test: tests/study/cooled_rungs_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/plan/noise.h"
#include "coldstart/plan/rungs.h"
#include "coldstart/study/cooled_branch.h"
#include "coldstart/study/probe.h"
#include "coldstart/study/spec.h"

namespace coldstart::study {

struct RungIdea {
  std::string id;
  Values values = {};                // what it changes in the baseline: "optimizer.lr" -> "2e-3"
  std::string complexity_note = {};  // needed to be adopted rather than held
};

struct RungsPlan {
  train::RunConfig baseline = {};  // its steps and the shape of its schedule do not count, its
                                   // warmup does: a share is one of the production run
  std::vector<RungIdea> ideas = {};
  plan::RungOptions options = {};                             // sigma 0: measured at the first rung
  schedule::DecayShape shape = schedule::DecayShape::linear;  // of the cooldowns
  int64_t noise_runs = 3;  // of the baseline with as many seeds, where sigma is measured
  // Asked before each run with the steps that it would make; false ends the pipeline here.
  std::function<bool(int64_t)> may_start = {};
};

struct RungScore {
  std::string id;  // "baseline", or of an idea
  int rung = 1;
  int64_t seed = 0, end = 0;  // steps, cooldown included
  double loss = NAN;          // best of the branch; NaN: did not train
  std::filesystem::path run = {};
};

struct RungsResult {
  plan::Pipeline pipeline = {};  // ideas with their states and evidence
  plan::Noise noise = {};
  std::vector<RungScore> scores = {};
  int signal = 0;        // that stopped it
  bool complete = true;  // false: stopped, or may_start() said no
};

// ConfigError for an id that is taken or no file name, a value that the trainer refuses, a warmup
// that does not fit into the first trunk, or a baseline that does not train.
RungsResult run_cooled_rungs(const std::filesystem::path& directory, const RungsPlan& plan,
                             kernels::Kernels& kernels, train::RunObserver& observer);

// ADOPT, HOLD or KEEP (the baseline), with a line for every decision.
plan::Verdict rungs_verdict(const RungsResult& result);

// A pipeline as a person writes it in TOML (docs/how_long.md); config is seen from `directory`.
// source names the text in messages. ConfigError.
RungsPlan parse_rungs(std::string_view text, std::string_view source,
                      const std::filesystem::path& directory);

}  // namespace coldstart::study
