#include "coldstart/study/lr_study.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/text.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr const char* kRate = "optimizer.lr";

Values point_of(double rate) { return {{kRate, fmt::format("{:.6g}", rate)}}; }

bool same_rate(double a, double b) { return std::abs(std::log(a / b)) < 1e-4; }

Spec spec_of(const LrStudy& wanted) {
  Axis axis;
  axis.param.name = kRate;
  axis.param.kind = plan::Kind::base_lr;
  axis.param.role = plan::Role::nuisance;
  axis.param.scale = plan::Scale::log;
  axis.param.lo = *std::ranges::min_element(wanted.rates);
  axis.param.hi = *std::ranges::max_element(wanted.rates);
  if (axis.param.lo == axis.param.hi) axis.param.hi *= kRateRatio;
  Spec spec;
  spec.goal = wanted.goal;
  spec.max_steps = wanted.steps;
  spec.sampler = SamplerKind::list;
  spec.space = {axis};
  for (const double rate : wanted.rates) spec.list.push_back(point_of(rate));
  spec.seeds.clear();
  for (int64_t seed = 1; seed <= wanted.seeds; ++seed) spec.seeds.push_back(seed);
  return spec;
}

StudyDirectory make(const fs::path& directory, const LrStudy& wanted, train::RunConfig base) {
  Spec spec = spec_of(wanted);
  make_directories(directory);
  const fs::path file = fs::absolute(directory / "from.toml");
  write_file_atomic(file, train::to_toml(std::move(base)));
  spec.config = file.string();
  return StudyDirectory::create(directory, spec, fs::current_path());
}

void require_same(const StudyDirectory& study, const LrStudy& wanted, train::RunConfig base) {
  train::RunConfig stored = *study.base();
  auto changes = differences(stored.fields(), base.fields());
  if (study.spec().max_steps != wanted.steps)
    changes.push_back(fmt::format("steps: {} -> {}", study.spec().max_steps, wanted.steps));
  if (std::ssize(study.spec().seeds) != wanted.seeds)
    changes.push_back(fmt::format("seeds: {} -> {}", study.spec().seeds.size(), wanted.seeds));
  if (changes.empty()) return;
  throw ConfigError(study.path().string(),
                    fmt::format("holds a study of another set-up ({})", fmt::join(changes, "; ")),
                    "choose another directory with -o, or remove this one");
}

}  // namespace

RateRange parse_rates(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    const double lo = parse_double(text.substr(0, colon)).value_or(NAN);
    const double hi = parse_double(text.substr(colon + 1)).value_or(NAN);
    if (lo > 0 && hi > lo && std::isfinite(hi)) return {lo, hi};
  }
  throw ConfigError("--lr", fmt::format("'{}' is no range of learning rates", text),
                    "expected LOW:HIGH, such as 1e-4:3e-2");
}

std::vector<double> rates_in(const RateRange& range, double ratio) {
  std::vector<double> rates;
  for (double rate = range.lo; rate <= range.hi * 1.001; rate *= ratio)
    rates.push_back(parse_double(fmt::format("{:.6g}", rate)).value_or(rate));
  return rates;
}

int64_t steps_of(const train::RunConfig& config) {
  const Length& steps = config.train.steps;
  if (steps.is_share() || steps.is_data())
    throw ConfigError("train.steps", fmt::format("got '{}', which is no number", steps.text()),
                      "give the steps: --set steps=1000");
  return steps.steps_of({}, "train.steps");
}

StudyDirectory open_lr_study(const fs::path& directory, const LrStudy& wanted) {
  COLDSTART_CHECK(!wanted.rates.empty() && wanted.steps > 0, "no rates or no steps");
  train::RunConfig base = wanted.base;
  base.train.out.clear();
  if (fs::exists(base.data.path))
    base.data.path = fs::absolute(base.data.path).lexically_normal().string();
  if (!StudyDirectory::holds_study(directory)) return make(directory, wanted, base);
  auto study = StudyDirectory::open(directory);
  if (!study.spec().built_in() || study.spec().sampler != SamplerKind::list)
    throw ConfigError(directory.string(), "holds another kind of study",
                      "choose another directory with -o");
  require_same(study, wanted, base);
  const std::vector<double> known = rates_of(study);
  std::vector<Values> missing;
  for (const double rate : wanted.rates)
    if (std::ranges::none_of(known, [&](double other) { return same_rate(rate, other); }))
      missing.push_back(point_of(rate));
  if (!missing.empty()) study.append(missing);
  return study;
}

std::vector<double> rates_of(const StudyDirectory& study) {
  std::vector<double> rates;
  for (const Values& values : study.spec().list)
    if (const auto found = values.find(kRate); found != values.end())
      rates.push_back(parse_double(found->second).value_or(NAN));
  return rates;
}

}  // namespace coldstart::study
