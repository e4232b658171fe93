// The verdict on the length of a study's runs: too long, too short, or to keep. Declared in
// best_step.h.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "coldstart/plan/best_step.h"
#include "coldstart/plan/curve_doubts.h"
#include "coldstart/plan/distributions.h"
#include "coldstart/plan/noise.h"
#include "coldstart/plan/objective.h"
#include "coldstart/plan/series.h"

namespace coldstart::plan {

namespace {

constexpr double kOneSided95 = 1.645;

struct Counts {
  std::array<int64_t, 3> best{}, onset{};
};
Counts count(const std::vector<BestStep>& trials, const BestStepOptions& options) {
  const auto bin = [&](double fraction) -> size_t {
    return fraction <= options.early ? 0 : fraction < options.late ? 1 : 2;
  };
  Counts counts;
  for (const BestStep& trial : trials) {
    ++counts.best[bin(trial.best_fraction)];
    ++counts.onset[bin(trial.onset_fraction)];
  }
  return counts;
}

std::string row(std::string_view name, const std::array<int64_t, 3>& counts,
                const BestStepOptions& options) {
  constexpr int64_t kMostMarks = 40;
  const int64_t most = *std::ranges::max_element(counts);
  const auto marks = [&](int64_t n) {
    const int64_t length = most <= kMostMarks ? n : (n * kMostMarks + most - 1) / most;
    return std::string(static_cast<size_t>(length), '#');
  };
  const double early = 100 * options.early, late = 100 * options.late;
  return fmt::format("{:<10}  0-{:.0f}% |{:<16} {:.0f}-{:.0f}% |{:<16} {:.0f}-100% |{}\n", name,
                     early, marks(counts[0]), early, late, marks(counts[1]), late,
                     marks(counts[2]));
}

// Scatter of one evaluation in the median trial: one curve alone tells it roughly only.
double usual_scatter(const Study& study, const std::vector<Ranked>& ranking) {
  std::vector<double> deviations;
  for (const Ranked& ranked : ranking)
    if (const auto noise =
            point_noise(val_curve(study.trials[ranked.trial]).value, kBestStepNoiseShare))
      deviations.push_back(noise->sd);
  return deviations.empty() ? 0 : median_of(std::move(deviations));
}

// The part of the study that a verdict about its length can use, and what was left out.
struct Selected {
  BestStepReport report;
  int64_t other_length = 0, unfinished = 0, infeasible = 0, few_evals = 0, most_evals = 0;
  bool early_resolution = true;  // each has evaluations enough in the first 10 %
};
Selected select(const Study& study, const BestStepOptions& options) {
  Selected selected;
  selected.report.length = study_length(study);
  const auto early_end = options.early * static_cast<double>(selected.report.length);
  for (const Trial& trial : study.trials) {
    if (!trial.feasible())
      ++selected.infeasible;
    else if (trial.state != TrialState::finished)
      ++selected.unfinished;
    else if (trial_length(trial) != selected.report.length)
      ++selected.other_length;
  }
  const auto ranking = ranked_trials(study);
  const double usual_sd = usual_scatter(study, ranking);
  for (const Ranked& ranked : ranking) {
    const Trial& trial = study.trials[ranked.trial];
    require_one_unit(val_curve(trial), trial);
    const auto best = best_step_of(trial, selected.report.length, options.fewest_evals, usual_sd);
    selected.most_evals = std::max(selected.most_evals, std::ssize(trial.evals.step));
    if (!best) {
      ++selected.few_evals;
      continue;
    }
    const auto early = std::ranges::count_if(
        trial.evals.step, [&](int64_t step) { return static_cast<double>(step) <= early_end; });
    selected.early_resolution &= early >= options.fewest_early_evals;
    selected.report.trials.push_back(*best);
    selected.report.trials.back().trial = ranked.trial;
  }
  return selected;
}

std::string head_of(const Study& study, const Selected& selected) {
  std::string text = fmt::format("{} trials", selected.report.trials.size());
  const auto add = [&](int64_t n, std::string_view what) {
    if (n > 0) text += fmt::format(", {} {}", n, what);
  };
  add(selected.infeasible, "infeasible");
  add(selected.unfinished, "not finished");
  add(selected.other_length, "of another length");
  add(selected.few_evals, "with too few evaluations");
  text += fmt::format(".  T = {}", selected.report.length);
  if (study.production_steps > 0)
    text +=
        fmt::format(" = {:.3g}% of production", 100 * static_cast<double>(selected.report.length) /
                                                    static_cast<double>(study.production_steps));
  return text + ".\n";
}

// Steps to two digits, upwards: 18,333 -> 19,000.
int64_t round_up(double steps) {
  const double unit = std::pow(10, std::max(0.0, std::floor(std::log10(steps)) - 1));
  return static_cast<int64_t>(std::ceil(steps / unit) * unit);
}

int64_t shorter_length(const std::vector<BestStep>& trials, size_t quartile,
                       const BestStepOptions& options) {
  double slowest = 0;
  for (size_t i = 0; i < quartile; ++i)
    slowest = std::max(slowest, static_cast<double>(trials[i].onset) / options.onset_place);
  if (trials.front().gains_after_onset)
    slowest = std::max(slowest, 1.25 * static_cast<double>(trials.front().best));
  return round_up(slowest);
}

void judge_too_long(BestStepReport& report, size_t all_early, size_t quartile,
                    const BestStepOptions& options) {
  Verdict& verdict = report.verdict;
  const size_t n = report.trials.size();
  verdict.rule = "TD-11";
  verdict.label = all_early == n ? "TOO_LONG" : "LEANING_TOO_LONG";
  verdict.text = fmt::format(
      "{} of {} trials have reached their plateau within the first {:.0f} % "
      "of training.",
      all_early, n, 100 * options.early);
  if (all_early < n) {
    verdict.text += " Not all of them: no change is proposed.";
    return;
  }
  report.proposed = std::min(report.length, shorter_length(report.trials, quartile, options));
  verdict.text += fmt::format(
      " {} steps would put the slowest of the good trials at {:.0f} %. The "
      "rate was still near its peak at these steps, so a shorter run needs "
      "its own decay, and may be better for it; confirm with 3 trials "
      "before adopting.",
      report.proposed, 100 * options.onset_place);
}

void judge_late(BestStepReport& report, size_t late, size_t quartile, const Interval& share,
                const BestStepOptions& options) {
  Verdict& verdict = report.verdict;
  verdict.rule = "TD-12";
  verdict.label = "MAYBE_TOO_SHORT";
  verdict.evidence.push_back({.id = "late_share",
                              .what = "share of the best quarter whose best step is late",
                              .value = share,
                              .threshold = options.late_share,
                              .vote = "MAYBE_TOO_SHORT"});
  verdict.text = fmt::format(
      "{} of {} top-quartile trials have their best step in the last {:.0f} "
      "% of training.",
      late, quartile, 100 * (1 - options.late));
  verdict.warnings.push_back(
      "W-RETUNE-DECAY: a longer run needs its own decay; it is re-tuned, not "
      "only made longer");
  if (options.gain) verdict.evidence.push_back(*options.gain);
  if (options.gain && options.gain->vote == "SATURATED") {
    verdict.label = "DECAY_EFFECT";
    verdict.text +=
        " The predicted gain of a doubling is below what would matter: the best step is "
        "late only because the learning rate decays late.";
    return;
  }
  report.proposed = 2 * report.length;
  verdict.text +=
      options.gain && options.gain->vote == "COMPUTE_BOUND"
          ? " A longer run with a re-tuned decay is predicted to help."
          : " A longer run with a re-tuned decay may help. Not proof: a rate that decays "
            "to zero moves the best step late by itself.";
  verdict.next = {"coldstart steps classify STUDY", "coldstart steps extend TRIAL --to 2x"};
}

}  // namespace

BestStepReport diagnose_best_steps(const Study& study, const BestStepOptions& options) {
  Selected selected = select(study, options);
  BestStepReport& report = selected.report;
  Verdict& verdict = report.verdict;
  verdict.rule = "TD-10";
  verdict.chart = head_of(study, selected);
  verdict.valid_for = {fmt::format("T = {} steps", report.length)};
  if (study.production_steps > 0)
    verdict.length_fraction =
        static_cast<double>(report.length) / static_cast<double>(study.production_steps);
  if (selected.other_length > 0)
    verdict.warnings.push_back(fmt::format(
        "W-LENGTH-MISMATCH: {} trials have another length and are left out; one study, one length",
        selected.other_length));

  const size_t n = report.trials.size();
  if (n < 3) {
    verdict.standing = Standing::insufficient;
    const bool resolution = n + static_cast<size_t>(selected.few_evals) >= 3;
    verdict.rule = resolution ? "EV-03" : "TD-10";
    verdict.label = resolution ? "INSUFFICIENT_RESOLUTION" : "INSUFFICIENT";
    verdict.text =
        resolution
            ? fmt::format(
                  "The runs have {} evaluations at most; {} are needed to see where the "
                  "best step lies.",
                  selected.most_evals, options.fewest_evals)
            : fmt::format("{} finished, feasible trial{} of the study's length; 3 are needed.", n,
                          n == 1 ? "" : "s");
    verdict.next = {resolution ? "evaluate more often: --eval-every T/100" : "run more trials"};
    return report;
  }
  const Counts counts = count(report.trials, options);
  verdict.chart += row("best step", counts.best, options) + row("onset", counts.onset, options);

  const BestStep& best = report.trials.front();
  const double room =
      static_cast<double>(report.length) / static_cast<double>(std::max<int64_t>(best.onset, 1));
  if (room < options.stingy)
    verdict.warnings.push_back(fmt::format(
        "W-STINGY: T is {:.2f} times the onset of the best trial (below {:.1f}); a tight budget "
        "asks for a nearly perfect decay",
        room, options.stingy));

  const auto flat = static_cast<size_t>(
      std::ranges::count_if(report.trials, [](const BestStep& trial) { return trial.flat; }));
  if (2 * flat > n && selected.early_resolution) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = fmt::format(
        "{} of {} curves do not fall after their first evaluation: nothing was "
        "learnt, or all of it before.",
        flat, n);
    verdict.next = {"look at the curves; evaluate from the first steps on"};
    return report;
  }
  const size_t quartile = std::min(n, std::max<size_t>(3, (n + 3) / 4));
  const auto late = static_cast<size_t>(std::count_if(
      report.trials.begin(), report.trials.begin() + static_cast<std::ptrdiff_t>(quartile),
      [&](const BestStep& trial) {
        return trial.best_fraction >= options.late && trial.falls_late;
      }));
  const Interval share =
      wilson(static_cast<double>(late), static_cast<double>(quartile), kOneSided95);
  const auto early = static_cast<size_t>(counts.onset[0]);
  const bool enough = std::ssize(report.trials) >= options.fewest_trials;
  if (early > 0 && !selected.early_resolution && early * 5 >= n * 4) {
    verdict.rule = "EV-03";
    verdict.label = "INSUFFICIENT_RESOLUTION";
    verdict.standing = Standing::insufficient;
    verdict.text = fmt::format(
        "The plateau seems to begin in the first {:.0f} %, where there are "
        "fewer than {} evaluations.",
        100 * options.early, options.fewest_early_evals);
    verdict.next = {"evaluate more often: --eval-every T/100"};
  } else if (enough && early * 5 >= n * 4) {
    judge_too_long(report, early, quartile, options);
  } else if (share.mid >= options.late_share && share.lo > options.wilson) {
    judge_late(report, late, quartile, share, options);
  } else {
    verdict.label = "KEEP";
    verdict.text = fmt::format(
        "The best steps do not speak against T = {}: {} of {} plateaus begin "
        "in the first {:.0f} %, {} of {} top-quartile best steps lie in the "
        "last {:.0f} %.",
        report.length, early, n, 100 * options.early, late, quartile, 100 * (1 - options.late));
  }
  verdict.evidence.insert(verdict.evidence.begin(),
                          {.id = "onset_early",
                           .what = fmt::format("share of plateaus that begin in the first {:.0f} %",
                                               100 * options.early),
                           .value = {.mid = static_cast<double>(early) / static_cast<double>(n)},
                           .threshold = 1});
  verdict.would_change.push_back("another batch size, architecture, data or regularisation");
  return report;
}

std::string table_of(const BestStepReport& report, const Study& study) {
  std::string text = fmt::format("{:<16} {:>10} {:>6} {:>10} {:>6} {:>12}\n", "trial", "best step",
                                 "of T", "onset", "of T", "best value");
  const double sign = study.maximised ? -1 : 1;
  for (const BestStep& trial : report.trials)
    text += fmt::format("{:<16} {:>10} {:>5.0f}% {:>10} {:>5.0f}% {:>12.5f}\n",
                        name_of(study.trials[trial.trial]), trial.best, 100 * trial.best_fraction,
                        trial.onset, 100 * trial.onset_fraction, sign * trial.value);
  return text;
}

}  // namespace coldstart::plan
