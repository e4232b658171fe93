#include "coldstart/study/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"
#include "coldstart/core/fields.h"
#include "coldstart/core/files.h"
#include "coldstart/core/text.h"
#include "coldstart/schedule/make.h"
#include "coldstart/schedule/options.h"
#include "coldstart/study/import_csv.h"
#include "coldstart/study/import_jsonl.h"
#include "coldstart/study/import_spec.h"
#include "coldstart/study/import_tensorboard.h"
#include "coldstart/study/run_records.h"

namespace coldstart::study {

namespace {

namespace fs = std::filesystem;
using Values = std::map<std::string, std::string>;

// "a=1,b=2" as pairs.
Values parse_values(const std::string& text, const char* flag) {
  Values values;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const size_t equals = part.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == part.size())
      throw ConfigError(flag, fmt::format("got '{}', expected NAME=VALUE,NAME=VALUE", part),
                        fmt::format("for example {} optimizer.lr=0.001,seed=1", flag));
    if (!values.emplace(part.substr(0, equals), part.substr(equals + 1)).second)
      throw ConfigError(flag, fmt::format("'{}' is given twice", part.substr(0, equals)),
                        "leave one of them out");
    begin = end + 1;
  }
  return values;
}

// The schedule that a text describes over a run of so many steps.
schedule::Schedule schedule_of(const std::string& text, int64_t steps) {
  Values values = parse_values(text, "--schedule");
  const auto lr = values.extract("lr");
  const auto base = lr.empty() ? std::nullopt : parse_double(lr.mapped());
  if (!base || !(*base > 0) || !std::isfinite(*base))
    throw ConfigError("--schedule", "there is no peak rate; expected lr=NUMBER above 0 in it",
                      "for example --schedule lr=0.001,shape=cosine,warmup=100");
  schedule::ScheduleOptions options;
  FieldList fields;
  fields.add("schedule", options);
  for (const auto& [name, value] : values)
    fields.find("schedule." + name, "--schedule").set_text(value, "--schedule");
  return schedule::make_schedule(options, {.steps = steps, .base = *base});
}

ImportedLog read_log(LogFormat format, const std::string& path, const LogReading& reading) {
  if (!fs::exists(path))
    throw DataError(path, "there is no such file or directory", "check the path");
  if (format == LogFormat::tensorboard) return import_tensorboard(path, reading);
  if (fs::is_directory(path))
    throw DataError(path, "this is a directory, expected a file",
                    format == LogFormat::jsonl
                        ? "give the log itself; a run directory of coldstart needs its config.toml"
                        : "give the file itself");
  const MappedFile file(path);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  return format == LogFormat::csv ? import_csv(text, path, reading)
                                  : import_jsonl(text, path, reading);
}

bool is_own_run(const fs::path& path) {
  return fs::is_regular_file(path / "metrics.jsonl") && fs::is_regular_file(path / "config.toml");
}

std::string config_toml(const std::string& source, int64_t planned,
                        const std::optional<schedule::Schedule>& schedule) {
  std::string text = fmt::format("imported = {}\nmax_steps = {}\n", toml_text(source), planned);
  if (schedule) {
    schedule::Schedule copy = *schedule;
    FieldList fields;
    fields.add("schedule", copy);
    text += "\n[schedule]\n";
    for (const Setting& setting : fields.settings()) {
      const std::string value = value_text(setting.value);
      text += fmt::format(
          "{} = {}\n", setting.key,
          std::holds_alternative<std::string>(setting.value) ? toml_text(value) : value);
    }
  }
  return text;
}

using Json = nlohmann::ordered_json;

std::string json_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Which trial this is, as `study run` says it of one that it launches.
std::string launch_json(size_t index, const Values& values) {
  Json json = {{"trial", index}, {"point", index}, {"seed", 1}};
  json["values"] = Json::object();
  for (const auto& [name, value] : values) json["values"][name] = value;
  json["attempt"] = 1;
  json["backend"] = "import";
  return json_text(json);
}

std::string result_json(const std::string& state, const std::string& reason,
                        const std::string& note) {
  return json_text({{"attempt", 1}, {"state", state}, {"reason", reason}, {"note", note}});
}

// A run whose last loss is no number has failed, and that is a result.
bool ends_without_a_number(const ImportedLog& log) {
  const size_t last_line = log.metrics.rfind('\n', log.metrics.size() - 2) + 1;
  const std::string_view last = std::string_view(log.metrics).substr(last_line);
  return last.find("loss\":\"NaN\"") != std::string_view::npos ||
         last.find("loss\":\"Infinity\"") != std::string_view::npos;
}

void copy_run(const fs::path& from, const fs::path& to) {
  for (const char* name : {"config.toml", "metrics.jsonl", "documents.jsonl", "status.json",
                           "env.json", "summary.txt"})
    if (fs::is_regular_file(from / name)) write_file_atomic(to / name, read_file(from / name));
}

