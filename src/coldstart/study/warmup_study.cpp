#include "coldstart/study/warmup_study.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/study/built_in.h"

namespace coldstart::study {

namespace {

Axis choice(const char* name, plan::Kind kind, const std::vector<std::string>& choices) {
  Axis axis;
  axis.param.name = name;
  axis.param.kind = kind;
  axis.param.role = choices.size() > 1 ? plan::Role::scientific : plan::Role::fixed;
  axis.param.scale = plan::Scale::choice;
  axis.param.choices = choices;
  return axis;
}

RateRange parse_range(const std::string& text) {
  const size_t colon = text.find(':');
  const double lo = parse_double(text.substr(0, colon)).value_or(NAN);
  const double hi =
      colon == std::string::npos ? NAN : parse_double(text.substr(colon + 1)).value_or(NAN);
  if (!(lo > 0 && hi > lo && std::isfinite(hi)))
    throw ConfigError("--lr", fmt::format("'{}' is no range of learning rates", text),
                      "expected LOW:HIGH, such as 1e-4:3e-2");
  return {lo, hi};
}

Axis rate_axis(const RateRange& range, int64_t levels) {
  Axis axis;
  axis.param.name = "optimizer.lr";
  axis.param.kind = plan::Kind::base_lr;
  axis.param.role = plan::Role::nuisance;
  axis.param.scale = plan::Scale::log;
  axis.param.lo = range.lo;
  axis.param.hi = range.hi;
  axis.levels = levels;
  return axis;
}

}  // namespace

void set_rates(WarmupPlan& plan, const std::string& text) {
  plan.own_rates.clear();
  if (text.find('=') == std::string::npos) {
    plan.rates = parse_range(text);
    return;
  }
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const size_t equals = part.find('=');
    const std::string optimizer = part.substr(0, equals);
    if (equals == std::string::npos ||
        std::ranges::find(plan.optimizers, optimizer) == plan.optimizers.end())
      throw ConfigError("--lr", fmt::format("'{}' is not OPTIMIZER=LOW:HIGH", part),
                        fmt::format("the optimizers are {}", fmt::join(plan.optimizers, ", ")));
    plan.own_rates[optimizer] = parse_range(part.substr(equals + 1));
  }
  for (const std::string& optimizer : plan.optimizers)
    if (!plan.own_rates.contains(optimizer))
      throw ConfigError("--lr", fmt::format("no range for {}", optimizer),
                        fmt::format("add {}=LOW:HIGH", optimizer));
}

Spec warmup_spec(const WarmupPlan& plan) {
  if (plan.warmups.size() < 2 || !is_no_warmup(plan.warmups.front()))
    throw ConfigError("--warmups", "expected 0 first, then one or more others",
                      "--warmups 0,2%,5%,10%");
  if (plan.optimizers.empty())
    throw ConfigError("--optimizers", "none is given", "--optimizers adamw,lion_ar");
  if (plan.levels < 3 || plan.seeds < 1)
    throw ConfigError("--levels", "a range needs three rates or more, and one seed or more",
                      "--levels 6 --seeds 3");
  Spec spec;
  spec.goal = "does this set-up need learning-rate warmup?";
  spec.config = plan.config;
  spec.set = {{"metrics.measure", plan.measure}};
  spec.sampler = SamplerKind::grid;
  spec.space = {choice("optimizer.name", plan::Kind::optimizer, plan.optimizers),
                choice("schedule.warmup", plan::Kind::warmup, plan.warmups)};
  if (plan.own_rates.empty()) spec.space.push_back(rate_axis(plan.rates, plan.levels));
  for (const auto& [optimizer, range] : plan.own_rates) {
    spec.space.push_back(rate_axis(range, plan.levels));
    spec.space.back().param.parent = "optimizer.name";
    spec.space.back().param.parent_value = optimizer;
  }
  spec.seeds.clear();
  for (int64_t seed = 1; seed <= plan.seeds; ++seed) spec.seeds.push_back(seed);
  return spec;
}

NoWarmup without_warmup(const StudyDirectory& directory, const WarmupReport& report) {
  const WarmupCell *without = nullptr, *with = nullptr;
  for (const WarmupCell& cell : report.cells) {
    if (std::isnan(cell.loss)) continue;
    const WarmupCell*& best = is_no_warmup(cell.warmup) ? without : with;
    if (!best || cell.loss < best->loss) best = &cell;
  }
  NoWarmup result;
  if (!without) return result;
  result.optimizer = without->optimizer;
  result.lr = without->lr;
  result.loss = without->loss;
  if (with) {
    result.against = fmt::format("{} with warmup {}", with->optimizer, with->warmup);
    result.difference = difference_of(*without, *with, report.degrees);
  }
  for (const OptimizerVerdict& verdict : report.verdicts)
    if (verdict.optimizer == without->optimizer) result.need = verdict.need;
  if (!directory.base()) return result;
  const Values values = {{"optimizer.name", without->optimizer},
                         {"schedule.warmup", without->warmup},
                         {"optimizer.lr", fmt::format("{}", without->lr)}};
  result.config = train::to_toml(
      trial_config(directory.spec(), *directory.base(), values, directory.spec().seeds.front()));
  return result;
}

std::string advice_text(const NoWarmup& best) {
  if (best.optimizer.empty())
    return "what to do: keep a warmup; none of the optimizers trains without\n";
  std::string text =
      fmt::format("what to do: without warmup {} at lr {:.3g} reaches {:.4f} (warmup {} for it)",
                  best.optimizer, best.lr, best.loss, enum_name(best.need));
  if (!best.against.empty()) {
    const plan::Interval& d = best.difference;
    text += fmt::format("; against {} it {} {:.4f}", best.against, d.mid > 0 ? "costs" : "gains",
                        std::abs(d.mid));
    if (std::isfinite(d.lo)) text += fmt::format(" [{:+.4f}, {:+.4f}]", d.lo, d.hi);
  }
  return text + "\n";
}

}  // namespace coldstart::study
