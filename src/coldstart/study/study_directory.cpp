#include "coldstart/study/study_directory.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/text.h"
#include "coldstart/study/axis_values.h"
#include "coldstart/study/built_in.h"
#include "coldstart/study/command.h"
#include "coldstart/study/noise_study.h"
#include "coldstart/study/trial_files.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr const char* kBaseFile = "base.toml";

}  // namespace

StudyDirectory::StudyDirectory(fs::path path, Spec spec)
    : path_(std::move(path)),
      spec_(std::make_unique<Spec>(std::move(spec))),
      sampler_(make_sampler(*spec_)) {}

StudyDirectory StudyDirectory::create(const fs::path& path, const Spec& given,
                                      const fs::path& spec_directory) {
  if (holds_study(path))
    throw ConfigError("study new", fmt::format("'{}' already holds a study", path.string()),
                      "run it with: coldstart study run, or choose another directory with -o");
  if (fs::exists(path / "trials"))
    throw ConfigError("study new", fmt::format("'{}' holds trials of another study", path.string()),
                      "choose another directory with -o");
  Spec spec = given;
  std::optional<train::RunConfig> base;
  if (spec.built_in()) {
    base = base_config(spec, spec_directory);
    fit_to_trainer(spec, *base);
    // A study may be run from anywhere.
    if (const fs::path data = spec_directory / base->data.path; fs::exists(data))
      base->data.path = fs::absolute(data).lexically_normal().string();
    spec.config = kBaseFile;
    spec.set.clear();
  } else {
    make_paths_absolute(spec.command, spec_directory);
    check_command(spec);
  }
  if (!spec.noise.empty()) {
    const plan::Noise noise =
        measured_noise(spec_directory / spec.noise, spec.metric, spec.max_steps);
    spec.sigma = noise.sigma;
    spec.sigma_n = noise.n;
    spec.noise.clear();
  }
  StudyDirectory study(path, std::move(spec));
  if (base) {
    // Points that cannot be said in the configuration end here, not in the middle of the study.
    for (int64_t i = 0; i < study.trials(); i += std::ssize(study.spec().seeds))
      trial_config(study.spec(), *base, study.plan(i).values, study.spec().seeds.front());
  }
  make_directories(path / "trials");
  if (base) write_file_atomic(path / kBaseFile, train::to_toml(*base));
  study.base_ = std::move(base);
  write_file_atomic(study_file(path), to_toml(study.spec()));  // last: now it is a study
  return study;
}

StudyDirectory StudyDirectory::open(const fs::path& path) {
  if (!holds_study(path))
    throw ConfigError("study",
                      fmt::format("'{}' holds no study (it has no study.toml)", path.string()),
                      "make one with: coldstart study new SPEC.toml");
  const std::string file = study_file(path).string();
  StudyDirectory study(path, parse_spec(read_file(file), file));
  if (study.spec().built_in()) {
    study.base_ = base_config(study.spec(), path);
  }
  return study;
}

bool StudyDirectory::holds_study(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(study_file(path), ignored);
}

std::string StudyDirectory::name() const {
  const fs::path whole = fs::absolute(path_).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

fs::path StudyDirectory::trial(int64_t index) const { return trial_directory(path_, index); }

int64_t StudyDirectory::trials() const { return sampler_->size() * std::ssize(spec_->seeds); }

TrialPlan StudyDirectory::plan(int64_t index) const {
  const int64_t seeds = std::ssize(spec_->seeds);
  COLDSTART_CHECK(index >= 0 && index < trials(), "no trial {}", index);
  const int64_t point = index / seeds;
  return {.index = index,
          .point = point,
          .seed = spec_->seeds[static_cast<size_t>(index % seeds)],
          .values = sampler_->point(point)};
}

void StudyDirectory::annotate(const std::string& notes) {
  spec_->notes = notes;
  write_file_atomic(study_file(path_), to_toml(*spec_));
}

void StudyDirectory::append(const std::vector<Values>& points) {
  const bool drawn = spec_->sampler == SamplerKind::halton || spec_->sampler == SamplerKind::random;
  if (drawn)
    throw ConfigError("study", "points that are drawn do not take others between them",
                      "let the study grow with: coldstart study run --points");
  Spec longer = *spec_;
  longer.sampler = SamplerKind::list;
  longer.list.clear();
  for (int64_t i = 0; i < sampler_->size(); ++i) longer.list.push_back(sampler_->point(i));
  for (const Values& values : points) {
    if (std::ranges::find(longer.list, values) != longer.list.end())
      throw ConfigError("study", "a point is added that is there already",
                        "more seeds of it need a study of their own");
    if (base_) trial_config(longer, *base_, values, longer.seeds.front());
    longer.list.push_back(values);
  }
  for (Axis& axis : longer.space) {
    axis.levels = 0;
    if (axis.param.scale == plan::Scale::choice) continue;
    for (const Values& values : longer.list) {
      const auto value = values.find(axis.param.name);
      const auto number = value == values.end() ? std::nullopt : parse_double(value->second);
      if (!number || !is_active(axis.param, values)) continue;
      axis.param.lo = std::min(axis.param.lo, *number);
      axis.param.hi = std::max(axis.param.hi, *number);
    }
  }
  write_file_atomic(study_file(path_), to_toml(longer));
  *spec_ = std::move(longer);
  sampler_ = make_sampler(*spec_);
}

void StudyDirectory::extend(int64_t points) {
  const bool drawn = spec_->sampler == SamplerKind::halton || spec_->sampler == SamplerKind::random;
  if (!drawn || points < spec_->points)
    throw ConfigError(
        "--points",
        drawn
            ? fmt::format("the study has {} points; got {}", spec_->points, points)
            : fmt::format("the points of a {} are in its specification", enum_name(spec_->sampler)),
        drawn ? "a study grows; start a new one for fewer points" : "edit study.toml");
  spec_->points = points;
  write_file_atomic(study_file(path_), to_toml(*spec_));
}

}  // namespace coldstart::study
