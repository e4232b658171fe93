// coldstart steps predict RUNS --at 3x: what a longer run would come to.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/config_flags.h"
#include "app/steps.h"
#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/text.h"
#include "coldstart/plan/classify.h"
#include "coldstart/plan/predict.h"
#include "coldstart/schedule/extend.h"
#include "coldstart/schedule/make.h"

namespace coldstart::app {

namespace {

struct PredictFlags {
  RunFlags runs;
  std::string at = "2x", column = "val", like, holdouts;
  double lr = 0, epochs = 0, unique_tokens = 0;
  bool beyond_reach = false, json = false;
  schedule::ScheduleOptions schedule;
  std::unique_ptr<ConfigFlags> schedule_flags;
};

FieldList fields_of(schedule::ScheduleOptions& options) {
  FieldList list;
  list.add("schedule", options);
  return list;
}

// The rates of the run that is asked for: of another run (--like), of a schedule (--lr), or those
// of the longest run, extended by its own family's rule.
plan::LrTrace target_of(const PredictFlags& f, const std::vector<plan::Trial>& trials,
                        const std::vector<plan::RunCurve>& curves) {
  const auto longest =
      std::ranges::max_element(curves, {}, [](const plan::RunCurve& c) { return c.last; });
  const auto& trial = trials[static_cast<size_t>(longest - curves.begin())];
  const auto planned = static_cast<int64_t>(longest->rates.last_step());
  if (!f.like.empty()) return plan::rates_of(study::load_trial(f.like, f.runs.csv));
  const int64_t steps = parse_target(f.at, planned);
  if (f.lr > 0) {
    const schedule::Schedule s =
        schedule::make_schedule(f.schedule, {.steps = steps, .base = f.lr});
    return plan::LrTrace::of(s, s.total());
  }
  if (trial.schedule && trial.schedule->base > 0) {
    const schedule::Extension e = schedule::extend(*trial.schedule, steps);
    for (const schedule::Remark& remark : e.remarks)
      if (remark.blocks) fmt::print(stderr, "note: {}: {}\n", remark.code, remark.text);
    return plan::LrTrace::of(e.schedule, e.schedule.total());
  }
  throw ConfigError("steps predict", "the schedule of the longer run is not known",
                    "give its peak rate and shape (--lr 3e-4 --schedule.shape cosine ...), or "
                    "--like RUN");
}

std::vector<double> holdouts_of(const std::string& file) {
  std::vector<double> errors;
  if (file.empty()) return errors;
  const std::string text = read_file(file);
  size_t from = 0;
  while (from < text.size()) {
    const size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view line = std::string_view(text).substr(from, end - from);
    from = end + 1;
    if (line.empty() || line.starts_with('#')) continue;
    const auto error = parse_double(line);
    if (!error) throw DataError(file, fmt::format("got '{}', expected a number a line", line), "");
    errors.push_back(*error);
  }
  return errors;
}

void predict(const PredictFlags& f) {
  const std::vector<plan::Trial> trials = f.runs.load();
  const auto column = parse_enum<plan::LossColumn>(f.column);
  std::vector<plan::RunCurve> curves;
  plan::PredictOptions options{.epochs = f.epochs, .beyond_reach = f.beyond_reach};
  for (const plan::Trial& trial : trials) {
    curves.push_back(plan::run_curve(trial, *column));
    options.overfitting |= plan::findings_of(trial, 0).overfitting;
  }
  options.holdout_errors = holdouts_of(f.holdouts);
  const plan::LrTrace target = target_of(f, trials, curves);
  const auto batch = static_cast<double>(trials.front().conditions.batch_tokens);
  if (f.epochs == 0 && f.unique_tokens > 0 && batch > 0)
    options.epochs = target.last_step() * batch / f.unique_tokens;
  finish(to_verdict(plan::predict(curves, target, options)), f.json);
}

}  // namespace

void add_steps_predict(CLI::App& steps) {
  CLI::App* verb = steps.add_subcommand(
      "predict", "What a longer run, or one with another schedule, would come to");
  auto f = std::make_shared<PredictFlags>();
  f->runs.add_to(*verb);
  CLI::Option* at = verb->add_option("--at", f->at, "length: 3x the longest run, or steps");
  verb->add_option("--like", f->like, "a run or CSV whose rates and length the target has")
      ->excludes(at);
  verb->add_option("--lr", f->lr, "peak learning rate of the target; with --schedule.*")
      ->check(CLI::PositiveNumber);
  verb->add_option("--column", f->column, "which loss; train is that in evaluation mode")
      ->check(CLI::IsMember(enum_choices<plan::LossColumn>()))
      ->capture_default_str();
  verb->add_option("--epochs", f->epochs, "passes over the data that the target makes")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--unique-tokens", f->unique_tokens,
                   "tokens in the training data, to count passes")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--holdouts", f->holdouts, "held-out errors of your own, of steps calibrate")
      ->check(CLI::ExistingFile);
  verb->add_flag("--beyond-reach", f->beyond_reach, "a range also beyond the reach of the design");
  verb->add_flag("--json", f->json, "print one JSON object");
  f->schedule_flags = std::make_unique<ConfigFlags>(*verb, fields_of(f->schedule));
  verb->footer(
      "Example:\n"
      "  coldstart steps predict trunk.csv cooldown_8k.csv --at 3x --shape cosine");
  verb->callback([f] {
    f->schedule_flags->apply(fields_of(f->schedule));
    predict(*f);
  });
}

}  // namespace coldstart::app
