#include "coldstart/study/trial_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/text.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kLaunchFile = "launch.json";
constexpr const char* kResultFile = "result.json";
constexpr const char* kLockFile = "trial.lock";

// Values and notes are anybody's text; what is not UTF-8 in it is replaced.
std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

[[noreturn]] void damaged(const fs::path& file) {
  throw DataError("study", fmt::format("'{}' is damaged", file.string()),
                  "remove the trial's directory; `study run` then runs the trial again");
}

// Whole for every process that looks, without a wait for the disk: after a crash of the machine an
// empty file may stand there, which counts as none, and the attempt is launched again.
void replace_file(const fs::path& file, const std::string& text) {
  fs::path temporary = file;
  temporary += fmt::format(".tmp-{}", getpid());
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  std::error_code error;
  if (out) fs::rename(temporary, file, error);
  if (!out || error)
    throw ResourceError("study", fmt::format("cannot write '{}'", file.string()),
                        "check the free space and the permissions");
}

template <class E>
E enum_in(const Json& json, const char* key) {
  const auto value = parse_enum<E>(json.at(key).get<std::string>());
  if (!value) throw std::runtime_error("no such name");
  return *value;
}

template <class T, class Read>
std::optional<T> read_json(const fs::path& file, Read read) {
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  if (missing || size == 0) return std::nullopt;
  try {
    return read(Json::parse(read_file(file)));
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {
    damaged(file);
  }
}

Launch launch_of(const Json& json) {
  Launch launch;
  launch.index = json.at("trial").get<int64_t>();
  launch.point = json.at("point").get<int64_t>();
  launch.seed = json.at("seed").get<int64_t>();
  for (const auto& [name, value] : json.at("values").items())
    launch.values[name] = value.get<std::string>();
  launch.attempt = json.at("attempt").get<int64_t>();
  launch.data_id = json.value("data_id", "");
  launch.unique_tokens = json.value("unique_tokens", int64_t{0});
  launch.vocab = json.value("vocab", int64_t{0});
  launch.backend = json.value("backend", "");
  launch.host = json.value("host", "");
  launch.started = json.value("started", "");
  return launch;
}

Result result_of(const Json& json) {
  return {.attempt = json.at("attempt").get<int64_t>(),
          .state = enum_in<State>(json, "state"),
          .reason = enum_in<plan::Reason>(json, "reason"),
          .note = json.value("note", ""),
          .exit_status = json.value("exit_status", int64_t{0}),
          .elapsed_s = json.value("elapsed_s", 0.0)};
}

State state_of(const fs::path& trial, const TrialFiles& files) {
  if (!files.launch) return State::planned;
  if (files.result) return files.result->state;
  if (!is_locked(trial)) return State::lost;
  return fs::exists(trial / kMetricsFile) ? State::running : State::launched;
}

}  // namespace

bool is_over(State state) {
  return state == State::finished || state == State::infeasible || state == State::failed;
}

fs::path study_file(const fs::path& study) { return study / "study.toml"; }

fs::path trial_directory(const fs::path& study, int64_t index) {
  return study / "trials" / fmt::format("{:04}", index);
}

void write_launch(const fs::path& trial, const Launch& launch) {
  Json json = {{"trial", launch.index}, {"point", launch.point}, {"seed", launch.seed}};
  json["values"] = Json::object();
  for (const auto& [name, value] : launch.values) json["values"][name] = value;
  json["attempt"] = launch.attempt;
  if (!launch.data_id.empty()) json["data_id"] = launch.data_id;
  if (launch.unique_tokens > 0) json["unique_tokens"] = launch.unique_tokens;
  if (launch.vocab > 0) json["vocab"] = launch.vocab;
  json["backend"] = launch.backend;
  json["host"] = launch.host;
  json["started"] = launch.started;
  replace_file(trial / kLaunchFile, dump(json));
}

void write_result(const fs::path& trial, const Result& result) {
  const Json json = {{"attempt", result.attempt},          {"state", enum_name(result.state)},
                     {"reason", enum_name(result.reason)}, {"note", result.note},
                     {"exit_status", result.exit_status},  {"elapsed_s", result.elapsed_s}};
  write_file_atomic(trial / kResultFile, dump(json));
}

TrialFiles read_trial(const fs::path& trial, int64_t index) {
  TrialFiles files;
  files.launch = read_json<Launch>(trial / kLaunchFile, launch_of);
  if (files.launch && files.launch->index != index)
    throw DataError("study",
                    fmt::format("'{}' is the directory of trial {}; got {}", trial.string(), index,
                                files.launch->index),
                    "two trials cannot share a directory; give each its own back");
  if (files.launch) files.result = read_json<Result>(trial / kResultFile, result_of);
  // A result of an earlier attempt says nothing about this one.
  if (files.result && files.result->attempt != files.launch->attempt) files.result.reset();
  files.state = state_of(trial, files);
  if (files.state != State::lost) return files;
  // It may have ended between the look for its result and the look at its lock.
  files.result = read_json<Result>(trial / kResultFile, result_of);
  if (files.result && files.result->attempt == files.launch->attempt)
    files.state = files.result->state;
  else
    files.result.reset();
  return files;
}

bool is_locked(const fs::path& trial) {
  const int fd = open((trial / kLockFile).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool free = flock(fd, LOCK_SH | LOCK_NB) == 0;
  close(fd);
  return !free;
}

int lock_trial(const fs::path& trial) {
  const fs::path file = trial / kLockFile;
  const int fd = open(file.c_str(), O_RDWR | O_CREAT, 0666);  // stays open in what is started
  if (fd < 0)
    throw ResourceError("study",
                        fmt::format("cannot lock '{}': {}", file.string(), std::strerror(errno)),
                        "check the free space and the permissions");
  // Whoever only looks holds it for a moment.
  for (int patience = 100; patience > 0; --patience) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
      // The processes that it names are those of an earlier attempt.
      if (ftruncate(fd, 0) == 0) return fd;
      break;
    }
    usleep(1000);
  }
  close(fd);
  return -1;
}

double bytes_below(const fs::path& directory) {
  double bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code vanished;
    if (!it->is_regular_file(vanished)) continue;
    const auto size = it->file_size(vanished);
    if (!vanished) bytes += static_cast<double>(size);
  }
  return bytes;
}

int64_t highest_trial(const fs::path& study) {
  std::map<int64_t, std::string> names;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(study / "trials", missing)) {
    const std::string name = entry.path().filename().string();
    const auto index = parse_int(name);
    if (!index || *index < 0 || !entry.is_directory()) continue;
    const auto [there, is_new] = names.emplace(*index, name);
    if (!is_new)
      throw DataError(
          "study",
          fmt::format("trials/{} and trials/{} are both trial {}", there->second, name, *index),
          "remove the one that does not belong to the study");
  }
  return names.empty() ? -1 : names.rbegin()->first;
}

}  // namespace coldstart::study
