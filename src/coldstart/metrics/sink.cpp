#include "coldstart/metrics/sink.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace coldstart::metrics {

double seven_digits(double value) {
  if (!std::isfinite(value)) return value;
  fmt::memory_buffer text;
  fmt::format_to(std::back_inserter(text), "{:.7g}", value);
  double rounded = value;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

void MetricSink::begin(std::string metric, const LevelSet& levels) {
  metric_ = std::move(metric);
  levels_ = levels;
}

void MetricSink::put(std::string_view part, std::string_view where, std::optional<double> value) {
  if (!value || std::isnan(*value)) return;
  values_.emplace_back(fmt::format("{}{}/{}", metric_, part, where), seven_digits(*value));
}

void MetricSink::put_rows(std::string_view part, size_t param,
                          std::span<const std::optional<double>> values) {
  std::vector<double> known;
  for (const std::optional<double>& value : values) {
    if (value && !std::isnan(*value)) known.push_back(*value);
  }
  if (known.empty()) return;
  FiveNumbers numbers = five_numbers(known);
  for (double& number : numbers) number = seven_digits(number);
  values_.emplace_back(fmt::format("{}{}/rows/{}", metric_, part, layout_.params[param].name),
                       numbers);
}

void MetricSink::put_tensors(std::string_view part, std::span<const std::optional<double>> values,
                             Combine combine) {
  const auto combined = [&](const Group& group) -> std::optional<double> {
    double sum = 0, count = 0;
    for (const size_t param : group.params) {
      if (!values[param]) continue;
      sum += combine == Combine::rms ? *values[param] * *values[param] : *values[param];
      ++count;
    }
    if (count == 0) return std::nullopt;
    return combine == Combine::rms ? std::sqrt(sum / count) : sum / count;
  };
  if (wants(Level::model)) put(part, "model", combined(layout_.model));
  if (wants(Level::role)) {
    for (const Group& role : layout_.roles) put(part, role.where, combined(role));
  }
  if (!wants(Level::tensor)) return;
  for (size_t i = 0; i < values.size(); ++i) put(part, layout_.params[i].name, values[i]);
}

std::vector<NamedValue> MetricSink::take() { return std::exchange(values_, {}); }

}  // namespace coldstart::metrics
