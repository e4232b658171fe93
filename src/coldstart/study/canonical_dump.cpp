// canonical_dump() of load.h. Test: tests/study/load_test.cpp.
#include "coldstart/io/json_record.h"
#include "coldstart/study/load.h"

namespace coldstart::study {

namespace {

std::vector<double> as_numbers(const auto& column) { return {column.begin(), column.end()}; }

io::JsonRecord record_of(const plan::Trial& trial) {
  io::JsonRecord record;
  record.add("trial", trial.index).add("seed", trial.seed);
  for (const auto& [name, value] : trial.values) record.add("value." + name, value);
  record.add("state", std::string(enum_name(trial.state)))
      .add("reason", std::string(enum_name(trial.reason)))
      .add("note", trial.note)
      .add("planned_steps", trial.planned_steps)
      .add("schedule", trial.schedule ? describe(*trial.schedule) : "")
      .add("unique_tokens", trial.unique_tokens)
      .add("vocab", trial.vocab)
      .add("data", trial.conditions.data)
      .add("eval_set", trial.conditions.eval_set)
      .add("code", trial.conditions.code)
      .add("architecture", trial.conditions.architecture)
      .add("batch_tokens", trial.conditions.batch_tokens)
      .add("eval.step", as_numbers(trial.evals.step))
      .add("eval.val", trial.evals.val)
      .add("eval.val_se", trial.evals.val_se)
      .add("eval.train", trial.evals.train)
      .add("step.step", as_numbers(trial.steps.step))
      .add("step.loss", trial.steps.loss)
      .add("step.lr", trial.steps.lr)
      .add("step.grad_norm", trial.steps.grad_norm)
      .add("step.clipped", as_numbers(trial.steps.clipped));
  return record;
}

}  // namespace

std::string canonical_dump(const plan::Study& study) {
  io::JsonRecord head;
  head.add("goal", study.goal)
      .add("metric", study.metric)
      .add("maximised", study.maximised)
      .add("max_steps", study.max_steps)
      .add("production_steps", study.production_steps)
      .add("trials", static_cast<int64_t>(study.trials.size()));
  std::string text = head.line() + "\n";
  for (const plan::Trial& trial : study.trials) text += record_of(trial).line() + "\n";
  return text;
}

}  // namespace coldstart::study
