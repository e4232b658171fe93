#include "app/noise_flags.h"

#include <filesystem>
#include <optional>

#include "coldstart/study/noise_study.h"

namespace coldstart::app {

namespace fs = std::filesystem;

namespace {

// The study that a path is, or is a trial of.
std::optional<fs::path> study_of(const fs::path& path) {
  if (study::StudyDirectory::holds_study(path)) return path;
  const fs::path whole = fs::absolute(path).lexically_normal();
  const fs::path trial = whole.has_filename() ? whole : whole.parent_path();
  const fs::path above = trial.parent_path().parent_path();
  if (trial.parent_path().filename() == "trials" && study::StudyDirectory::holds_study(above))
    return above;
  return std::nullopt;
}

}  // namespace

void NoiseFlags::add_to(CLI::App& verb) {
  CLI::Option* given =
      verb.add_option("--sigma", sigma, "standard deviation of the loss between seeds, nats")
          ->check(CLI::NonNegativeNumber);
  verb.add_option("--sigma-n", sigma_n, "reruns that --sigma is from")
      ->check(CLI::NonNegativeNumber)
      ->needs(given);
  verb.add_option("--noise", study, "a study that has measured it, as coldstart noise makes one")
      ->excludes(given);
}

plan::Noise NoiseFlags::noise_of(const std::vector<std::string>& paths, int64_t max_steps) const {
  if (sigma > 0) return {.sigma = sigma, .interval = {}, .n = sigma_n};
  if (!study.empty()) return study::measured_noise(study, "", max_steps);
  std::optional<fs::path> own;
  for (const std::string& path : paths) {
    const auto found = study_of(path);
    std::error_code error;
    if (!found || (own && !fs::equivalent(*own, *found, error))) return {};
    own = found;
  }
  if (!own) return {};
  const auto directory = study::StudyDirectory::open(*own);
  return study::noise_of_rows(directory, study::Store::snapshot(directory).rows());
}

}  // namespace coldstart::app
