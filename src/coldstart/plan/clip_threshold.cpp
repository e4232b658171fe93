#include "coldstart/plan/clip_threshold.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/quantile.h"

namespace coldstart::plan {

namespace {

constexpr std::array kShares = {0.90, 0.75, 0.50};
constexpr double kExtreme = 0.5;  // of the updates clipped
constexpr size_t kFewest = 10;

std::vector<double> sorted_norms(std::span<const double> grad_norms) {
  std::vector<double> norms;
  for (const double norm : grad_norms)
    if (std::isfinite(norm) && norm >= 0) norms.push_back(norm);
  if (norms.size() < kFewest)
    throw DataError("gradient norms",
                    fmt::format("got {}, expected {} or more", norms.size(), kFewest),
                    "record grad_norm (before clipping) at every step");
  std::ranges::sort(norms);
  return norms;
}

}  // namespace

double clip_threshold(std::span<const double> grad_norms, double share) {
  return quantile(sorted_norms(grad_norms), share);
}

double clipped_share(const StepSeries& steps) {
  if (steps.clipped.empty()) return 0;
  const auto clipped = std::ranges::count(steps.clipped, uint8_t{1});
  return static_cast<double>(clipped) / static_cast<double>(steps.clipped.size());
}

std::vector<NormBin> norm_histogram(std::span<const double> grad_norms) {
  constexpr size_t kBins = 20;
  std::vector<double> norms = sorted_norms(grad_norms);
  std::erase(norms, 0.0);
  if (norms.empty()) return {};
  const double lo = std::log(norms.front()), hi = std::log(norms.back());
  if (lo == hi) return {{norms.front(), norms.back(), std::ssize(norms)}};
  const double width = (hi - lo) / kBins;
  std::vector<NormBin> bins;
  for (size_t i = 0; i < kBins; ++i)
    bins.push_back({std::exp(lo + width * static_cast<double>(i)),
                    std::exp(lo + width * static_cast<double>(i + 1))});
  for (const double norm : norms)
    ++bins[std::min(kBins - 1, static_cast<size_t>((std::log(norm) - lo) / width))].count;
  return bins;
}

ClipAdvice next_clip(std::span<const double> grad_norms, const std::vector<ClipProbe>& probes) {
  ClipAdvice advice{.verdict = {.rule = "GC-03", .label = "KEEP", .text = {}}};
  Verdict& verdict = advice.verdict;
  const ClipProbe last = probes.empty() ? ClipProbe{} : probes.back();
  const auto lower_lr = [&](std::string text) {
    verdict.rule = "GC-04";
    verdict.label = "LOWER_LR";
    verdict.standing = Standing::unstable;
    verdict.text = std::move(text);
    verdict.next = {"try half the learning rate"};
  };
  verdict.evidence = {{.id = "clipped",
                       .what = "share of the updates clipped",
                       .value = {.mid = last.clipped},
                       .threshold = kExtreme,
                       .basis = Basis::playbook}};
  if (last.clipped > kExtreme) {
    lower_lr(
        fmt::format("{:.0f} % of the updates are clipped: that is a lower learning rate in "
                    "disguise. Lower the rate itself.",
                    100 * last.clipped));
    return advice;
  }
  if (!probes.empty() && !last.unstable) {
    verdict.text = last.share >= 1 ? "Training is stable without clipping."
                                   : fmt::format(
                                         "Training is stable at the threshold {:.4g} (the "
                                         "{:.0f}th percentile).",
                                         clip_threshold(grad_norms, last.share), 100 * last.share);
    return advice;
  }
  const auto next = std::ranges::find_if(kShares, [&](double share) { return share < last.share; });
  if (next == kShares.end()) {
    lower_lr("Clipping at the median norm does not make training stable.");
    return advice;
  }
  advice.share = *next;
  const double threshold = clip_threshold(grad_norms, *next);
  verdict.text = fmt::format("Try the threshold {:.4g}, the {:.0f}th percentile of {} norms.",
                             threshold, 100 * *next, grad_norms.size());
  verdict.next = {fmt::format("--grad-clip {:.4g}", threshold)};
  return advice;
}

}  // namespace coldstart::plan
