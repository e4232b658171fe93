// A study on disk: study.toml (the specification, with every default said), base.toml (the
// configuration its trials start from; built-in trainer only), trials/, and the derived study.db.
// Test: tests/study/study_directory_test.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "coldstart/study/sampler.h"
#include "coldstart/study/spec.h"
#include "coldstart/train/config.h"

namespace coldstart::study {

// What a trial runs, known before it is launched.
struct TrialPlan {
  int64_t index = 0, point = 0, seed = 0;
  Values values;
};

class StudyDirectory {
 public:
  // A new study from the text of a specification. ConfigError for what is wrong with it, or when
  // the directory holds a study already. spec_directory: what paths in it are relative to.
  static StudyDirectory create(const std::filesystem::path& path, const Spec& spec,
                               const std::filesystem::path& spec_directory);
  // ConfigError when there is none, or one of a newer version.
  static StudyDirectory open(const std::filesystem::path& path);
  static bool holds_study(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::string name() const;  // last part of the path
  const Spec& spec() const { return *spec_; }
  const std::optional<train::RunConfig>& base() const { return base_; }
  std::filesystem::path trial(int64_t index) const;
  std::filesystem::path database() const { return path_ / "study.db"; }

  int64_t trials() const;  // points x seeds
  // Trial i is point i / seeds with seed i % seeds: more points leave the earlier trials as they
  // are.
  TrialPlan plan(int64_t index) const;

  // More points of the same sequence: study.toml is replaced. ConfigError unless the sampler draws
  // points and `points` is at least what the study has.
  void extend(int64_t points);

  // What was learnt, kept in study.toml instead of the notes that are there.
  void annotate(const std::string& notes);

  // These points after those that are there: study.toml becomes a list, and its ranges widen to
  // hold them. ConfigError for points that are drawn, for one that is there, and for a value that
  // the built-in trainer refuses.
  void append(const std::vector<Values>& points);

 private:
  StudyDirectory(std::filesystem::path path, Spec spec);

  std::filesystem::path path_;
  std::unique_ptr<Spec> spec_;  // at a fixed place: the sampler refers to it
  std::unique_ptr<Sampler> sampler_;
  std::optional<train::RunConfig> base_;
};

}  // namespace coldstart::study
