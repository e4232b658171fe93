#include "coldstart/study/noise_study.h"

#include <fmt/format.h>

#include "coldstart/core/error.h"

namespace coldstart::study {

Spec noise_spec(const std::string& config, int64_t n) {
  if (n < 2 || n > 1000)
    throw ConfigError("--n", fmt::format("{} reruns tell nothing of their noise", n),
                      "expected 2 to 1000; 5 is usual");
  Spec spec;
  spec.goal =
      fmt::format("how far do {} runs of {} lie apart that differ in their seed only?", n, config);
  spec.config = config;
  spec.points = 1;
  spec.seeds.clear();
  for (int64_t seed = 1; seed <= n; ++seed) spec.seeds.push_back(seed);
  return spec;
}

plan::Noise noise_of_rows(const StudyDirectory& study, const std::vector<TrialRow>& rows) {
  const Spec& spec = study.spec();
  if (spec.sigma > 0) {
    plan::Study stated;
    stated.sigma = spec.sigma;
    stated.sigma_n = spec.sigma_n;
    return plan::study_noise(stated);
  }
  std::vector<std::vector<double>> points(rows.size() / spec.seeds.size());
  for (const TrialRow& row : rows) {
    if (row.state != State::finished || !row.best) continue;
    const auto point = static_cast<size_t>(study.plan(row.index).point);
    points.at(point).push_back(spec.maximised ? -*row.best : *row.best);
  }
  return plan::noise_of_points(std::move(points));
}

plan::Noise measured_noise(const std::filesystem::path& path, const std::string& metric,
                           int64_t max_steps) {
  const StudyDirectory study = StudyDirectory::open(path);
  const Spec& spec = study.spec();
  const std::string where = fmt::format("noise of '{}'", path.string());
  if (!metric.empty() && spec.metric != metric)
    throw ConfigError(where, fmt::format("it is that of '{}', expected '{}'", spec.metric, metric),
                      "noise is of one metric: measure this one");
  if (max_steps > 0 && spec.max_steps != max_steps)
    throw ConfigError(
        where, fmt::format("it was measured over {} steps, expected {}", spec.max_steps, max_steps),
        "noise does not carry over to another length: measure it at this one");
  const Store store = Store::snapshot(study);
  const plan::Noise noise = noise_of_rows(study, store.rows());
  if (!noise.known())
    throw DataError(where, "no point of the study has two finished seeds",
                    "finish it with: coldstart study run, or give it more seeds");
  return noise;
}

std::string noise_line(const plan::Noise& noise) {
  if (!noise.known())
    return "noise between seeds: not known; run points with several seeds (seeds = 3), or measure "
           "it with `coldstart noise`";
  if (noise.n < 2) return fmt::format("noise between seeds: sigma {:.4g}, as stated", noise.sigma);
  return fmt::format("noise between seeds: sigma {:.4g} ({} degrees of freedom)", noise.sigma,
                     noise.n - 1);
}

}  // namespace coldstart::study
