#include "coldstart/plan/comparability.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "coldstart/core/text.h"
#include "coldstart/plan/adopt.h"
#include "coldstart/plan/batch_advisor.h"
#include "coldstart/plan/curve_doubts.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/paired_documents.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

constexpr double kNearly = 1.25;

// Hyperparameters whose rise makes gradients noisier, by the last part of their name.
constexpr std::array kNoisyWhenHigher = {"dropout", "label_smoothing", "augmentation",
                                         "augment", "mixup",           "stochastic_depth"};

std::string last_part(const std::string& name) {
  const auto dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

void add_condition(std::vector<Difference>& list, std::string_view what, const std::string& a,
                   const std::string& b) {
  if (a == b) return;
  list.push_back({std::string(what), a.empty() ? "not known" : a, b.empty() ? "not known" : b,
                  !a.empty() && !b.empty()});
}

std::string count_text(int64_t count) { return count > 0 ? fmt::to_string(count) : ""; }

std::string schedule_text(const Trial& trial) {
  return trial.schedule ? schedule::describe(*trial.schedule) : "";
}

bool asked_for(const Difference& difference, const std::vector<std::string>& asked) {
  return std::ranges::any_of(asked, [&](const std::string& name) {
    return name == difference.what || name == last_part(difference.what);
  });
}

std::string list_text(const std::vector<Difference>& list) {
  std::string text;
  for (const Difference& d : list)
    text += fmt::format("{}{}: {} and {}", text.empty() ? "" : "; ", d.what, d.a, d.b);
  return text;
}

// Steps up to which the rate was constant at its peak.
bool constant_until(const Trial& trial, int64_t step) {
  return trial.schedule && trial.schedule->warmup + trial.schedule->hold >= step;
}

// Two lengths, and the user has asked to see them side by side.
void across_lengths(Verdict& verdict, const Trial& a, const Trial& b, Comparability class_) {
  const int64_t shorter = std::min(trial_length(a), trial_length(b));
  verdict.warnings.push_back(
      fmt::format("W-LENGTH-MISMATCH: {} and {} steps; what holds at one "
                  "length may not hold at the other",
                  trial_length(a), trial_length(b)));
  if (class_ == Comparability::not_established)
    verdict.text += " Not established at the longer length until a run of that length says so.";
  const Trial& longer = trial_length(a) > trial_length(b) ? a : b;
  const Trial& other = &longer == &a ? b : a;
  verdict.text += constant_until(longer, shorter) && constant_until(other, shorter)
                      ? " Both rates were constant until the shorter length, so the values there "
                        "may be compared, uncooled."
                      : " A value from the middle of the longer run does not stand for the shorter "
                        "one: its rate had not decayed.";
}

// What makes the best value of one look better than it is, beside noise.
void add_doubts(Verdict& verdict, const Trial& a, const Trial& b, const CompareOptions& options) {
  constexpr size_t kUneven = 2;
  const size_t fewer = std::min(a.evals.size(), b.evals.size());
  const size_t more = std::max(a.evals.size(), b.evals.size());
  if (more > kUneven * fewer)
    verdict.warnings.push_back(
        fmt::format("{} and {} evaluations: the best of more is better by luck alone",
                    a.evals.size(), b.evals.size()));
  const auto below_zero = [](const Trial& trial) {
    return std::ranges::any_of(trial.evals.val, [](double value) { return value < 0; });
  };
  if (!options.maximised && (below_zero(a) || below_zero(b)))
    verdict.warnings.emplace_back(
        "values below 0, of which the lower is taken to be better: is this a metric that is to be "
        "maximised?");
}

// EV-06: the two best checkpoints on the same documents, where both runs kept their losses.
void on_the_same_documents(Verdict& verdict, const Trial& a, int64_t step_a, const Trial& b,
                           int64_t step_b) {
  const auto pairs = paired_documents(a, step_a, b, step_b);
  if (!pairs) return;
  verdict.evidence.push_back(
      {.id = "documents",
       .what = fmt::format("gain of the second on the same {} documents, paired (EV-06)",
                           pairs->documents),
       .value = pairs->gain});
  verdict.text += pairs->told_apart()
                      ? " On the same documents these two models differ by more than the choice "
                        "of the text explains."
                      : " On the same documents these two models cannot be told apart.";
}

}  // namespace

