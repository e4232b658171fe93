#include "coldstart/study/import_log.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/io/flat_json.h"

namespace coldstart::study {

namespace {

bool is_eval_name(std::string_view name) {
  return name == "val_loss" || name == "val_se" || name == "train_probe";
}

// Steps as doubles ("100.0", "1e3") are exact up to here.
constexpr double kLargestStep = 9007199254740992.0;  // 2^53

std::string json_key(const std::string& name) {
  using Json = nlohmann::json;
  return fmt::format(",{}:", Json(name).dump(-1, ' ', false, Json::error_handler_t::replace));
}

bool is_literal(std::string_view number) {
  return number.ends_with('N') || number.ends_with('y');  // NaN, Infinity
}

// True when the column had a value already, which is replaced.
bool put(std::vector<std::pair<int, std::string>>& values, size_t& size, int column,
         std::string_view number) {
  for (size_t i = 0; i < size; ++i) {
    if (values[i].first != column) continue;
    values[i].second.assign(number);
    return true;
  }
  if (size == values.size()) values.emplace_back();
  values[size].first = column;
  values[size++].second.assign(number);
  return false;
}

}  // namespace

const std::vector<std::string>& known_names() {
  static const std::vector<std::string> names = {
      "step",    "tokens",       "epochs", "lr",       "train_loss", "grad_norm",
      "clipped", "update_ratio", "time",   "val_loss", "val_se",     "train_probe"};
  return names;
}

NameMap parse_name_map(const std::vector<std::string>& texts) {
  NameMap map;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
      throw ConfigError("--map", fmt::format("got '{}', expected OURS=THEIRS", text),
                        "for example --map val_loss=eval/loss");
    const std::string ours = text.substr(0, equals);
    if (std::ranges::find(known_names(), ours) == known_names().end()) {
      const std::string near = nearest_name(ours, known_names());
      throw ConfigError("--map", fmt::format("'{}' means nothing here", ours),
                        near.empty() ? fmt::format("names: {}", fmt::join(known_names(), ", "))
                                     : fmt::format("did you mean '{}'?", near));
    }
    for (const auto& [other, theirs] : map)
      if (other == ours)
        throw ConfigError("--map", fmt::format("'{}' is mapped twice", ours),
                          "one column can stand for it");
    map.emplace_back(ours, text.substr(equals + 1));
  }
  return map;
}

std::string irregular_evals(const std::vector<int64_t>& steps) {
  if (steps.size() < 4) return "";
  std::vector<int64_t> distances;
  for (size_t i = 1; i + 1 < steps.size(); ++i) distances.push_back(steps[i] - steps[i - 1]);
  std::vector<int64_t> sorted = distances;
  std::ranges::sort(sorted);
  const int64_t median = sorted[sorted.size() / 2];
  const auto off = std::ranges::count_if(
      distances, [&](int64_t d) { return std::abs(d - median) * 10 > median; });
  if (off * 10 <= static_cast<int64_t>(distances.size())) return "";
  return fmt::format(
      "W-EVAL-IRREGULAR: evaluations are {} to {} steps apart ({} of {} distances differ from the "
      "median {}); a log by the clock hides early steps",
      sorted.front(), sorted.back(), off, distances.size(), median);
}

ImportLog::ImportLog(LogReading reading, std::string source)
    : reading_(std::move(reading)), source_(std::move(source)) {}

int ImportLog::column(std::string_view theirs) {
  for (size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i].theirs == theirs) return columns_[i].ours.empty() ? -1 : static_cast<int>(i);
  Column column;
  column.theirs = column.ours = theirs;
  for (const auto& [ours, mapped] : reading_.map) {
    if (mapped == theirs) {
      column.ours = ours;
      break;
    }
    if (ours == theirs) column.ours.clear();  // another column stands for this name
  }
  column.known = std::ranges::find(known_names(), column.ours) != known_names().end();
  column.is_eval = is_eval_name(column.ours);
  column.key = json_key(column.ours);
  columns_.push_back(column);
  return column.ours.empty() ? -1 : static_cast<int>(columns_.size()) - 1;
}

void ImportLog::set(int column, std::string_view number) {
  if (column >= 0) put(row_, row_size_, column, number);
}

int64_t ImportLog::step_of(std::string_view text, int64_t line) const {
  int64_t step = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), step);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  double real = 0;
  if (!whole && io::parse_json_number(text, real) && std::abs(real) <= kLargestStep &&
      real == std::floor(real))
    step = static_cast<int64_t>(real);
  else if (!whole)
    throw DataError(fmt::format("{}:{}", source_, line),
                    fmt::format("step is {}, expected a whole number of optimizer updates", text),
                    "a column of epochs or seconds cannot stand for steps; name another with "
                    "--map step=COLUMN");
  if (step < 0)
    throw DataError(fmt::format("{}:{}", source_, line),
                    fmt::format("step is {}, expected 0 or more", step),
                    "steps count optimizer updates");
  return step;
}

