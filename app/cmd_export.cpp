// coldstart export RUN: a trained model in the format of another program.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "app/commands.h"
#include "app/run_options.h"
#include "coldstart/train/export.h"
#include "coldstart/train/load_run.h"

namespace coldstart::app {

namespace {

struct ExportFlags {
  std::string run, checkpoint = "last", format, out;
};

void export_run(const ExportFlags& flags) {
  train::LoadedRun run = train::load_run(flags.run, flags.checkpoint);
  train::export_hf(train::gpt_of(run, "export"), flags.out);
  fmt::print("{} -> {}: config.json, model.safetensors\n", run.checkpoint.string(), flags.out);
}

}  // namespace

void add_export(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("export", "write a trained model for other programs");
  auto flags = std::make_shared<ExportFlags>();
  add_run_options(*verb, flags->run, flags->checkpoint);
  verb->add_option("--format", flags->format, "hf: what Hugging Face transformers loads")
      ->check(CLI::IsMember({"hf"}))
      ->required();
  verb->add_option("--out", flags->out, "directory to write")->required();
  verb->footer("Example:\n  coldstart export runs/demo --format hf --out demo-hf");
  verb->callback([flags] { export_run(*flags); });
}

}  // namespace coldstart::app
