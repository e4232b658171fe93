#include "coldstart/tune/runs.h"

#include <fmt/format.h>

#include "coldstart/checkpoint/retention.h"
#include "coldstart/study/run_records.h"
#include "coldstart/train/run.h"
#include "coldstart/train/run_directory.h"

namespace coldstart::tune {

namespace fs = std::filesystem;

namespace {

// Hands on what happens in a run, and keeps the clock.
class Watcher : public train::RunObserver {
 public:
  Watcher(RunProgress progress, Ledger& ledger, TuneObserver& observer)
      : progress_(std::move(progress)), ledger_(ledger), observer_(observer) {}

  void on_start(const train::RunFacts& facts) override {
    flops_per_token_ = facts.flops_per_token;
    progress_.step = facts.first_step;
    progress_.to = facts.total_steps;
    observer_.on_run(progress_);
  }
  void on_step(const train::StepRecord& record, const train::TimeAccount&) override {
    progress_.step = record.step;
    progress_.loss = record.loss;
    progress_.lr = record.lr;
    ledger_.tick();
    observer_.on_step(progress_, ledger_);
  }

  void on_eval(const train::EvalRecord&) override { ++evaluations_; }
  void on_finish(const train::RunResult&, const train::TimeAccount& times) override {
    times_ = times;
  }

  double flops_per_token() const { return flops_per_token_; }
  double busy_s() const { return times_.train_s + times_.metrics_s + times_.data_s; }
  double data_s() const { return times_.data_s; }
  double evaluation_s() const {
    return evaluations_ > 0 ? times_.eval_s / static_cast<double>(evaluations_) : 0;
  }

 private:
  RunProgress progress_;
  Ledger& ledger_;
  TuneObserver& observer_;
  double flops_per_token_ = 0;
  int64_t evaluations_ = 0;
  train::TimeAccount times_;
};

RunRecord to_run(const io::JsonRecord& record) {
  RunRecord run;
  run.name = record.text("name").value_or("");
  const std::string outcome = record.text("outcome").value_or("");
  run.finished = outcome == train::outcome_name(train::Outcome::finished);
  run.diverged = outcome == train::outcome_name(train::Outcome::diverged);
  run.timed_out = outcome == train::outcome_name(train::Outcome::timed_out);
  run.scored = record.integer("scored") == 1;
  run.from = record.integer("from").value_or(0);
  run.step = record.integer("step").value_or(0);
  run.seconds = record.number("seconds").value_or(0);
  run.busy_s = record.number("busy_s").value_or(0);
  run.data_s = record.number("data_s").value_or(0);
  run.evaluation_s = record.number("evaluation_s").value_or(0);
  run.steps_timed = record.integer("steps_timed").value_or(0);
  run.best_val = record.number("best_val_loss");
  run.last_val = record.number("last_val_loss");
  return run;
}

std::string ending(const RunRecord& run, const train::RunResult& result) {
  if (run.diverged) return "diverged: " + result.reason;
  if (!result.last_val_loss) return fmt::format("{} at step {}", run.name, run.step);
  return fmt::format("validation loss {:.4f} at step {}", *result.last_val_loss, run.step);
}

}  // namespace

Runs::Runs(fs::path directory, Journal& journal, Ledger& ledger, TuneObserver& observer,
           kernels::Kernels& kernels)
    : directory_(std::move(directory)),
      journal_(journal),
      ledger_(ledger),
      observer_(observer),
      kernels_(kernels) {
  for (const io::JsonRecord& record : journal_.records())
    if (record.text("type") == "run")
      ledger_.train(record.number("tokens").value_or(0), record.number("flops").value_or(0));
}

std::optional<RunRecord> Runs::over(const std::string& name) const {
  const io::JsonRecord* record = journal_.find("run", name);
  if (record == nullptr) return std::nullopt;
  return to_run(*record);
}

std::vector<RunRecord> Runs::all() const {
  std::vector<RunRecord> runs;
  for (const io::JsonRecord& record : journal_.records())
    if (record.text("type") == "run") runs.push_back(to_run(record));
  return runs;
}

RunRecord Runs::run(const RunPlan& plan) {
  if (const auto before = over(plan.name)) return *before;
  const fs::path out = path(plan.name);
  train::RunRequest request{.config = plan.config,
                            .branch_from = {},
                            .time_limit_s = plan.time_limit_s,
                            .clock = ledger_.clock()};
  request.resume = train::RunDirectory::holds_run(out);
  if (request.resume) request.config = train::config_of_run(out);
  request.config.train.out = out.string();
  const bool saved = request.resume && !checkpoint::list_checkpoints(out / "checkpoints").empty();
  int64_t from = 0;
  if (!plan.branch_from.empty()) {
    from = plan.branch_step > 0 ? plan.branch_step : over(plan.branch_from).value().step;
    // A run that was cut off before its first checkpoint begins again where it began.
    if (!saved)
      request.branch_from = plan.branch_step > 0
                                ? checkpoint::checkpoint_path(
                                      path(plan.branch_from) / "checkpoints", plan.branch_step)
                                : path(plan.branch_from);
  }
  Watcher watcher({.name = plan.name, .why = plan.why, .from = from}, ledger_, observer_);
  const double start_s = ledger_.clock()();
  const train::RunResult result = train::run_training(request, kernels_, watcher);
  ledger_.save();
  if (result.outcome == train::Outcome::interrupted) throw Stopped{result.signal};

  const auto batch = static_cast<double>(request.config.train.batch_tokens);
  const double tokens = static_cast<double>(result.step - from) * batch;
  io::JsonRecord record;
  record.add("type", "run")
      .add("name", plan.name)
      .add("why", plan.why)
      .add("optimizer", request.config.optimizer.name)
      .add("scored", plan.scored ? 1 : 0)
      .add("outcome", std::string(train::outcome_name(result.outcome)))
      .add("reason", result.reason)
      .add("branch_from", plan.branch_from)
      .add("from", from)
      .add("step", result.step)
      .add("tokens", tokens)
      .add("flops", tokens * watcher.flops_per_token())
      .add("seconds", ledger_.clock()() - start_s)
      .add("busy_s", watcher.busy_s())
      .add("data_s", watcher.data_s())
      .add("evaluation_s", watcher.evaluation_s())
      .add("steps_timed", static_cast<int64_t>(static_cast<double>(result.tokens) / batch));
  if (result.best_val_loss) record.add("best_val_loss", *result.best_val_loss);
  if (result.last_val_loss) record.add("last_val_loss", *result.last_val_loss);
  RunRecord run = to_run(record);
  if (run.timed_out && !plan.ends_at_limit) return run;
  journal_.write(record);
  ledger_.train(tokens, tokens * watcher.flops_per_token());
  observer_.on_run_end(plan.name, ending(run, result));
  return run;
}

plan::Trial Runs::trial(const std::string& name) const {
  plan::Trial trial = study::load_records(path(name)).trial;
  trial.name = name;
  return trial;
}

double Runs::seconds_per_step(const std::string& optimizer) const {
  double seconds = 0, steps = 0;
  for (const io::JsonRecord& record : journal_.records()) {
    if (record.text("type") != "run" || record.text("optimizer") != optimizer) continue;
    RunRecord run = to_run(record);
    seconds += run.seconds;
    steps += static_cast<double>(run.steps_timed);
  }
  return steps > 0 ? seconds / steps : 0;
}

void Runs::drop_checkpoints(const std::string& name) const {
  std::error_code ignored;  // what cannot be deleted costs disk, nothing else
  fs::remove_all(path(name) / "checkpoints", ignored);
}

}  // namespace coldstart::tune
