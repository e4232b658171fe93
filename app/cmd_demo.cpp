// coldstart demo: from text that is on every machine that can build this program to a model that
// writes such text, in a few minutes.
#include <fmt/format.h>
#include <cerrno>  // program_invocation_name

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "app/commands.h"
#include "coldstart/core/text.h"
#include "coldstart/data/utf8.h"
#include "coldstart/train/console.h"
#include "coldstart/train/load_run.h"
#include "coldstart/train/run.h"
#include "coldstart/train/run_directory.h"
#include "coldstart/train/sample.h"

namespace coldstart::app {

namespace {

constexpr int64_t kSampleTokens = 400;
constexpr const char* kPrompt = "#include <";

struct DemoFlags {
  std::string out;
  int64_t steps = 0;
};

void print_report(const train::RunResult& result, const std::string& out) {
  if (result.last_val_loss) {
    fmt::print(
        "\nvalidation loss {:.4f} nats a byte = {:.4f} bits a byte, in {}; {} tokens/s, {:.0f}% of "
        "the machine's peak\n",
        *result.last_val_loss, *result.last_val_bits_per_byte, human_duration(result.elapsed_s),
        human_count(result.tokens_per_s), 100 * result.fraction_of_peak);
  }
  const auto kernels = kernels::make_cpu_kernels();
  train::LoadedRun run = train::load_run(out);
  model::SamplerOptions options;
  options.temperature = 0.7;
  fmt::print(
      "\nwhat it writes after \"{}\":\n\n{}{}\n", kPrompt, kPrompt,
      data::printable(train::sample_text(run, *kernels, kPrompt, kSampleTokens, options), true));
}

// As they can be typed, with the program as it was called.
void print_next_commands(const std::string& out) {
  const std::string program = program_invocation_name;
  const std::pair<std::string, const char*> commands[] = {
      {program + " sample " + out + " --prompt \"class \" --seed 2", "more of its text"},
      {program + " train demo --steps 3000", "the same for longer"},
      {program + " train demo --data.path DIRECTORY", "on your own text"},
  };
  size_t widest = 0;
  for (const auto& [command, what] : commands) widest = std::max(widest, command.size());
  fmt::print("\nnext:\n");
  for (const auto& [command, what] : commands) fmt::print("  {:<{}}  {}\n", command, widest, what);
}

int run(const DemoFlags& flags) {
  train::RunRequest request;
  request.measure_peak = true;
  request.config = train::load_config("demo");
  if (flags.steps > 0) request.config.train.steps = flags.steps;
  // Earlier demos stay where they are; the prepared text is shared.
  request.config.train.out =
      flags.out.empty() ? train::free_run_directory("runs/demo").string() : flags.out;
  const auto kernels = kernels::make_cpu_kernels();
  const auto console = train::make_console(train::console_mode(false, false, stdout), stdout);
  const train::RunResult result = train::run_training(request, *kernels, *console);
  if (result.outcome == train::Outcome::finished) {
    print_report(result, request.config.train.out);
    print_next_commands(request.config.train.out);
  }
  return result.exit_code();
}

}  // namespace

void add_demo(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("demo", "train a small model on this machine's C++ headers");
  auto flags = std::make_shared<DemoFlags>();
  verb->add_option("--out", flags->out, "run directory (default: runs/demo, or the next free one)");
  verb->add_option("--steps", flags->steps, "optimizer steps (default: those of the preset)")
      ->check(CLI::PositiveNumber);
  verb->callback([flags] {
    if (const int code = run(*flags)) throw CLI::RuntimeError(code);
  });
}

}  // namespace coldstart::app
