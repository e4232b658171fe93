// Work: what every phase of the autopilot has at hand, and how a phase records what it settled.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "coldstart/kernels/kernels.h"
#include "coldstart/train/config.h"
#include "coldstart/tune/budget.h"
#include "coldstart/tune/journal.h"
#include "coldstart/tune/ledger.h"
#include "coldstart/tune/observer.h"
#include "coldstart/tune/outline.h"
#include "coldstart/tune/runs.h"

namespace coldstart::tune {

// What a user asks for.
struct TuneOptions {
  std::string text;         // a file, a directory, builtin:headers or builtin:stories
  std::string budget_text;  // as it was written
  Budget budget;
  std::filesystem::path out;
  std::string model = {};  // a preset or TOML file whose model is taken; empty: chosen
  int64_t seed = 1;
  int64_t threads = 0;       // 0: all
  std::string prompt = {};   // of the sample at the end; empty: a line break
  std::string made_by = {};  // version and commit of the program, for the page
};

struct Work {
  const TuneOptions& options;
  Journal& journal;
  Ledger& ledger;
  Runs& runs;
  TuneObserver& observer;
  kernels::Kernels& kernels;

  train::RunConfig base = {};  // what all runs have in common; from the phase `measure` on
  Outline outline = {};
  double flops_per_token = 0;
  double measured_s_per_step = 0;  // before any run was timed

  const std::filesystem::path& directory() const { return options.out; }
  std::filesystem::path data() const;  // prepared: training and validation text
  std::filesystem::path test() const;  // prepared: its validation split is what no choice sees

  double units_per_step() const;  // of the budget, from the steps that were timed
  int64_t steps_for(double units) const;
  double finish_reserve() const;       // for scores and pages, in units of the budget
  double passes(int64_t steps) const;  // over the training text
};

// The decision of that id: from the journal, or made now and written there.
Decision settle(Work& work, const std::string& id, const std::function<Decision()>& make);

// Numbers that a phase fixes before it begins, such as lengths that came from a clock: recorded, so
// that a continued phase has the same.
io::JsonRecord fixed(Work& work, const std::string& name,
                     const std::function<void(io::JsonRecord&)>& make);

// "coldstart tune TEXT --budget 30m", as it was asked, for a shell.
std::string tune_command(const TuneOptions& options);

// "coldstart train DIR/base.toml --lr 0.08 --steps 100": a run of its own, by hand.
std::string train_command(const Work& work, const std::string& settings);

}  // namespace coldstart::tune
