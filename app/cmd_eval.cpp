// coldstart eval RUN: validation loss of a trained model, in nats a token and bits a byte; of a
// classifier also accuracy, precision, recall, F1 and ROC AUC, macro and of each class.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "app/commands.h"
#include "app/run_options.h"
#include "coldstart/io/json_record.h"
#include "coldstart/train/load_run.h"
#include "coldstart/train/rescore.h"

namespace coldstart::app {

namespace {

struct EvalFlags {
  std::string run, checkpoint = "last", data;
  int64_t tokens = 0;
  bool json = false, kept = false;
};

// ME-01: does the evaluation during training pick the checkpoint that the whole set picks?
void rescore(const EvalFlags& flags) {
  const auto kernels = kernels::make_cpu_kernels();
  const auto rescored = train::rescore(flags.run, *kernels, flags.tokens);
  const int64_t picked = train::picked_during_training(rescored);
  if (flags.json) {
    for (const train::Rescored& r : rescored)
      fmt::print("{}\n", io::JsonRecord()
                             .add("type", "kept")
                             .add("step", r.step)
                             .add("during_training", r.during_training)
                             .add("val_loss", r.whole)
                             .add("val_tokens", r.tokens)
                             .line());
    return;
  }
  for (const train::Rescored& r : rescored)
    fmt::print("step {:>8}  {:.4f} on {} tokens, {:.4f} during training\n", r.step, r.whole,
               r.tokens, r.during_training);
  if (picked == rescored.front().step) {
    fmt::print("both pick step {}\n", picked);
  } else {
    fmt::print("the evaluation during training picked step {}, the whole set picks step {}\n",
               picked, rescored.front().step);
  }
}

void evaluate(const EvalFlags& flags) {
  if (flags.kept) return rescore(flags);
  const auto kernels = kernels::make_cpu_kernels();
  train::LoadedRun run = train::load_run(flags.run, flags.checkpoint);
  if (!flags.data.empty()) run.config.data.path = flags.data;
  const eval::Evaluation result = train::evaluate_run(run, *kernels, flags.tokens);
  if (flags.json) {
    io::JsonRecord record;
    record.add("checkpoint", run.checkpoint.string())
        .add("step", run.manifest.step)
        .add("val_tokens", result.tokens)
        .add("val_loss", result.loss);
    if (result.scores.empty()) record.add("val_bits_per_byte", result.bits_per_byte);
    for (const auto& [name, value] : result.scores) record.add("val_" + name, value);
    fmt::print("{}\n", record.line());
    return;
  }
  fmt::print("{}\n  step {}, {} validation {}: ", run.checkpoint.string(), run.manifest.step,
             result.tokens, result.scores.empty() ? "tokens" : "examples");
  if (result.scores.empty()) {
    fmt::print("{:.4f} nats/token, {:.4f} bits/byte\n", result.loss, result.bits_per_byte);
    return;
  }
  fmt::print("{:.4f} nats\n", result.loss);
  for (const auto& [name, value] : result.scores) fmt::print("  {:<20} {:.4f}\n", name, value);
}

}  // namespace

void add_eval(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("eval", "validation loss of a trained model");
  auto flags = std::make_shared<EvalFlags>();
  add_run_options(*verb, flags->run, flags->checkpoint);
  verb->add_option("--data", flags->data,
                   "the validation split of other data than the run's: prepared, or text");
  verb->add_option("--tokens", flags->tokens, "validation tokens to use; 0 = all of them")
      ->check(CLI::NonNegativeNumber);
  verb->add_flag("--kept", flags->kept,
                 "score all best checkpoints that the run kept, and compare what is picked");
  verb->add_flag("--json", flags->json, "print JSON lines");
  verb->footer("Example:\n  coldstart eval runs/demo --checkpoint best");
  verb->callback([flags] { evaluate(*flags); });
}

}  // namespace coldstart::app
