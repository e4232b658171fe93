// coldstart noise CONFIG: the same run with n seeds, and how far their results lie apart: the
// standard deviation that every comparison is held against. Test: tests/e2e/study_test.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/commands.h"
#include "app/run_study.h"
#include "coldstart/plan/noise.h"
#include "coldstart/plan/objective.h"
#include "coldstart/report/verdict_json.h"
#include "coldstart/study/load.h"
#include "coldstart/study/noise_study.h"

namespace coldstart::app {

namespace fs = std::filesystem;

namespace {

struct NoiseFlags {
  std::string config, out;
  int64_t n = 5;
  StudyRunFlags run;
};

int run(const NoiseFlags& flags) {
  const fs::path directory =
      flags.out.empty() ? fs::path(flags.config).stem().string() + "-noise" : flags.out;
  if (!study::StudyDirectory::holds_study(directory))
    study::StudyDirectory::create(directory, study::noise_spec(flags.config, flags.n),
                                  fs::current_path());
  if (const int code = run_study(study::StudyDirectory::open(directory), flags.run)) return code;
  std::vector<double> objectives;
  double sum = 0;
  for (const plan::Trial& trial : study::load_study(directory).trials) {
    const auto best = plan::objective_of(trial);
    if (!best) continue;
    objectives.push_back(best->value);
    sum += best->value;
    if (!flags.run.json && !flags.run.quiet)
      fmt::print("seed {}: best val_loss {:.6f} at step {}\n", trial.seed, best->value, best->step);
  }
  const plan::Verdict verdict =
      plan::noise_verdict(plan::noise_of_reruns(objectives),
                          sum / static_cast<double>(std::max<size_t>(1, objectives.size())));
  if (!flags.run.quiet)
    fmt::print("{}",
               flags.run.json ? report::verdict_json(verdict) + "\n" : plan::text_of(verdict));
  return plan::exit_code(verdict.standing);
}

}  // namespace

void add_noise(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("noise", "run one configuration with several seeds");
  auto flags = std::make_shared<NoiseFlags>();
  verb->add_option("CONFIG", flags->config, "a preset or a TOML file of coldstart train")
      ->required();
  verb->add_option("--n", flags->n, "number of seeds")->capture_default_str();
  verb->add_option("-o,--out", flags->out, "directory of the study; one that is there goes on");
  add_study_run_flags(*verb, flags->run);
  verb->footer("Example:\n  coldstart noise tiny --n 5 --jobs 2");
  verb->callback([flags] {
    if (const int code = run(*flags)) throw CLI::RuntimeError(code);
  });
}

}  // namespace coldstart::app
