// coldstart eval RUN: validation loss of a trained model, in nats a token and bits a byte.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "app/commands.h"
#include "app/run_options.h"
#include "coldstart/io/json_record.h"
#include "coldstart/train/load_run.h"

namespace coldstart::app {

namespace {

struct EvalFlags {
  std::string run, checkpoint = "last";
  int64_t tokens = 0;
  bool json = false;
};

void evaluate(const EvalFlags& flags) {
  const auto kernels = kernels::make_cpu_kernels();
  train::LoadedRun run = train::load_run(flags.run, flags.checkpoint);
  const train::Evaluation result = train::evaluate_run(run, *kernels, flags.tokens);
  if (flags.json) {
    fmt::print("{}\n", io::JsonRecord()
                           .add("checkpoint", run.checkpoint.string())
                           .add("step", run.manifest.step)
                           .add("val_tokens", result.tokens)
                           .add("val_loss", result.loss)
                           .add("val_bits_per_byte", result.bits_per_byte)
                           .line());
    return;
  }
  fmt::print("{}\n  step {}, {} validation tokens: {:.4f} nats/token, {:.4f} bits/byte\n",
             run.checkpoint.string(), run.manifest.step, result.tokens, result.loss,
             result.bits_per_byte);
}

}  // namespace

void add_eval(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("eval", "validation loss of a trained model");
  auto flags = std::make_shared<EvalFlags>();
  add_run_options(*verb, flags->run, flags->checkpoint);
  verb->add_option("--tokens", flags->tokens, "validation tokens to use; 0 = all of them")
      ->check(CLI::NonNegativeNumber);
  verb->add_flag("--json", flags->json, "print one JSON line");
  verb->callback([flags] { evaluate(*flags); });
}

}  // namespace coldstart::app
