#include "coldstart/model/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "coldstart/core/error.h"

namespace coldstart::model {

Sampler::Sampler(const SamplerOptions& options)
    : options_(options), rng_(options.seed, Stream::sampling) {
  const auto refuse = [](const char* name, auto value, const char* expected) {
    throw ConfigError(
        "sample", fmt::format("{} out of range; got {}, expected {}", name, value, expected), "");
  };
  if (!(options.temperature >= 0) || !std::isfinite(options.temperature)) {
    refuse("temperature", options.temperature, "a number >= 0");
  }
  if (options.top_k < 0) refuse("top-k", options.top_k, "0 (no limit) or more");
  if (!(options.top_p > 0 && options.top_p <= 1))
    refuse("top-p", options.top_p, "a number in (0, 1]");
}

int32_t Sampler::sample(std::span<const float> logits) {
  const auto larger = [&](int32_t a, int32_t b) {
    const float za = logits[static_cast<size_t>(a)], zb = logits[static_cast<size_t>(b)];
    return za > zb || (za == zb && a < b);
  };
  order_.resize(logits.size());
  std::iota(order_.begin(), order_.end(), 0);
  if (options_.temperature == 0) return *std::min_element(order_.begin(), order_.end(), larger);

  const bool limited = options_.top_k > 0 && options_.top_k < std::ssize(order_);
  const auto kept = limited ? static_cast<size_t>(options_.top_k) : order_.size();
  std::partial_sort(order_.begin(), order_.begin() + static_cast<int64_t>(kept), order_.end(),
                    larger);
  order_.resize(kept);

  const double largest = logits[static_cast<size_t>(order_[0])];
  probability_.resize(kept);
  double total = 0;
  for (size_t i = 0; i < kept; ++i) {
    const double z = logits[static_cast<size_t>(order_[i])];
    total += probability_[i] = std::exp((z - largest) / options_.temperature);
  }
  double cut = 0;
  size_t nucleus = 0;
  while (nucleus < kept && cut < options_.top_p * total) cut += probability_[nucleus++];

  double left = rng_.uniform(drawn_++) * cut;
  for (size_t i = 0; i + 1 < nucleus; ++i) {
    left -= probability_[i];
    if (left < 0) return order_[i];
  }
  return order_[nucleus - 1];
}

}  // namespace coldstart::model
