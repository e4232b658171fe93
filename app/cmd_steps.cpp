// coldstart steps init|best|classify|predict|plan|extend|branch|rungs|compare|adopt|calibrate: how
// long to train.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/commands.h"
#include "app/steps.h"
#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/report/verdict_json.h"
#include "coldstart/study/load.h"
#include "coldstart/study/study_directory.h"

namespace coldstart::app {

void RunFlags::add_to(CLI::App& verb) {
  verb.add_option("RUNS", paths, "directories of runs or studies, or CSV files")->required();
  verb.add_option("--map", csv.map,
                  "a column of the CSV files: OURS=THEIRS, with step, lr, val_loss, val_se, "
                  "train_probe, train_loss, grad_norm")
      ->delimiter(',')
      ->group("[records]");
  verb.add_option("--csv-warmup", csv.warmup,
                  "steps of a linear warmup that the CSV files do not show")
      ->check(CLI::NonNegativeNumber)
      ->group("[records]");
  verb.add_option("--max-steps", csv.max_steps,
                  "planned steps of the CSV files; default: their last step")
      ->check(CLI::NonNegativeNumber)
      ->group("[records]");
}

std::vector<plan::Trial> RunFlags::load() const { return study().trials; }

plan::Study RunFlags::study() const {
  const auto is_study = [](const std::string& path) {
    return study::StudyDirectory::holds_study(path);
  };
  if (paths.size() == 1 && is_study(paths[0])) return study::load_study(paths[0]);
  plan::Study all;
  all.name = "runs";
  for (const std::string& path : paths) {
    if (is_study(path)) {
      for (plan::Trial& trial : study::load_study(path).trials)
        all.trials.push_back(std::move(trial));
    } else {
      all.trials.push_back(study::load_trial(path, csv));
    }
  }
  for (size_t i = 0; i < all.trials.size(); ++i) all.trials[i].index = static_cast<int64_t>(i);
  return all;
}

void finish(const plan::Verdict& verdict, bool json) {
  fmt::print("{}", json ? report::verdict_json(verdict) + "\n" : plan::text_of(verdict));
  if (const int code = plan::exit_code(verdict.standing)) throw CLI::RuntimeError(code);
}

int64_t parse_target(const std::string& text, int64_t steps) {
  constexpr double kMost = 1e12;
  if (text.ends_with('x')) {
    const auto times = parse_double(std::string_view(text).substr(0, text.size() - 1));
    if (times && *times > 0 && *times * static_cast<double>(steps) < kMost)
      return std::llround(*times * static_cast<double>(steps));
  } else if (const auto number = parse_int(text);
             number && *number > 0 && *number < 1'000'000'000'000) {
    return *number;
  }
  throw ConfigError("target", fmt::format("got '{}', expected a factor or steps", text),
                    "for example 3x or 72000");
}

void add_steps(CLI::App& app) {
  CLI::App* steps = app.add_subcommand("steps", "How long to train");
  steps->require_subcommand(1);
  steps->footer(
      "Example:\n  coldstart steps classify runs/a\nEach verb has its own --help, with an "
      "example.");
  add_steps_init(*steps);
  add_steps_best(*steps);
  add_steps_classify(*steps);
  add_steps_predict(*steps);
  add_steps_plan(*steps);
  add_steps_rungs(*steps);
  add_steps_extend(*steps);
  add_steps_branch(*steps);
  add_steps_compare(*steps);
  add_steps_adopt(*steps);
  add_steps_calibrate(*steps);
}

}  // namespace coldstart::app
