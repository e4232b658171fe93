#include "coldstart/plan/adopt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/plan/best_of_n.h"
#include "coldstart/plan/distributions.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

constexpr double kReject = 0.5;  // probability of being better
constexpr size_t kPairs = 5, kPairsWithoutSigma = 3;

bool uses_pairs(const Adoption& a) {
  const size_t n = a.candidate_results.size();
  return a.paired && n == a.baseline_results.size() &&
         n >= (a.sigma > 0 && a.same_family ? kPairs : kPairsWithoutSigma);
}

}  // namespace

Gain gain_of(const std::vector<double>& baseline, const std::vector<double>& candidate,
             double sigma, int64_t sigma_n) {
  Gain gain;
  gain.interval.mid = mean(baseline) - mean(candidate);
  if (!(sigma > 0)) return gain;
  gain.noise_known = true;
  const double se = sigma * std::sqrt(1 / static_cast<double>(baseline.size()) +
                                      1 / static_cast<double>(candidate.size()));
  const double width = sigma_n >= 2 ? student_t_quantile(0.975, static_cast<double>(sigma_n - 1))
                                    : normal_quantile(0.975);
  gain.interval.lo = gain.interval.mid - width * se;
  gain.interval.hi = gain.interval.mid + width * se;
  gain.probability = normal_cdf(gain.interval.mid / se);
  return gain;
}

Gain paired_gain(const std::vector<double>& baseline, const std::vector<double>& candidate) {
  COLDSTART_CHECK(baseline.size() == candidate.size() && baseline.size() >= 2, "{} and {} results",
                  baseline.size(), candidate.size());
  std::vector<double> gains;
  for (size_t i = 0; i < baseline.size(); ++i) gains.push_back(baseline[i] - candidate[i]);
  const auto n = static_cast<double>(gains.size());
  const double mid = mean(gains), se = std::sqrt(variance(gains) / n);
  const double width = student_t_quantile(0.975, n - 1) * se;
  Gain gain{.interval = {mid - width, mid, mid + width}, .noise_known = true};
  gain.probability = se > 0 ? student_t_cdf(mid / se, n - 1) : (mid > 0 ? 1.0 : 0.0);
  return gain;
}

Verdict adopt(const Adoption& adoption) {
  if (adoption.complexity_note.find_first_not_of(" \t") == std::string::npos)
    throw ConfigError("steps adopt", "a note about the added complexity is missing",
                      "--note \"adds one operation a block\": what it costs to keep this for ever");
  if (adoption.baseline_results.empty() || adoption.candidate_results.empty())
    throw ConfigError("steps adopt", "both sides need a result",
                      "give the baseline's trials and the candidate's");
  Verdict verdict{.rule = "AD-03", .label = "HOLD", .text = {}};
  const bool pairs = uses_pairs(adoption);
  const Gain gain = pairs ? paired_gain(adoption.baseline_results, adoption.candidate_results)
                          : gain_of(adoption.baseline_results, adoption.candidate_results,
                                    adoption.sigma, adoption.sigma_n);
  verdict.evidence = {
      {.id = "gain",
       .what = fmt::format("over the baseline ({} and {} runs{})", adoption.baseline_results.size(),
                           adoption.candidate_results.size(), pairs ? ", paired by seed" : ""),
       .value = gain.interval},
      {.id = "P(better)",
       .what = "that it is better",
       .value = {.mid = gain.probability},
       .threshold = adoption.wanted}};
  verdict.would_change = {"more runs of either side", "a simpler way to the same gain"};
  const std::string note = fmt::format(" Complexity: {}.", adoption.complexity_note);
  if (adoption.intervention) {
    verdict.rule = "SC-02";
    verdict.label = "REJECT";
    verdict.standing = Standing::refused;
    verdict.text = fmt::format("{}'s learning rate was changed by hand; it cannot be adopted.",
                               adoption.candidate);
    return verdict;
  }
  if (!gain.noise_known || (!pairs && !adoption.same_family)) {
    verdict.rule = "AD-02";
    verdict.standing = Standing::insufficient;
    verdict.tags = {"noise unknown"};
    verdict.text = fmt::format(
        "{} is {} by {:.4g}, but the noise between seeds of such "
        "configurations is not known.{}",
        adoption.candidate, gain.interval.mid > 0 ? "better" : "not better",
        std::abs(gain.interval.mid), note);
    verdict.next = {"coldstart noise CONFIG --n 5, then this with --noise DIRECTORY"};
    return verdict;
  }
  verdict.text = fmt::format(
      "{} {} {:.4g} [{:.4g}, {:.4g}]; it is better with probability {:.2f}.{}", adoption.candidate,
      gain.interval.mid >= 0 ? "gains" : "loses", std::abs(gain.interval.mid), gain.interval.lo,
      gain.interval.hi, gain.probability, note);
  if (gain.probability >= adoption.wanted)
    verdict.label = "ADOPT";
  else if (gain.probability < kReject)
    verdict.label = "REJECT";
  if (verdict.label == "HOLD") verdict.next = {"run the candidate with other seeds"};
  if (verdict.label != "ADOPT") verdict.standing = Standing::refused;
  return verdict;
}

Verdict variation_verdict(std::vector<double> results, double sigma_trial) {
  std::erase_if(results, [](double result) { return !std::isfinite(result); });
  std::ranges::sort(results);
  Verdict verdict{.rule = "AD-01", .label = "NOISE", .text = {}};
  if (results.size() < 5) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = fmt::format("{} results are too few to say how a repeated search would vary.",
                               results.size());
    return verdict;
  }
  const Interval study = best_of(results, std::ssize(results));
  verdict.evidence = {
      {.id = "trial",
       .what = "standard deviation between seeds",
       .value = {.mid = sigma_trial > 0 ? sigma_trial : NAN}},
      {.id = "study",
       .what = fmt::format("best of {} trials, over repeated searches", results.size()),
       .value = study},
      {.id = "data", .what = "another sample of data: not measured here"}};
  verdict.text = fmt::format("A repeated search of {} trials would end between {:.5g} and {:.5g}.",
                             results.size(), study.lo, study.hi);
  return verdict;
}

}  // namespace coldstart::plan
