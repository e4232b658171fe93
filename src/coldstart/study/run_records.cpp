#include "coldstart/study/run_records.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include <toml++/toml.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/io/flat_json.h"
#include "coldstart/study/metrics_record.h"
#include "coldstart/study/run_notes.h"

namespace coldstart::study {

namespace {

namespace fs = std::filesystem;

class Reader {
 public:
  Reader(LoadedTrial& loaded, std::string_view metric) : loaded_(loaded), metric_(metric) {}

  void read(std::span<const io::FlatEntry> entries, std::string_view source, int64_t number) {
    const MetricsRecord record = record_of(entries, metric_);
    if (record.kind == RecordKind::resume) return rewind(record.step.value_or(-1));
    if (!record.step) return;
    if (record.kind == RecordKind::measures) return traces(entries, *record.step);
    if (record.is_eval || record.has_probe) add_eval(record.eval, source, number);
    if (record.is_step) add_step(record.point, source, number);
  }

 private:
  // What lies above the step was replaced by a resumed program.
  void rewind(int64_t step) {
    while (!loaded_.trial.evals.step.empty() && loaded_.trial.evals.step.back() > step) drop_eval();
    while (!loaded_.trial.steps.step.empty() && loaded_.trial.steps.step.back() > step) drop_step();
    for (plan::Trace& trace : loaded_.traces)
      while (!trace.step.empty() && trace.step.back() > step) {
        trace.step.pop_back();
        trace.value.pop_back();
      }
  }

  void drop_eval() {
    plan::EvalSeries& evals = loaded_.trial.evals;
    for (std::vector<double>* column : {&evals.val, &evals.val_se, &evals.train})
      column->pop_back();
    evals.step.pop_back();
  }
  void drop_step() {
    plan::StepSeries& steps = loaded_.trial.steps;
    for (std::vector<double>* column : {&steps.loss, &steps.lr, &steps.grad_norm})
      column->pop_back();
    steps.clipped.pop_back();
    steps.step.pop_back();
  }

  // True when the last record is of the same step, which this one replaces.
  static bool again(const std::vector<int64_t>& steps, int64_t step, std::string_view source,
                    int64_t number) {
    if (steps.empty() || steps.back() < step) return false;
    if (steps.back() == step) return true;
    throw DataError(fmt::format("{}:{}", source, number),
                    fmt::format("step {} comes after step {}", step, steps.back()),
                    "`coldstart import jsonl` puts a log with repeated steps in order");
  }

  void add_eval(const EvalPoint& point, std::string_view source, int64_t number) {
    plan::EvalSeries& evals = loaded_.trial.evals;
    if (again(evals.step, point.step, source, number)) drop_eval();
    evals.step.push_back(point.step);
    evals.val.push_back(point.val);
    evals.val_se.push_back(point.val_se);
    evals.train.push_back(point.train);
  }

  void add_step(const StepPoint& point, std::string_view source, int64_t number) {
    plan::StepSeries& steps = loaded_.trial.steps;
    if (again(steps.step, point.step, source, number)) drop_step();
    steps.step.push_back(point.step);
    steps.loss.push_back(point.loss);
    steps.lr.push_back(point.lr);
    steps.grad_norm.push_back(point.grad_norm);
    steps.clipped.push_back(point.clipped > 0 ? 1 : 0);
    has_clipped_ |= std::isfinite(point.clipped);
  }

  void traces(std::span<const io::FlatEntry> entries, int64_t step) {
    double value = 0;
    for (const io::FlatEntry& entry : entries) {
      const size_t slash = entry.key.find('/');
      if (slash == std::string_view::npos || !entry.number ||
          !io::parse_json_number(entry.value, value))
        continue;
      auto found = places_.find(entry.key);
      if (found == places_.end()) {
        found = places_.emplace(std::string(entry.key), loaded_.traces.size()).first;
        loaded_.traces.push_back({std::string(entry.key.substr(0, slash)),
                                  std::string(entry.key.substr(slash + 1)),
                                  {},
                                  {}});
      }
      plan::Trace& trace = loaded_.traces[found->second];
      trace.step.push_back(step);
      trace.value.push_back(value);
    }
  }

 public:
  // A column in which nothing stands was not recorded.
  void finish() {
    plan::EvalSeries& evals = loaded_.trial.evals;
    plan::StepSeries& steps = loaded_.trial.steps;
    for (std::vector<double>* column :
         {&evals.val, &evals.val_se, &evals.train, &steps.loss, &steps.lr, &steps.grad_norm}) {
      bool some = false;
      for (const double value : *column) some |= !std::isnan(value);
      if (!some) column->clear();
    }
    if (!has_clipped_) steps.clipped.clear();
  }