Comparability comparability_of(int64_t length_a, int64_t length_b, int64_t production,
                               bool rung_passed) {
  if (length_a == length_b) return Comparability::comparable;
  const auto longer = static_cast<double>(std::max(length_a, length_b));
  const auto shorter = static_cast<double>(std::min(length_a, length_b));
  if (longer <= kNearly * shorter) return Comparability::nearly;
  const bool at_production = production > 0 && longer >= static_cast<double>(production);
  return at_production && !rung_passed ? Comparability::not_established : Comparability::tentative;
}

std::vector<Difference> differences(const Trial& a, const Trial& b) {
  std::vector<Difference> list;
  std::set<std::string> names;
  for (const auto& [name, value] : a.values) names.insert(name);
  for (const auto& [name, value] : b.values) names.insert(name);
  const auto value_of = [](const Trial& trial, const std::string& name) {
    const auto found = trial.values.find(name);
    return found == trial.values.end() ? std::string() : found->second;
  };
  for (const std::string& name : names)
    add_condition(list, name, value_of(a, name), value_of(b, name));
  add_condition(list, "data", a.conditions.data, b.conditions.data);
  add_condition(list, "evaluation set", a.conditions.eval_set, b.conditions.eval_set);
  add_condition(list, "code", a.conditions.code, b.conditions.code);
  add_condition(list, "architecture", a.conditions.architecture, b.conditions.architecture);
  add_condition(list, "optimizer", a.conditions.optimizer, b.conditions.optimizer);
  add_condition(list, "regularisation", a.conditions.regularisation, b.conditions.regularisation);
  add_condition(list, "batch tokens", count_text(a.conditions.batch_tokens),
                count_text(b.conditions.batch_tokens));
  if (trial_length(a) == trial_length(b))
    add_condition(list, "schedule", schedule_text(a), schedule_text(b));
  return list;
}

std::vector<Difference> variance_raising(const Trial& a, const Trial& b) {
  std::vector<Difference> raising;
  for (const Difference& d : differences(a, b)) {
    const std::string name = last_part(d.what);
    const auto from = parse_double(d.a), to = parse_double(d.b);
    const bool smaller_batch =
        (d.what == "batch tokens" || name.starts_with("batch")) && from && to && *to < *from;
    const bool noisy = std::ranges::any_of(kNoisyWhenHigher,
                                           [&](std::string_view known) { return known == name; });
    const bool higher = from && to ? *to > *from : d.b != "off" && d.b != "none" && d.b != "false";
    if (smaller_batch || (noisy && higher)) raising.push_back(d);
  }
  return raising;
}

