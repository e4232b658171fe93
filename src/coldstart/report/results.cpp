#include "coldstart/report/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "coldstart/core/text.h"
#include "coldstart/plan/objective.h"

namespace coldstart::report {

namespace {

const plan::HParam* hparam_of(const plan::Study& study, const std::string& name) {
  for (const plan::HParam& hparam : study.space)
    if (hparam.name == name) return &hparam;
  return nullptr;
}

bool mentions(const std::string& text, const std::string& name) {
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    const auto inside = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    if ((at == 0 || !inside(text[at - 1])) && (end == text.size() || !inside(text[end])))
      return true;
  }
  return false;
}

std::string infeasible_text(const plan::Trial& trial) {
  std::string text = fmt::format("infeasible: {}", enum_name(trial.reason));
  if (!trial.note.empty()) text += fmt::format(" ({})", trial.note);
  return text;
}

}  // namespace

double shown(const plan::Study& study, double value) { return study.maximised ? -value : value; }

std::optional<Result> result_of(const plan::Study& study, const plan::Trial& trial) {
  const auto best = trial.feasible() ? plan::objective_of(trial) : std::nullopt;
  if (!best) return std::nullopt;
  return Result{shown(study, best->value), best->step};
}

std::vector<size_t> ranked(const plan::Study& study) {
  std::vector<std::pair<double, size_t>> order;
  for (size_t i = 0; i < study.trials.size(); ++i)
    if (const auto result = result_of(study, study.trials[i]))
      order.emplace_back(shown(study, result->value), i);  // lowest first again
  std::ranges::sort(order);
  std::vector<size_t> trials;
  for (const auto& [value, trial] : order) trials.push_back(trial);
  return trials;
}

std::vector<Flagged> flagged_trials(const Input& input) {
  std::vector<Flagged> flagged;
  for (size_t i = 0; i < input.study.trials.size(); ++i) {
    const plan::Trial& trial = input.study.trials[i];
    Flagged flag{i, {}};
    if (!trial.feasible()) flag.reasons.push_back(infeasible_text(trial));
    if (trial.state == plan::TrialState::stopped)
      flag.reasons.push_back(
          fmt::format("stopped before its end{}{}", trial.note.empty() ? "" : ": ", trial.note));
    if (trial.intervention) flag.reasons.emplace_back("its rate was changed by hand");
    if (i < input.details.size())
      for (const std::string& reason : input.details[i].flags) flag.reasons.push_back(reason);
    for (const plan::Verdict& verdict : input.verdicts)
      for (const std::string& warning : verdict.warnings)
        if (!trial.name.empty() && mentions(warning, trial.name)) flag.reasons.push_back(warning);
    if (!flag.reasons.empty()) flagged.push_back(std::move(flag));
  }
  return flagged;
}

std::optional<std::string> value_of(const plan::Trial& trial, const std::string& name) {
  const auto found = trial.values.find(name);
  if (found != trial.values.end()) return found->second;
  if (name == "seed") return fmt::format("{}", trial.seed);
  return std::nullopt;
}

std::optional<double> number_of(const plan::Trial& trial, const std::string& name) {
  const auto text = value_of(trial, name);
  if (!text) return std::nullopt;
  // A share ("2%") is a number too; with other units it stays a word.
  const bool percent = text->ends_with('%');
  const auto value =
      parse_double(percent ? std::string_view(*text).substr(0, text->size() - 1) : *text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::vector<Knob> varied_knobs(const plan::Study& study) {
  std::map<std::string, std::set<std::string>> levels;
  for (const plan::Trial& trial : study.trials)
    for (const auto& [name, value] : trial.values) levels[name].insert(value);
  std::vector<Knob> knobs;
  for (const auto& [name, values] : levels) {
    if (values.size() < 2) continue;
    Knob knob{.name = name, .numeric = true, .levels = {values.begin(), values.end()}};
    const plan::HParam* hparam = hparam_of(study, name);
    const bool is_choice = hparam && hparam->scale == plan::Scale::choice;
    std::vector<std::pair<double, std::string>> numbers;
    std::set<bool> units;
    for (const plan::Trial& trial : study.trials) {
      const auto text = value_of(trial, name);
      if (!text) continue;
      const auto number = number_of(trial, name);
      if (number) numbers.emplace_back(*number, *text);
      if (number && *number != 0) units.insert(text->ends_with('%'));
      knob.numeric &= number.has_value();
    }
    knob.numeric &= units.size() <= 1 && !is_choice;
    if (knob.numeric) {
      std::ranges::sort(numbers);
      const double lowest = numbers.front().first;
      knob.log = hparam ? hparam->scale == plan::Scale::log
                        : lowest > 0 && numbers.back().first >= 10 * lowest;
      knob.levels.clear();
      for (const auto& [number, text] : numbers)
        if (knob.levels.empty() || knob.levels.back() != text) knob.levels.push_back(text);
    }
    if (hparam) knob.role = hparam->role;
    knobs.push_back(std::move(knob));
  }
  return knobs;
}

std::string knob_of_kind(const plan::Study& study, plan::Kind kind) {
  std::set<std::string> names;
  for (const plan::Trial& trial : study.trials)
    for (const auto& [name, value] : trial.values) names.insert(name);
  for (const plan::HParam& hparam : study.space)
    if (hparam.kind == kind && names.contains(hparam.name)) return hparam.name;
  using Names = std::vector<const char*>;
  const Names usual = kind == plan::Kind::base_lr ? Names{"optimizer.lr", "lr", "learning_rate"}
                      : kind == plan::Kind::warmup
                          ? Names{"schedule.warmup", "warmup", "warmup_steps"}
                      : kind == plan::Kind::optimizer ? Names{"optimizer.name", "optimizer"}
                                                      : Names{};
  for (const char* name : usual)
    if (names.contains(name)) return name;
  return "";
}

std::string label_of(const std::vector<Knob>& varied, const plan::Trial& trial) {
  std::string values;
  for (const Knob& knob : varied) {
    const auto value = value_of(trial, knob.name);
    if (!value) continue;
    const auto number = knob.numeric ? parse_double(*value) : std::nullopt;
    const std::string text = number ? fmt::format("{:.4g}", *number) : *value;
    const size_t dot = knob.name.rfind('.');
    const std::string last = dot == std::string::npos ? knob.name : knob.name.substr(dot + 1);
    if (!values.empty()) values += ", ";
    values += last == "name" ? text : fmt::format("{} {}", last, text);
  }
  // Every figure is of one study, so its name says nothing.
  const size_t slash = trial.name.rfind('/');
  const auto index =
      slash == std::string::npos ? std::nullopt : parse_int(trial.name.substr(slash + 1));
  const std::string name = index ? fmt::format("trial {}", *index) : trial.name;
  return values.empty() || values == name ? name : fmt::format("{} ({})", name, values);
}

}  // namespace coldstart::report
