#include "coldstart/study/probe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/io/json_record.h"
#include "coldstart/study/load_trial.h"
#include "coldstart/train/config.h"
#include "coldstart/train/run_directory.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

// Passes on how a run goes, with the probe's label for a start-up table and without its
// evaluations, of which there may be one a step.
class Labelled : public train::RunObserver {
 public:
  Labelled(train::RunObserver& to, const std::string& label) : to_(to), label_(label) {}

  void on_start(const train::RunFacts& facts) override {
    train::RunFacts shown = facts;
    shown.table = {{"probe", label_}};
    to_.on_start(shown);
  }
  void on_step(const train::StepRecord& record, const train::TimeAccount& times) override {
    to_.on_step(record, times);
  }
  void on_warning(int64_t step, const std::string& text) override { to_.on_warning(step, text); }
  void on_note(int64_t step, const std::string& text) override { to_.on_note(step, text); }
  void on_finish(const train::RunResult& result, const train::TimeAccount& times) override {
    train::RunResult shown = result;
    shown.diagnosis.clear();  // the planner's verdict comes later
    to_.on_finish(shown, times);
  }

 private:
  train::RunObserver& to_;
  const std::string& label_;
};

std::string state_of(const fs::path& run) {
  const fs::path file = run / "status.json";
  if (!fs::exists(file)) return "";
  return io::JsonRecord::parse(read_file(file), file.string()).text("state").value_or("");
}

void require_same(train::RunConfig asked, const fs::path& run) {
  asked = train::resolve(asked, train::open_data(asked)->facts()).config;
  train::RunConfig stored = train::config_of_run(run);
  stored.train.out = asked.train.out;
  stored.train.threads = asked.train.threads;
  const auto changes = differences(stored.fields(), asked.fields());
  if (changes.empty()) return;
  throw ConfigError(
      run.string(),
      fmt::format("holds a run of another configuration ({})", fmt::join(changes, "; ")),
      "choose another directory with -o, or remove this one");
}

}  // namespace

train::RunConfig without_checkpoints(train::RunConfig config) {
  config.train.keep_best = 0;
  config.train.trunk_at.clear();
  config.train.eval_at.clear();
  return config;
}

bool is_over(const fs::path& run) {
  const std::string state = state_of(run);
  return state == "finished" || state == "diverged";
}

ProbeEnd run_probe(const Probe& probe, kernels::Kernels& kernels, train::RunObserver& observer) {
  train::RunRequest request{.config = probe.config, .branch_from = probe.branch_from};
  request.config.train.out = probe.directory.string();
  if (train::RunDirectory::holds_run(probe.directory)) {
    require_same(request.config, probe.directory);
    if (is_over(probe.directory)) return {.trial = load_run(probe.directory)};
    request.resume = true;
    request.branch_from.clear();
  }
  Labelled labelled(observer, probe.label);
  const train::RunResult result = train::run_training(request, kernels, labelled);
  if (result.outcome == train::Outcome::interrupted) return {.trial = {}, .signal = result.signal};
  return {.trial = load_run(probe.directory)};
}

}  // namespace coldstart::study
