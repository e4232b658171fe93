#include "coldstart/train/variance_sources.h"

#include <fmt/format.h>

#include <algorithm>

namespace coldstart::train {

std::vector<VarianceSource> variance_sources(const RunConfig& config) {
  const RegularizeOptions& o = config.regularize;
  std::vector<VarianceSource> sources = {
      {.option = "train.batch_tokens",
       .strength = static_cast<double>(config.train.batch_tokens),
       .less_is_more = true,
       .meaning = "tokens that a step's gradient is the mean of"}};
  const auto add = [&](const char* option, double strength, const char* meaning) {
    if (strength > 0)
      sources.push_back({.option = option, .strength = strength, .meaning = meaning});
  };
  add("regularize.dropout", o.dropout, "every sequence goes through another part of the network");
  add("regularize.attention_dropout", o.attention_dropout,
      "every sequence attends through another mask");
  add("regularize.label_smoothing", o.label_smoothing,
      "targets spread over the vocabulary: another loss is minimised");
  add("regularize.random_tokens", o.random_tokens, "input tokens replaced by others");
  add("regularize.masked_tokens", o.masked_tokens, "input tokens masked");
  return sources;
}

std::string describe(const std::vector<VarianceSource>& sources) {
  std::string text;
  for (const VarianceSource& source : sources)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", source.option, source.strength);
  return text;
}

std::vector<std::string> raised_variance(const std::vector<VarianceSource>& from,
                                         const std::vector<VarianceSource>& to) {
  std::vector<std::string> lines;
  for (const VarianceSource& source : to) {
    const auto same = std::ranges::find(from, source.option, &VarianceSource::option);
    const double before = same == from.end() ? 0 : same->strength;
    const bool raised = source.less_is_more ? source.strength < before : source.strength > before;
    if (raised) lines.push_back(fmt::format("{} {} -> {}", source.option, before, source.strength));
  }
  return lines;
}

}  // namespace coldstart::train
