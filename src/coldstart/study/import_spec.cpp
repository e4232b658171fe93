#include "coldstart/study/import_spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/text.h"

namespace coldstart::study {

namespace {

bool all_different(const std::vector<std::string>& names) {
  return std::set<std::string>(names.begin(), names.end()).size() == names.size();
}

// One [[space]] table: what varies as a range where it is a number, else as choices.
std::string axis_text(const std::string& name, const std::vector<std::string>& values) {
  std::vector<std::string> different;
  double low = HUGE_VAL, high = -HUGE_VAL;
  bool numeric = true;
  for (const std::string& value : values) {
    if (std::ranges::find(different, value) == different.end()) different.push_back(value);
    const auto number = parse_double(value);
    numeric &= number.has_value() && std::isfinite(*number);
    if (number) low = std::min(low, *number), high = std::max(high, *number);
  }
  const bool is_run = name == "run";
  std::string text = fmt::format("\n[[space]]\nname = {}\n", toml_text(name));
  if (different.size() == 1)
    return text + fmt::format("role = \"fixed\"\nvalue = {}\n", toml_text(different.front()));
  text += fmt::format("role = \"{}\"\n", is_run ? "scientific" : "nuisance");
  if (numeric && !is_run && low < high)
    return text + fmt::format("scale = \"{}\"\nrange = [{}, {}]\n",
                              low > 0 && high >= 10 * low ? "log" : "linear", low, high);
  std::vector<std::string> quoted;
  for (const std::string& value : different) quoted.push_back(toml_text(value));
  return text + fmt::format("choices = [{}]\n", fmt::join(quoted, ", "));
}

}  // namespace

std::string toml_text(const std::string& text) {
  using Json = nlohmann::json;
  return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);  // a basic string too
}

std::vector<std::string> run_names(const std::vector<ImportedSource>& sources) {
  std::vector<std::string> names, paths, numbered;
  for (const ImportedSource& source : sources) {
    names.push_back(last_name(source.path));
    paths.push_back(source.path);
    numbered.push_back(fmt::format("{} {}", source.path, numbered.size()));
  }
  return all_different(names) ? names : all_different(paths) ? paths : numbered;
}

std::string imported_spec(const std::vector<ImportedSource>& sources, const ImportedStudy& study) {
  const std::vector<std::string> names = run_names(sources);
  const auto& first = sources.front().values;
  for (const ImportedSource& source : sources)
    if (!std::ranges::equal(
            first, source.values, {}, [](auto& v) { return v.first; },
            [](auto& v) { return v.first; }))
      throw ConfigError("--values",
                        fmt::format("'{}' and '{}' have different hyperparameters",
                                    sources.front().path, source.path),
                        "say the same names for every path");
  if (first.contains("run"))
    throw ConfigError("--values", "'run' is the name of the log itself", "choose another name");
  std::string text = fmt::format(
      "format = 1\ngoal = {}\nnotes = {}\nmetric = \"val_loss\"\ndirection = \"{}\"\n"
      "command = [\"imported\"]\nmax_steps = {}\nsampler = \"list\"\nseeds = [1]\n",
      toml_text(study.goal), toml_text("imported from " + study.format),
      study.maximised ? "maximize" : "minimize", study.max_steps);
  if (!study.schedule.empty()) {
    text += fmt::format("base_lr = {}\n\n[schedule]\n", study.schedule.at("lr"));
    for (const auto& [name, value] : study.schedule)
      if (name != "lr") text += fmt::format("{} = {}\n", name, toml_text(value));
  }
  text += axis_text("run", names);
  for (const auto& [name, value] : first) {
    std::vector<std::string> values;
    for (const ImportedSource& source : sources) values.push_back(source.values.at(name));
    text += axis_text(name, values);
  }
  const auto varies = [&](const std::string& name) {
    return std::ranges::any_of(sources, [&](const ImportedSource& source) {
      return source.values.at(name) != first.at(name);
    });
  };
  if (sources.size() == 1) return text + "\n[[trial]]\n";
  for (size_t i = 0; i < sources.size(); ++i) {
    text += fmt::format("\n[[trial]]\n\"run\" = {}\n", toml_text(names[i]));
    for (const auto& [name, value] : sources[i].values)
      if (varies(name)) text += fmt::format("{} = {}\n", toml_text(name), toml_text(value));
  }
  return text;
}

}  // namespace coldstart::study
