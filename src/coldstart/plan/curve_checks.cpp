#include "coldstart/plan/curve_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "coldstart/plan/isolation.h"
#include "coldstart/plan/noise.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/periodicity.h"
#include "coldstart/plan/series.h"
#include "coldstart/plan/spikes.h"

namespace coldstart::plan {

namespace {

constexpr size_t kBlocks = 20, kRisingBlocks = 3;
constexpr double kRisingSigmas = 3;
constexpr double kLateShare = 0.2;

bool asks_about_regularisation(const Study& study) {
  return std::ranges::any_of(study.space, [](const HParam& hparam) {
    return hparam.role == Role::scientific &&
           (hparam.kind == Kind::dropout || hparam.kind == Kind::weight_decay ||
            hparam.kind == Kind::augmentation);
  });
}

struct Block {
  double level = 0, se = 0;
  int64_t first = 0;
};

std::vector<Block> blocks_of(const Curve& curve) {
  std::vector<Block> blocks;
  const size_t each = curve.size() / kBlocks;
  for (size_t i = 0; i < kBlocks; ++i) {
    const auto values = std::span(curve.value).subspan(i * each, each);
    // Neighbours are alike: taken as a third as many independent values (ours).
    blocks.push_back({mean(values), std::sqrt(3 * variance(values) / static_cast<double>(each)),
                      curve.step[i * each]});
  }
  return blocks;
}

}  // namespace

std::optional<CurveFinding> irregular_evaluations(const Trial& trial) {
  const auto& step = trial.evals.step;
  if (step.size() < 4) return std::nullopt;
  std::vector<double> gaps;
  for (size_t i = 1; i < step.size(); ++i)
    gaps.push_back(static_cast<double>(step[i] - step[i - 1]));
  gaps.pop_back();  // the last evaluation is where the run ends
  const double usual = median_of(gaps);
  const auto odd = std::ranges::count_if(
      gaps, [&](double gap) { return std::abs(gap - usual) > 0.01 * usual + 0.5; });
  if (odd * 10 <= std::ssize(gaps)) return std::nullopt;
  return CurveFinding{
      "W-EVAL-IRREGULAR",
      fmt::format("{}: {} of {} intervals between evaluations are not the usual {:.0f} "
                  "steps; evaluate by steps, not by the clock",
                  name_of(trial), odd, gaps.size(), usual),
      {}};
}

std::optional<CurveFinding> periodic_validation(const Trial& trial) {
  const Curve val = val_curve(trial);
  const double epoch = trial.unique_tokens > 0 && trial.conditions.batch_tokens > 0
                           ? static_cast<double>(trial.unique_tokens) /
                                 static_cast<double>(trial.conditions.batch_tokens)
                           : 0;
  const auto found = find_periodicity(val, epoch);
  if (!found) return std::nullopt;
  return CurveFinding{
      "W-PERIODIC",
      fmt::format("{}: the validation loss swings by {:.3g} with a period of {:.0f} "
                  "steps{}: do training and validation data overlap, or is the "
                  "training data not shuffled?",
                  name_of(trial), found->amplitude, found->period, epoch > 0 ? " (an epoch)" : ""),
      {}};
}

std::optional<CurveFinding> rising_training(const Trial& trial) {
  Curve train = train_curve(trial);
  if (train.size() < 2 * kBlocks) train = loss_curve(trial);
  if (train.size() < 2 * kBlocks) return std::nullopt;
  const auto blocks = blocks_of(train);
  size_t low = 0;
  for (size_t i = 1; i < blocks.size(); ++i)
    if (blocks[i].level < blocks[low].level) low = i;
  size_t rising = 0;
  for (size_t i = low + 1; i < blocks.size() && blocks[i].level > blocks[i - 1].level; ++i)
    ++rising;
  const Block &lowest = blocks[low], &last = blocks.back();
  const double rise = last.level - lowest.level;
  const double noise = std::hypot(lowest.se, last.se);
  // A spike that came back ends low; one that did not is told as instability.
  const bool spiked = any_sustained(find_spikes(trial));
  if (rising < kRisingBlocks || rise <= kRisingSigmas * noise || spiked) return std::nullopt;
  return CurveFinding{"W-TRAIN-RISING",
                      fmt::format("{}: the training loss rises by {:.3g} from step {} on; that is "
                                  "usually a fault in the program or the data",
                                  name_of(trial), rise, lowest.first),
                      {}};
}

std::optional<CurveFinding> lucky_step(const Study& study) {
  const auto ranked = ranked_trials(study);
  if (ranked.size() < 2) return std::nullopt;
  const double gap = ranked[1].value - ranked[0].value;
  double scatter = 0;
  for (size_t i = 0; i < 2; ++i) {
    const auto noise = point_noise(val_curve(study.trials[ranked[i].trial]).value, kLateShare);
    if (noise) scatter = std::max(scatter, noise->sd);
  }
  if (scatter <= gap / 2) return std::nullopt;
  return CurveFinding{
      "W-LUCKY-STEP",
      fmt::format("the two best trials differ by {:.3g}, single evaluations scatter "
                  "by {:.3g}: the better one may have had a lucky step. A larger "
                  "batch, more validation data, a decaying rate or averaged weights "
                  "would tell",
                  gap, scatter),
      ranked[0].trial};
}

std::vector<TrialFit> fits_of(const Study& study, double sigma) {
  std::vector<TrialFit> fits(study.trials.size());
  for (const Ranked& ranked : ranked_trials(study)) {
    const Trial& trial = study.trials[ranked.trial];
    TrialFit& fit = fits[ranked.trial];
    fit.overfitting = detect_overfitting(trial, sigma);
    const Curve train = train_curve(trial);
    if (train.size() > 0) fit.train = train.value.back();
  }
  return fits;
}

std::vector<CurveFinding> overfitting_trials(const Study& study,
                                             const std::vector<TrialFit>& fits) {
  std::vector<CurveFinding> findings;
  const auto ranked = ranked_trials(study);
  for (size_t i = 0; i < ranked.size(); ++i) {
    const auto& result = fits[ranked[i].trial].overfitting;
    if (!result || !result->overfits) continue;
    std::string text =
        fmt::format("{}{} overfits: the validation loss rises by {:.3g} after step {}",
                    i == 0 ? "the best trial " : "", name_of(study.trials[ranked[i].trial]),
                    result->rise, result->best_step);
    if (!result->confirmed) text += " (unconfirmed: its training loss is not known)";
    if (i == 0 && !asks_about_regularisation(study))
      text += "; add or tune regularisation and run again before comparing";
    findings.push_back({"CU-02", std::move(text), ranked[i].trial});
  }
  return findings;
}

std::optional<CurveFinding> hobbled(const Study& study, const HParam& hparam,
                                    const std::vector<TrialFit>& fits) {
  constexpr double kShareApart = 0.5;
  const IsolationReport report = isolate(study, hparam, 0);
  if (report.buckets.size() < 2) return std::nullopt;
  const auto best = std::ranges::min_element(
      report.buckets, {}, [](const Bucket& bucket) { return bucket.results.front(); });
  // Of the best bucket, and of all others together.
  struct Level {
    double overfit = 0, count = 0, train = 0;
    bool enough() const { return count >= 2; }
  };
  Level winner, others;
  for (const Bucket& bucket : report.buckets) {
    Level& level = &bucket == &*best ? winner : others;
    for (const size_t trial : bucket.trials) {
      if (!fits[trial].overfitting || std::isnan(fits[trial].train)) continue;
      level.count += 1;
      level.overfit += fits[trial].overfitting->overfits ? 1 : 0;
      level.train += fits[trial].train;
    }
  }
  if (!winner.enough() || !others.enough()) return std::nullopt;
  const double share = winner.overfit / winner.count, other_share = others.overfit / others.count;
  const bool fits_less = winner.train / winner.count > others.train / others.count;
  if (other_share - share < kShareApart || !fits_less) return std::nullopt;
  return CurveFinding{
      "W-HOBBLED",
      fmt::format("{} = {} does best, but fits the training data worse than the others, of which "
                  "{:.0f} % overfit: it may win by hindering training. Regularise the others and "
                  "compare again",
                  hparam.name, best->value, 100 * other_share),
      {}};
}

std::vector<CurveFinding> check_curves(const Study& study, size_t top) {
  const Noise noise = study_noise(study);
  const double sigma = noise.known() ? noise.sigma : 0;
  std::vector<CurveFinding> findings;
  const auto ranked = ranked_trials(study);
  for (size_t i = 0; i < std::min(top, ranked.size()); ++i) {
    const Trial& trial = study.trials[ranked[i].trial];
    for (auto check : {irregular_evaluations, periodic_validation, rising_training}) {
      auto finding = check(trial);
      if (!finding) continue;
      finding->trial = ranked[i].trial;
      findings.push_back(std::move(*finding));
    }
  }
  const auto fits = fits_of(study, sigma);
  std::ranges::move(overfitting_trials(study, fits), std::back_inserter(findings));
  if (auto finding = lucky_step(study)) findings.push_back(std::move(*finding));
  for (const HParam& hparam : study.space) {
    if (hparam.role == Role::fixed || !hparam.parent.empty()) continue;
    if (auto finding = hobbled(study, hparam, fits)) findings.push_back(std::move(*finding));
  }
  return findings;
}

Verdict curves_verdict(const std::vector<CurveFinding>& findings) {
  Verdict verdict{.rule = "CU-01",
                  .label = findings.empty() ? "KEEP" : "NOTE",
                  .text = findings.empty()
                              ? "The curves of the best trials show nothing unusual."
                              : fmt::format("The curves show {} thing{} to look at.",
                                            findings.size(), findings.size() == 1 ? "" : "s")};
  for (const CurveFinding& finding : findings)
    verdict.warnings.push_back(finding.code + ": " + finding.text);
  return verdict;
}

}  // namespace coldstart::plan