 private:
  LoadedTrial& loaded_;
  std::string_view metric_;
  std::map<std::string, size_t, std::less<>> places_;  // "measure/place" -> trace
  bool has_clipped_ = false;
};

}  // namespace

void add_records(std::string_view text, const std::string& source, std::string_view metric,
                 LoadedTrial& loaded) {
  io::FlatJsonReader json;
  Reader reader(loaded, metric);
  int64_t number = 1;
  for (size_t begin = 0, end; (end = text.find('\n', begin)) != std::string_view::npos;
       begin = end + 1, ++number) {
    const std::string_view line = text.substr(begin, end - begin);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos)
      reader.read(json.read(line, source, number), source, number);
  }
  reader.finish();
}

namespace {

template <class E>
void read_enum(const toml::table& table, const char* key, E& target) {
  const auto text = table[key].value<std::string>();
  if (const auto value = text ? parse_enum<E>(*text) : std::nullopt) target = *value;
}

// One [[space]] table; what is not understood is left as it is.
plan::HParam hparam_of(const toml::table& table) {
  plan::HParam hparam;
  hparam.name = table["name"].value_or(std::string());
  read_enum(table, "role", hparam.role);
  read_enum(table, "kind", hparam.kind);
  read_enum(table, "scale", hparam.scale);
  if (const toml::array* range = table["range"].as_array(); range && range->size() == 2) {
    hparam.lo = (*range)[0].value_or(0.0);
    hparam.hi = (*range)[1].value_or(0.0);
  }
  if (const toml::array* choices = table["choices"].as_array()) {
    hparam.scale = plan::Scale::choice;
    for (const toml::node& choice : *choices)
      if (const auto text = choice.value<std::string>()) hparam.choices.push_back(*text);
  }
  if (const auto value = table["value"].value<std::string>()) hparam.choices = {*value};
  return hparam;
}

}  // namespace

bool is_run_directory(const fs::path& path) { return fs::is_regular_file(path / "metrics.jsonl"); }
bool is_study_directory(const fs::path& path) { return fs::is_regular_file(path / "study.toml"); }

LoadedTrial load_records(const fs::path& run, std::string_view metric) {
  LoadedTrial loaded;
  loaded.trial.name = last_name(run);
  loaded.trial.state = plan::TrialState::running;
  read_run_notes(run, loaded);
  if (!is_run_directory(run)) return loaded;
  const fs::path path = run / "metrics.jsonl";
  const MappedFile file(path);
  add_records({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()},
              path.string(), metric, loaded);
  return loaded;
}

StudyHead load_head(const fs::path& study) {
  const std::string file = (study / "study.toml").string();
  toml::table table;
  try {
    table = toml::parse(read_file(file), file);
  } catch (const toml::parse_error& error) {
    throw ConfigError(fmt::format("{}:{}", file, error.source().begin.line),
                      fmt::format("not TOML: {}", error.description()), "write the study again");
  }
  StudyHead head;
  head.goal = table["goal"].value_or(std::string());
  head.notes = table["notes"].value_or(std::string());
  head.metric = table["metric"].value_or(std::string("val_loss"));
  head.maximised = table["direction"].value_or(std::string()) == "maximize";
  head.max_steps = table["max_steps"].value_or(int64_t{0});
  head.production_steps = table["production_steps"].value_or(int64_t{0});
  if (const toml::array* space = table["space"].as_array())
    for (const toml::node& axis : *space)
      if (const toml::table* one = axis.as_table()) head.space.push_back(hparam_of(*one));
  return head;
}

std::string version_of(const std::vector<fs::path>& paths) {
  std::string version;
  const auto add = [&](const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (!error) version += fmt::format("{}-{};", file.filename().string(), size);
  };
  for (const fs::path& path : paths) {
    for (const char* name : {"metrics.jsonl", "status.json", "study.toml"}) add(path / name);
    std::error_code error;
    for (const auto& trial : fs::directory_iterator(path / "trials", error)) {
      version += trial.path().filename().string() + ":";
      for (const char* name : {"metrics.jsonl", "status.json", "result.json", "launch.json"})
        add(trial.path() / name);
    }
    for (const auto& verdict : fs::directory_iterator(path / "verdicts", error))
      add(verdict.path());
  }
  return version;
}

}  // namespace coldstart::study
