#include "coldstart/metrics/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/quantile.h"
#include "coldstart/metrics/causes.h"

namespace coldstart::metrics {

namespace {
constexpr size_t kSentences = 2;
}  // namespace

std::vector<Finding> diagnose(std::span<const RecordedStep> steps, const DiagnosedRun& run) {
  const RecordedSeries recorded(steps);
  std::vector<Finding> findings;
  for (const Cause& cause : causes()) {
    if (auto finding = cause.look(recorded, run)) findings.push_back(std::move(*finding));
  }
  return findings;
}

double worst_recorded(std::span<const RecordedStep> steps, const std::string& measure,
                      const std::string& series) {
  std::vector<double> values;
  for (const RecordedStep& step : steps)
    for (const auto& [name, value] : step.values)
      if (name == series) values.push_back(value);
  if (values.empty()) return NAN;
  return measure == "momentum_cancellation" ? upper_median(values)
                                            : *std::ranges::max_element(values);
}

std::string diagnosis_text(std::span<const Finding> findings) {
  std::string text;
  for (const Finding& finding : findings.first(std::min(findings.size(), kSentences)))
    text += (text.empty() ? "" : " ") + finding.sentence;
  return text;
}

std::string expected_ranges_table() {
  std::string table =
      "| measure | expected | source of the range | what addresses it |\n|---|---|---|---|\n";
  for (const Cause& cause : causes())
    table += fmt::format("| `{}` | {} | {} | {} |\n", cause.measure, cause.expected, cause.source,
                         cause.remedy);
  return table;
}

}  // namespace coldstart::metrics