void ImportLog::end_row(int64_t line) {
  ++rows_;
  std::string_view step_text;
  for (size_t i = 0; i < row_size_; ++i)
    if (columns_[static_cast<size_t>(row_[i].first)].ours == "step") step_text = row_[i].second;
  if (step_text.empty()) {
    ++rows_without_step_;
    row_size_ = 0;
    return;
  }
  const int64_t step = step_of(step_text, line);
  if (has_pending_ && step != pending_step_) flush();
  if (!records_.empty() && step <= records_.back().step) {
    ++steps_back_;
    if (steps_back_ > 10 && steps_back_ * 100 > rows_)
      throw DataError(
          fmt::format("{}:{}", source_, line),
          fmt::format("steps go back {} times in {} rows: no log of one run", steps_back_, rows_),
          "write a file for each run; a column of epochs or batches is no step");
    drop_after(step - 1);
  }
  has_pending_ = true;
  pending_step_ = step;
  bool again = false;
  for (size_t i = 0; i < row_size_; ++i) {
    const int column = row_[i].first;
    if (columns_[static_cast<size_t>(column)].ours == "step") continue;
    again |= put(pending_, pending_size_, column, row_[i].second);
  }
  if (again) ++repeats_;
  row_size_ = 0;
}

void ImportLog::resume(int64_t from_step) {
  flush();
  drop_after(from_step);
  ++steps_back_;
}

void ImportLog::drop_after(int64_t step) {
  while (!records_.empty() && records_.back().step > step) {
    text_.resize(records_.back().offset);
    records_.pop_back();
  }
}

void ImportLog::write(bool is_eval) {
  bool begun = false;
  for (size_t i = 0; i < pending_size_; ++i) {
    Column& column = columns_[static_cast<size_t>(pending_[i].first)];
    if (column.is_eval != is_eval) continue;
    if (!begun) {
      records_.push_back({pending_step_, text_.size(), is_eval});
      fmt::format_to(std::back_inserter(text_), "{{\"step\":{}", pending_step_);
      begun = true;
    }
    column.used = true;
    text_ += column.key;
    const bool literal = is_literal(pending_[i].second);
    if (literal) text_ += '"';
    text_ += pending_[i].second;
    if (literal) text_ += '"';
  }
  if (begun) text_ += "}\n";
}

void ImportLog::flush() {
  if (!has_pending_) return;
  if (reading_.schedule) {
    const int lr = column("lr");
    const bool has_lr = std::any_of(
        pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(pending_size_),
        [&](const auto& value) { return columns_[static_cast<size_t>(value.first)].ours == "lr"; });
    if (!has_lr && lr >= 0)
      put(pending_, pending_size_, lr,
          fmt::format("{}", reading_.schedule->lr(std::max<int64_t>(pending_step_ - 1, 0))));
  }
  write(false);
  write(true);
  has_pending_ = false;
  pending_size_ = 0;
}

std::vector<std::string> ImportLog::column_names() const {
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(column.theirs);
  return names;
}

ImportedLog ImportLog::finish() {
  flush();
  if (rows_ == 0)
    throw DataError(source_, "there is no record in it", "give the log of a run that has begun");
  if (rows_without_step_ == rows_)
    throw DataError(source_, "no record has a step",
                    fmt::format("name the column that counts optimizer updates with --map "
                                "step=COLUMN; there are: {}",
                                fmt::join(column_names(), ", ")));
  ImportedLog log;
  for (const Column& column : columns_)
    if (column.used) (column.known ? log.names : log.others).push_back(column.ours);
  for (const auto& [ours, theirs] : reading_.map)
    if (ours != "step" && std::ranges::find(log.names, ours) == log.names.end())
      throw DataError(source_, fmt::format("there is no column '{}' for {}", theirs, ours),
                      fmt::format("there are: {}", fmt::join(column_names(), ", ")));
  if (log.names.empty())
    throw DataError(source_, "no column means a loss, a rate or a norm",
                    fmt::format("name them with --map val_loss=COLUMN, --map train_loss=COLUMN, "
                                "...; there are: {}",
                                fmt::join(column_names(), ", ")));
  log.first_step = records_.front().step;
  log.last_step = records_.back().step;
  std::vector<int64_t> evals;
  for (const Record& record : records_) {
    if (record.is_eval) evals.push_back(record.step);
    (record.is_eval ? log.eval_records : log.step_records)++;
  }
  log.warnings = std::move(warnings_);
  if (steps_back_ > 0)
    log.warnings.push_back(fmt::format(
        "steps go back {} times, as after a resume: the later records replaced the earlier ones",
        steps_back_));
  if (repeats_ > 0)
    log.warnings.push_back(
        fmt::format("{} steps stand there more than once: the last record counts", repeats_));
  if (const std::string irregular = irregular_evals(evals); !irregular.empty())
    log.warnings.push_back(irregular);
  if (evals.empty())
    log.warnings.emplace_back(
        "no val_loss: verdicts on the best step and on the kind of workload need it");
  log.metrics = std::move(text_);
  return log;
}

}  // namespace coldstart::study
