// coldstart steps rungs SPEC: ideas against a baseline in cooled runs of growing length.
#include <fmt/format.h>

#include <filesystem>

#include "app/probe_flags.h"
#include "app/steps.h"
#include "coldstart/core/files.h"
#include "coldstart/study/cooled_rungs.h"
#include "coldstart/train/console.h"

namespace coldstart::app {

namespace fs = std::filesystem;

namespace {

struct RungsFlags {
  std::string spec, out;
  bool json = false;
};

void run_rungs(const RungsFlags& f) {
  const fs::path file = f.spec;
  const study::RungsPlan plan =
      study::parse_rungs(read_file(file), file.string(), fs::absolute(file).parent_path());
  const fs::path directory = f.out.empty() ? file.stem() : fs::path(f.out);
  const auto kernels = kernels::make_cpu_kernels();
  const auto console = train::make_console(train::console_mode(false, f.json, stdout), stdout);
  const study::RungsResult result = study::run_cooled_rungs(directory, plan, *kernels, *console);
  if (result.signal != 0) stopped_by(result.signal);
  if (!f.json)
    for (const study::RungScore& score : result.scores)
      fmt::print("rung {}  {:>8} steps  {:<16} seed {:<3} {:.4f}\n", score.rung, score.end,
                 score.id, score.seed, score.loss);
  finish(study::rungs_verdict(result), f.json);
}

}  // namespace

void add_steps_rungs(CLI::App& steps) {
  CLI::App* verb = steps.add_subcommand(
      "rungs", "Test ideas in runs of growing length, each scored after a cooldown");
  auto f = std::make_shared<RungsFlags>();
  verb->add_option("SPEC", f->spec, "a TOML file: config, production, rungs and [[idea]] tables")
      ->required();
  verb->add_option("-o,--out", f->out, "directory of the runs; default: SPEC without its ending");
  verb->add_flag("--json", f->json, "print one JSON object and no progress");
  verb->footer(
      "Example:\n"
      "  coldstart steps rungs ideas.toml -o ideas\n"
      "with ideas.toml:\n"
      "  config = \"tiny\"\n"
      "  production = 400     # steps of the last rung\n"
      "  rungs = 2\n"
      "  [[idea]]\n"
      "  id = \"faster\"\n"
      "  set = [\"optimizer.lr=6e-3\"]\n"
      "  note = \"nothing to maintain\"\n"
      "docs/how_long.md describes every key. After Ctrl-C the same command goes on.");
  verb->callback([f] { run_rungs(*f); });
}

}  // namespace coldstart::app
