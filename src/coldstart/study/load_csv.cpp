// parse_csv and load_csv of load_trial.h: a log that is imported (import_csv.h) and read at once.
#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/files.h"
#include "coldstart/io/csv.h"
#include "coldstart/study/import_csv.h"
#include "coldstart/study/load_trial.h"
#include "coldstart/study/run_records.h"

namespace coldstart::study {

namespace {

// A column `loss` and no val_loss: what people write who record one loss.
bool has_only_loss(std::string_view text, std::string_view name, const NameMap& map) {
  const std::vector<std::string> header = io::CsvReader(text, std::string(name)).header();
  const auto has = [&](std::string_view column) {
    return std::ranges::find(header, column) != header.end();
  };
  const auto mapped = [](const auto& entry) { return entry.first == "val_loss"; };
  return has("loss") && !has("val_loss") && std::ranges::none_of(map, mapped);
}

}  // namespace

plan::Trial parse_csv(std::string_view text, std::string_view name, const CsvOptions& options) {
  LogReading reading{.map = parse_name_map(options.map)};
  if (has_only_loss(text, name, reading.map)) reading.map.emplace_back("val_loss", "loss");
  LoadedTrial loaded;
  add_records(import_csv(text, name, reading).metrics, std::string(name), "val_loss", loaded);
  plan::Trial t = std::move(loaded.trial);
  t.name = name;
  t.state = plan::TrialState::finished;
  for (const auto* steps : {&t.evals.step, &t.steps.step})
    if (!steps->empty()) t.planned_steps = std::max(t.planned_steps, steps->back());
  if (options.max_steps > 0) t.planned_steps = options.max_steps;
  // A schedule without a rate: it tells the warmup alone (plan/run_curve.h).
  if (options.warmup > 0) t.schedule = schedule::Schedule{.warmup = options.warmup};
  return t;
}

plan::Trial load_csv(const std::filesystem::path& file, const CsvOptions& options) {
  return parse_csv(read_file(file), file.string(), options);
}

}  // namespace coldstart::study