void require_free(const fs::path& out) {
  if (!fs::exists(out) || (fs::is_directory(out) && fs::is_empty(out))) return;
  throw ConfigError("--out", fmt::format("'{}' is there already", out.string()),
                    "choose another directory, or remove it");
}

class Import {
 public:
  Import(LogFormat format, const ImportOptions& options) : format_(format), options_(options) {}

  void add(const std::string& path, const std::string& value_text, const fs::path& directory) {
    sources_.push_back({path, parse_values(value_text, "--values")});
    make_directories(directory);
    if (format_ == LogFormat::jsonl && is_own_run(path))
      add_run(path, directory);
    else
      add_log(path, directory);
  }

  // What needs to know all trials.
  void finish(const fs::path& study) const {
    const std::vector<std::string> names = run_names(sources_);
    for (size_t i = 0; i < sources_.size(); ++i) {
      Values values = sources_[i].values;
      values["run"] = names[i];
      write_file_atomic(study / "trials" / fmt::format("{:04}", i) / "launch.json",
                        launch_json(i, values));
    }
    const Values schedule =
        options_.schedule.empty() ? Values() : parse_values(options_.schedule, "--schedule");
    const std::string goal =
        options_.goal.empty() ? "what these runs, made elsewhere, show" : options_.goal;
    write_file_atomic(study / "study.toml",
                      imported_spec(sources_, {.goal = goal,
                                               .format = std::string(enum_name(format_)),
                                               .max_steps = longest_,
                                               .schedule = schedule,
                                               .maximised = options_.maximised}));
  }

  ImportSummary summary_;

 private:
  void add_run(const std::string& path, const fs::path& directory) {
    if (!options_.map.empty() || options_.max_steps > 0 || !options_.schedule.empty())
      throw ConfigError("import",
                        fmt::format("'{}' is a run of coldstart, which says by itself what --map, "
                                    "--max-steps and --schedule would",
                                    path),
                        "leave them out, or give its metrics.jsonl");
    copy_run(path, directory);
    const LoadedTrial run = load_records(path);
    const bool infeasible = !run.trial.feasible();
    write_file_atomic(directory / "result.json",
                      result_json(infeasible ? "infeasible" : "finished",
                                  std::string(enum_name(run.trial.reason)), run.trial.note));
    longest_ = std::max(longest_, run.trial.planned_steps);
    summary_.trials.push_back({.source = path});
  }

  void add_log(const std::string& path, const fs::path& directory) {
    LogReading reading{.map = options_.map};
    ImportedLog log;
    int64_t planned = options_.max_steps;
    if (planned == 0 || options_.schedule.empty()) {
      log = read_log(format_, path, reading);
      if (planned == 0) planned = log.last_step;
    }
    if (!options_.schedule.empty()) {  // its length had to be known first
      reading.schedule = schedule_of(options_.schedule, planned);
      log = read_log(format_, path, reading);
    }
    if (log.last_step > planned)
      throw ConfigError(
          "--max-steps",
          fmt::format("'{}' goes on to step {}; got {}", path, log.last_step, planned),
          "give the planned length of the run");
    write_file_atomic(directory / "metrics.jsonl", log.metrics);
    write_file_atomic(directory / "config.toml", config_toml(path, planned, reading.schedule));
    const bool nan = ends_without_a_number(log);
    write_file_atomic(directory / "result.json",
                      result_json(nan ? "infeasible" : "finished", nan ? "nan" : "none",
                                  nan ? "the log ends with a loss that is no number" : ""));
    longest_ = std::max(longest_, planned);
    summary_.trials.push_back({path, log.step_records, log.eval_records, log.first_step,
                               log.last_step, log.names, log.others, log.warnings});
  }

  LogFormat format_;
  const ImportOptions& options_;
  std::vector<ImportedSource> sources_;
  int64_t longest_ = 0;
};

}  // namespace

ImportSummary import_logs(LogFormat format, const std::vector<std::string>& paths,
                          const std::filesystem::path& out, const ImportOptions& options) {
  require_free(out);
  if (!options.values.empty() && options.values.size() != paths.size())
    throw ConfigError("--values",
                      fmt::format("got {} for {} paths", options.values.size(), paths.size()),
                      "give it once for each path, in the same order, or not at all");
  // Written beside its place and moved there, so that an error leaves nothing half-written.
  const fs::path parts = fs::path(out.string() + ".importing");
  fs::remove_all(parts);
  Import import(format, options);
  try {
    for (size_t i = 0; i < paths.size(); ++i)
      import.add(paths[i], options.values.empty() ? "" : options.values[i],
                 parts / "trials" / fmt::format("{:04}", i));
    import.finish(parts);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(parts, ignored);
    throw;
  }
  std::error_code error;
  fs::remove(out, error);  // an empty directory
  fs::rename(parts, out, error);
  if (error)
    throw ResourceError(
        "import",
        fmt::format("cannot move '{}' to '{}': {}", parts.string(), out.string(), error.message()),
        "check the path and its permissions");
  return std::move(import.summary_);
}

}  // namespace coldstart::study
