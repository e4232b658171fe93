#include "app/run_tune.h"

#include <fmt/format.h>
#include <cerrno>  // program_invocation_name

#include <filesystem>

#include "coldstart/core/exit_status.h"
#include "coldstart/core/source_commit.h"
#include "coldstart/core/text.h"
#include "coldstart/data/utf8.h"
#include "coldstart/io/json_record.h"
#include "coldstart/study/controller_lock.h"
#include "coldstart/train/console.h"
#include "coldstart/tune/autopilot.h"
#include "coldstart/tune/console.h"
#include "coldstart/tune/plan_only.h"

namespace coldstart::app {

namespace {

tune::TuneOptions options_of(const TuneFlags& flags) {
  return {.text = flags.text,
          .budget_text = flags.budget,
          .budget = tune::parse_budget(flags.budget),
          .out = tune_directory(flags),
          .model = flags.model,
          .seed = flags.seed,
          .threads = flags.threads,
          .prompt = flags.prompt,
          .made_by = fmt::format("coldstart {} ({})", COLDSTART_VERSION, source_commit())};
}

void print_json(const tune::TuneResult& result) {
  fmt::print("{}\n", io::JsonRecord()
                         .add("type", "end")
                         .add("status", result.exit_code())
                         .add("seconds", result.spent.seconds)
                         .add("tokens", result.spent.tokens)
                         .add("flops", result.spent.flops)
                         .add("test_loss", result.test_loss)
                         .add("test_bits_per_byte", result.test_bits_per_byte)
                         .add("model", result.model.string())
                         .add("page", result.page.string())
                         .add("summary", result.summary.string())
                         .line());
}

void print_result(const tune::TuneResult& result) {
  if (result.signal != 0) {
    fmt::print("\nstopped after {}; the same command goes on from here\n",
               tune::cost_text(result.spent));
    return;
  }
  if (!result.learns) {
    fmt::print("\nnothing trains here: {} says what was tried\n", result.summary.string());
    return;
  }
  fmt::print("\nverdict\n");
  for (const tune::Decision& d : result.decisions)
    if (!d.label.empty()) fmt::print("  {} {}\n", d.question, d.answer);
  fmt::print("\nwhat it writes:\n\n{}\n", data::printable(result.sample, true));
  fmt::print(
      "\n{:.4f} nats a byte = {:.4f} bits a byte on text that no choice has seen; spent {}\n",
      result.test_loss, result.test_bits_per_byte, tune::cost_text(result.spent));
  fmt::print("  model    {}\n  page     {}\n  summary  {}\n", result.model.string(),
             result.page.string(), result.summary.string());
}

}  // namespace

std::string tune_directory(const TuneFlags& flags) {
  if (!flags.out.empty()) return flags.out;
  std::string name = std::filesystem::path(flags.text).stem().string();
  if (const size_t colon = name.find(':'); colon != std::string::npos) name.erase(0, colon + 1);
  return "runs/tune-" + (name.empty() ? std::string("text") : name);
}

int run_tune(const TuneFlags& flags, double started_s) {
  const tune::TuneOptions options = options_of(flags);
  const auto kernels = kernels::make_cpu_kernels();
  if (flags.plan_only) {
    fmt::print("{}", tune::describe_plan(options, *kernels));
    return kOk.value;
  }
  const auto console =
      tune::make_tune_console(train::console_mode(flags.json, flags.quiet, stdout), stdout);
  try {
    const tune::TuneResult result = tune::run_tune(options, *kernels, *console, started_s);
    if (flags.json) print_json(result);
    if (!flags.json && !flags.quiet) print_result(result);
    return result.exit_code();
  } catch (const study::StudyBusy& busy) {
    fmt::print(stderr, "error: {}\n", busy.message());
    return kRefused.value;
  }
}

}  // namespace coldstart::app
