#include "coldstart/study/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "coldstart/core/error.h"
#include "coldstart/io/toml.h"
#include "coldstart/study/built_in.h"
#include "coldstart/study/command.h"
#include "coldstart/train/run.h"
#include "coldstart/train/run_directory.h"
#include "coldstart/train/run_plan.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

std::string data_key(train::RunConfig config) {
  std::string key;
  for (const Setting& setting : config.fields().settings())
    if (setting.table == "data") key += value_text(setting.value) + "\n";
  return key;
}

// What only the attempt reads that is about to begin: it need not survive the machine.
void write_plain(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush())
    throw ResourceError("study", fmt::format("cannot write '{}'", file.string()),
                        "check the free space and the permissions");
}

void write_external_config(const Spec& spec, const TrialPlan& plan, const fs::path& trial) {
  std::string text =
      fmt::format("trial = {}\nseed_init = {}\nseed_data = {}\nmax_steps = {}\n\n[values]\n",
                  plan.index, plan.seed, plan.seed, spec.max_steps);
  for (const auto& [name, value] : plan.values)
    text += fmt::format("{} = {}\n", io::toml_quoted(name), io::toml_quoted(value));
  write_plain(trial / "config.toml", text);
  const auto schedule = schedule_of(spec, plan.values);
  if (!schedule || !uses(spec, "schedule")) return;
  std::string table = "step,lr\n";
  for (int64_t step = 0; step < schedule->total(); ++step)
    table += fmt::format("{},{}\n", step, schedule->lr(step));
  write_plain(trial / "schedule.csv", table);
}

// What an attempt that is not continued has left is kept beside, and no longer read.
void put_aside(const fs::path& trial, int64_t attempt) {
  for (const char* name : {kMetricsFile, kLogFile}) {
    std::error_code missing;
    fs::rename(trial / name, trial / fmt::format("attempt-{}-{}", attempt, name), missing);
  }
}

}  // namespace

std::vector<PreparedTrial> prepare_trials(const StudyDirectory& study,
                                          const std::vector<int64_t>& trials) {
  std::vector<PreparedTrial> prepared(trials.size());
  if (!study.base()) {
    check_command(study.spec());
    for (const int64_t index : trials) schedule_of(study.spec(), study.plan(index).values);
    return prepared;
  }
  struct Data {
    data::Facts facts;
    std::string id;
  };
  std::map<std::string, Data> known;
  for (size_t i = 0; i < trials.size(); ++i) {
    const TrialPlan plan = study.plan(trials[i]);
    train::RunConfig config = trial_config(study.spec(), *study.base(), plan.values, plan.seed);
    config.train.out = study.trial(plan.index).string();
    try {
      const auto [entry, is_new] = known.emplace(data_key(config), Data());
      Data& data = entry->second;
      if (is_new) {
        const auto source = train::open_data(config);
        data = {.facts = source->facts(), .id = source->id};
      }
      const train::ResolvedConfig resolved = train::resolve(config, data.facts);
      prepared[i] = {.data_id = data.id,
                     .unique_tokens = data.facts.training_tokens,
                     .vocab = data.facts.vocab,
                     .memory_bytes = train::memory_of(resolved).total_bytes(),
                     .disk_bytes = train::disk_bytes_of(resolved)};
    } catch (const ConfigError& error) {
      throw ConfigError(fmt::format("trial {}", plan.index), error.what(), error.hint());
    }
  }
  return prepared;
}

Job prepare_attempt(const StudyDirectory& study, const TrialPlan& plan, int64_t attempt,
                    const fs::path& program, int threads) {
  const Spec& spec = study.spec();
  const fs::path trial = fs::absolute(study.trial(plan.index)).lexically_normal();
  Job job{.index = plan.index,
          .attempt = attempt,
          .trial = trial,
          .command = {},
          .built_in = spec.built_in(),
          .metric = spec.metric,
          .max_steps = spec.max_steps,
          .limits = spec.limits,
          .threads = threads};
  if (!spec.built_in()) {
    write_external_config(spec, plan, trial);
    const fs::path last = trial / "checkpoints" / "last";
    const bool resumes = uses(spec, "resume_from") && fs::exists(last);
    // Also what a crash of the machine left whose launch it took away.
    if (!resumes && (attempt > 1 || fs::exists(trial / kMetricsFile)))
      put_aside(trial, std::max<int64_t>(1, attempt - 1));
    job.command = command_of(spec, plan.values, plan.seed,
                             {.trial_dir = trial, .resume_from = resumes ? last : fs::path()});
  } else if (train::RunDirectory::holds_run(trial)) {
    job.command = {program.string(), "train", trial.string(), "--resume", "--quiet"};
  } else {
    const fs::path request = trial / "request.toml";
    write_plain(request, train::to_toml(trial_config(spec, *study.base(), plan.values, plan.seed)));
    job.command = {program.string(), "train", request.string(), "--out", trial.string(), "--quiet"};
  }
  return job;
}

}  // namespace coldstart::study