Verdict compare(const Trial& a, const Trial& b, const CompareOptions& options) {
  Verdict verdict{.rule = "CB-03", .label = {}, .text = {}};
  const int64_t length_a = trial_length(a), length_b = trial_length(b);
  const auto class_ = comparability_of(length_a, length_b, options.production, options.rung_passed);
  verdict.label = enum_name(class_);
  verdict.valid_for = {fmt::format("T = {} and {} steps", length_a, length_b)};

  std::vector<Difference> other, unknown;
  for (const Difference& d : differences(a, b))
    if (!asked_for(d, options.asked)) (d.known ? other : unknown).push_back(d);
  if (!unknown.empty())
    verdict.warnings.push_back("not known on one side, taken as equal: " + list_text(unknown));
  const int64_t batch_a = a.conditions.batch_tokens, batch_b = b.conditions.batch_tokens;
  if (batch_a > 0 && batch_b > 0)
    if (auto warning = epoch_budget_warning(batch_a, length_a, batch_b, length_b))
      verdict.warnings.push_back(std::move(*warning));

  const auto refuse = [&](std::string text, std::string next) {
    verdict.standing = Standing::refused;
    verdict.text = std::move(text);
    verdict.next = {std::move(next)};
  };
  if (a.intervention || b.intervention) {
    verdict.rule = "SC-02";
    refuse(fmt::format("The learning rate of {} was changed by hand: its result cannot be "
                       "reproduced.",
                       name_of(a.intervention ? a : b)),
           "run it again without the change");
    return verdict;
  }
  if (length_a != length_b && !options.cross_length) {
    refuse(fmt::format("{} has {} steps and {} has {}: results of different lengths are not "
                       "compared unless you ask for it.",
                       name_of(a), length_a, name_of(b), length_b),
           "coldstart steps compare A B --cross-length");
    return verdict;
  }
  if (!other.empty()) {
    verdict.label = "NOT_ESTABLISHED";
    std::string asked;
    for (const Difference& d : other) asked += fmt::format(" --about {}", last_part(d.what));
    refuse("They differ in more than is asked about: " + list_text(other) + ".",
           "coldstart steps compare A B" + asked);
    return verdict;
  }
  const auto result_a = objective_of(a), result_b = objective_of(b);
  if (!a.feasible() || !b.feasible() || !result_a || !result_b) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    const bool first = !a.feasible() || !result_a;
    verdict.text = fmt::format("{} has no result.", name_of(first ? a : b));
    return verdict;
  }
  for (const Trial* trial : {&a, &b})
    if (const auto doubt = curve_doubt(*trial)) {
      verdict.label = "INSUFFICIENT";
      verdict.standing = Standing::insufficient;
      verdict.text = fmt::format("{}: {}.", name_of(*trial), *doubt);
      return verdict;
    }
  add_doubts(verdict, a, b, options);
  const double sign = options.maximised ? -1 : 1;
  const Gain gain = gain_of({result_a->value}, {result_b->value}, options.sigma, options.sigma_n);
  verdict.text = fmt::format("{} reaches {:.5g} at step {}, {} {:.5g} at step {}.", name_of(a),
                             sign * result_a->value, result_a->step, name_of(b),
                             sign * result_b->value, result_b->step);
  verdict.evidence = {{.id = "gain",
                       .what = fmt::format("of the second over the first ({} is better)",
                                           options.maximised ? "higher" : "lower"),
                       .value = gain.interval}};
  if (gain.noise_known) {
    verdict.evidence.push_back({.id = "P(better)",
                                .what = "that the second is better",
                                .value = {.mid = gain.probability}});
  } else {
    verdict.tags = {"noise unknown"};
    verdict.text += " The noise between seeds is not known: the difference may be chance.";
    verdict.next = {"coldstart noise CONFIG --n 5, then this comparison with --noise DIRECTORY"};
  }
  on_the_same_documents(verdict, a, result_a->step, b, result_b->step);
  if (length_a != length_b) across_lengths(verdict, a, b, class_);
  return verdict;
}

Verdict compare_configurations(const Trial& a, const Trial& b) {
  Verdict verdict{.rule = "TD-06", .label = "KEEP", .text = {}};
  const auto all = differences(a, b), raising = variance_raising(a, b);
  if (all.empty()) {
    verdict.text = "The configurations are alike.";
    return verdict;
  }
  verdict.text = "They differ in " + list_text(all) + ".";
  if (raising.empty()) return verdict;
  verdict.label = "STALE";
  verdict.tags = {"STALE"};
  verdict.text += fmt::format(
      " What raises the variance of gradients slows progress ({}): a number "
      "of steps found with {} may need to be increased for {}.",
      list_text(raising), name_of(a), name_of(b));
  verdict.next = {"coldstart steps best STUDY, with trials of the new configuration"};
  return verdict;
}

}  // namespace coldstart::plan
