#include "coldstart/train/angle_replay.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <numbers>
#include <optional>
#include <string_view>
#include <utility>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/io/json_lines.h"

namespace coldstart::train {

namespace {

constexpr const char* kOption = "optimizer.rotation_replay";
constexpr const char* kHowToRecord =
    "record the other run with --metrics.granularity model,tensor, which writes the angular_update "
    "of every tensor at every step";

std::filesystem::path records_of(const std::string& run) {
  std::filesystem::path path = run;
  if (std::filesystem::is_directory(path)) path /= "metrics.jsonl";
  if (std::filesystem::is_regular_file(path)) return path;
  throw ConfigError(kOption, fmt::format("there is no file '{}'", path.string()),
                    "name a run directory, or its metrics.jsonl");
}

class Reader {
 public:
  Reader(std::string source, std::span<const ParamSpec> specs, const optim::GroupRules& rules,
         int64_t first_step, int64_t steps)
      : source_(std::move(source)),
        specs_(specs),
        steps_(steps),
        replay_{.first_step = first_step, .params = specs.size(), .angles = {}} {
    constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
    for (size_t i = 0; i < specs.size(); ++i) {
      names_.push_back(specs[i].name);
      index_[specs[i].name] = i;
      rotational_.push_back(optim::group_of(specs[i].role, specs[i].rows > 0, rules) ==
                            optim::Group::rotational);
    }
    for (int64_t step = 0; step < steps; ++step) {
      for (const bool rotational : rotational_)
        replay_.angles.push_back(rotational ? kMissing : 0.0);
    }
  }

  void take(const io::JsonRecord& record) {
    const std::optional<int64_t> step = record.integer("step");
    if (record.text("type") != "metrics" || !step) return;
    const int64_t row = *step - replay_.first_step;
    for (const auto& [key, value] : record.entries()) {
      const auto i = tensor_of(key);
      if (!i || !rotational_[*i] || row < 0 || row >= steps_) continue;
      put(*step, *i, record.number(key));
    }
  }

  AngleReplay finish() && {
    for (size_t i = 0; i < specs_.size(); ++i) {
      for (int64_t row = 0; row < steps_; ++row) {
        if (!std::isnan(angle(row, i))) continue;
        throw DataError(source_,
                        fmt::format("the angle of {} at step {} is missing; {} steps are needed",
                                    specs_[i].name, row + replay_.first_step, steps_),
                        kHowToRecord);
      }
    }
    return std::move(replay_);
  }

 private:
  double& angle(int64_t row, size_t i) {
    return replay_.angles[static_cast<size_t>(row) * specs_.size() + i];
  }

  // Which tensor "angular_update/h.0.mlp.in.weight" is of; nothing for other keys and levels.
  std::optional<size_t> tensor_of(std::string_view key) const {
    constexpr std::string_view kMeasure = "angular_update/";
    if (!key.starts_with(kMeasure)) return std::nullopt;
    key.remove_prefix(kMeasure.size());
    if (key == "model" || key.starts_with("role/") || key.starts_with("rows/")) return std::nullopt;
    const auto found = index_.find(key);
    if (found != index_.end()) return found->second;
    const std::string nearest = nearest_name(key, names_);
    throw DataError(source_, fmt::format("this model has no tensor '{}'", key),
                    nearest.empty() ? "replay the angles of a run of the same model"
                                    : fmt::format("the nearest one is '{}'; replay the angles of a "
                                                  "run of the same model",
                                                  nearest));
  }

  void put(int64_t step, size_t i, std::optional<double> recorded) {
    const std::string& name = specs_[i].name;
    double& place = angle(step - replay_.first_step, i);
    if (!std::isnan(place))
      throw DataError(source_, fmt::format("the angle of {} at step {} is there twice", name, step),
                      "a run writes each step once");
    if (!recorded || !(*recorded >= 0 && *recorded < std::numbers::pi / 2))
      throw DataError(
          source_,
          fmt::format("the angle of {} at step {} is no angle that a step can turn by; "
                      "got {}, expected 0 or more and less than pi/2",
                      name, step, recorded ? fmt::format("{}", *recorded) : "no number"),
          "");
    place = *recorded;
  }

  std::string source_;
  std::span<const ParamSpec> specs_;
  int64_t steps_;
  AngleReplay replay_;
  std::vector<std::string> names_;
  std::map<std::string, size_t, std::less<>> index_;
  std::vector<bool> rotational_;
};

}  // namespace

std::span<const double> AngleReplay::at(int64_t step) const {
  if (params == 0) return {};
  return std::span(angles).subspan(static_cast<size_t>(step - first_step) * params, params);
}

AngleReplay read_angle_replay(const std::string& run, std::span<const ParamSpec> specs,
                              const optim::GroupRules& rules, int64_t first_step, int64_t steps) {
  const std::filesystem::path path = records_of(run);
  Reader reader(path.string(), specs, rules, first_step, steps);
  io::visit_json_lines(path, [&](const io::JsonRecord& record) {
    reader.take(record);
    return true;
  });
  return std::move(reader).finish();
}

}  // namespace coldstart::train
