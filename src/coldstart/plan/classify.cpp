#include "coldstart/plan/classify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "coldstart/core/error.h"
#include "coldstart/plan/doubling.h"
#include "coldstart/plan/gap_growth.h"
#include "coldstart/plan/series.h"
#include "coldstart/schedule/extend.h"

namespace coldstart::plan {

namespace {

constexpr const char* kC = "COMPUTE_BOUND";
constexpr const char* kS = "SATURATED";
constexpr const char* kO = "OVERFITTING";

// What E1 to E4 are judged by: of one trial, or the means of several.
struct Measures {
  DoublingGain val;
  std::optional<DoublingGain> train = {};
  std::optional<Interval> gap = {};  // its growth per doubling
  std::vector<std::string> warnings = {};
};

Measures measures_of(const Trial& trial) {
  Measures m{.val = gain_of_doubling(trial, LossColumn::val)};
  m.gap = gap_growth(trial);
  if (trial.evals.train.empty()) return m;
  try {
    m.train = gain_of_doubling(trial, LossColumn::train);
  } catch (const DataError& error) {
    m.warnings.push_back(fmt::format("training loss not used: {}", error.what()));
  }
  return m;
}

// Independent errors: that of the mean is smaller by the root of their number, but not smaller than
// their scatter allows.
Interval mean_of(std::span<const Interval> intervals) {
  const auto n = static_cast<double>(intervals.size());
  std::vector<double> middles;
  double squares = 0;  // of the standard errors, of which an interval has two on either side
  for (const Interval& i : intervals) {
    middles.push_back(i.mid);
    squares += (i.hi - i.lo) * (i.hi - i.lo) / 16;
  }
  const double middle = mean(middles);
  const double half = 2 * std::sqrt(std::max(squares / n, variance(middles)) / n);
  return {middle - half, middle, middle + half};
}

Measures mean_of(std::span<const Measures> trials) {
  std::vector<DoublingGain> val, train;
  std::vector<Interval> gaps;
  for (const Measures& m : trials) {
    val.push_back(m.val);
    if (m.train) train.push_back(*m.train);
    if (m.gap) gaps.push_back(*m.gap);
  }
  Measures means{.val = mean_gain(val)};
  if (!train.empty()) means.train = mean_gain(train);
  if (!gaps.empty()) means.gap = mean_of(gaps);
  return means;
}

// Collects the evidence on one trial.
class Judge {
 public:
  Judge(const Trial& trial, const TrialFindings& findings, const ClassifyOptions& options)
      : t_(trial), f_(findings), o_(options) {}

  TrialClass result(const Measures& m) {
    const DoublingGain& val = m.val;
    r_.gain = val.gain;
    r_.final_loss = val.final_loss;
    r_.eps = std::max(o_.sigma, o_.eps_share * val.final_loss);
    r_.warnings = m.warnings;
    if (m.train) r_.train_gain = m.train->gain;
    judge_gain();
    judge_floor(m.train);
    judge_conversion();
    judge_gap(m.gap);
    judge_place();
    if (f_.overfitting)
      add("E6", "rise of the validation loss after its minimum, nats",
          {f_.overfit_rise, f_.overfit_rise, f_.overfit_rise}, r_.eps, kO);
    judge_passes(val.last_step);
    judge_rate(val.last_step);
    decide();
    return std::move(r_);
  }

 private:
  void add(std::string id, std::string what, Interval value, double threshold, std::string vote) {
    r_.evidence.push_back({.id = std::move(id),
                           .what = std::move(what),
                           .value = value,
                           .threshold = threshold,
                           .basis = Basis::ours,
                           .vote = std::move(vote)});
  }
  bool votes(std::string_view id, std::string_view label) const {
    return std::ranges::any_of(r_.evidence,
                               [&](const Evidence& e) { return e.id == id && e.vote == label; });
  }

  void judge_gain() {
    const Interval& g = r_.gain;
    add("E1", "predicted gain of doubling the steps, validation, nats", g, r_.eps,
        g.lo > r_.eps   ? kC
        : g.hi < r_.eps ? kS
                        : "");
  }

  void judge_floor(const std::optional<DoublingGain>& train) {
    if (!train) return;
    const bool fitted = o_.fit_loss && train->final_loss <= *o_.fit_loss;
    const bool far = o_.fit_loss && train->final_loss > 2 * *o_.fit_loss;
    const std::string vote = fitted ? kS : far && train->gain.lo > r_.eps ? kC : "";
    add("E2", "training loss at the end, nats",
        {train->final_loss, train->final_loss, train->final_loss}, o_.fit_loss.value_or(NAN), vote);
  }

  void judge_conversion() {
    const Interval &v = r_.gain, &u = r_.train_gain;
    if (!(u.lo > r_.eps)) return;  // training gains nothing certain, so nothing to convert
    const Interval rho{v.lo / u.mid, v.mid / u.mid, v.hi / u.mid};
    const std::string vote = rho.hi < 0 ? kO : rho.mid < o_.conversion ? kS : "";
    add("E3", "validation gain / training gain of doubling", rho, o_.conversion, vote);
  }

  void judge_gap(const std::optional<Interval>& growth) {
    if (!growth) return;
    const double u = r_.train_gain.mid;
    const bool as_fast = growth->lo > 0 && u > r_.eps && growth->mid >= (1 - o_.conversion) * u;
    add("E4", "growth of val - train per doubling, nats", *growth, u, as_fast ? kS : "");
  }

  void judge_place() {
    if (f_.onset_fraction)
      add("E5", "onset of the plateau, share of the run",
          {*f_.onset_fraction, *f_.onset_fraction, *f_.onset_fraction}, 0.6,
          *f_.onset_fraction <= 0.6 ? kS : "");
    if (f_.best_fraction)
      add("E5", "best step, share of the run",
          {*f_.best_fraction, *f_.best_fraction, *f_.best_fraction}, 0.75,
          *f_.best_fraction >= 0.75 ? kC : "");
  }

  void judge_passes(double last_step) {
    if (t_.unique_tokens <= 0 || t_.conditions.batch_tokens <= 0) return;
    r_.epochs = last_step * static_cast<double>(t_.conditions.batch_tokens) /
                static_cast<double>(t_.unique_tokens);
    add("E7", "passes over the data", {r_.epochs, r_.epochs, r_.epochs}, 1,
        r_.epochs <= 1 ? kC : "");
    if (r_.epochs > o_.most_epochs)
      r_.warnings.push_back(
          fmt::format("W-EPOCHS: {:.3g} passes over the data; the law behind E1 "
                      "is one for fresh data",
                      r_.epochs));
  }

  void judge_rate(double last_step) {
    const LrTrace rates = rates_of(t_);
    const double share = rates.lr(std::min(last_step, rates.last_step())) / rates.peak();
    add("E8", "learning rate at the end, share of the peak", {share, share, share}, o_.uncooled,
        "");
    if (share > o_.uncooled)
      r_.warnings.emplace_back(
          "not cooled down: its loss is above what a cooldown would give; compare with a cooled "
          "branch");
  }

  void decide() {
    // More passes than the law was made for widen E1: it decides only with other evidence beside
    // it.
    const bool many = r_.epochs > o_.most_epochs;
    const bool flat = votes("E2", kS) || votes("E3", kS) || votes("E4", kS);
    if (f_.unstable) {
      r_.label = Workload::unstable;
    } else if (f_.overfitting) {
      r_.label = Workload::overfitting;
    } else if (votes("E1", kS) && flat) {
      r_.label = Workload::saturated;
    } else if (votes("E1", kC) && !votes("E3", kS) && !votes("E3", kO) && !many) {
      r_.label = Workload::compute_bound;
    } else {
      explain(flat, many);
      r_.next = cheapest_run(t_);
    }
  }

  void explain(bool flat, bool many) {
    if (many && votes("E1", kC))
      r_.reasons.emplace_back("more passes over the data than E1 holds for");
    if (!votes("E1", kC) && !votes("E1", kS))
      r_.reasons.emplace_back(
          "the gain of doubling could be above the least that counts, or below");
    if (votes("E1", kC) && (votes("E3", kS) || votes("E3", kO)))
      r_.reasons.emplace_back("validation gains much less than training");
    if (votes("E1", kS) && !flat)
      r_.reasons.emplace_back(
          t_.evals.train.empty()
              ? "doubling brings nothing, but the training loss in evaluation mode was not recorded"
              : "doubling brings nothing, but the training loss is neither at its floor nor "
                "falling "
                "alone");
  }

  const Trial& t_;
  const TrialFindings& f_;
  const ClassifyOptions& o_;
  TrialClass r_;
};

std::string percent(double part, double whole) {
  return fmt::format("{:.2g} %", 100 * part / whole);
}

std::string gain_text(const TrialClass& c) {
  return fmt::format(
      "Doubling the steps is predicted to lower validation loss by {} [{}, {}]; {} "
      "is the least that counts.",
      percent(c.gain.mid, c.final_loss), percent(c.gain.lo, c.final_loss),
      percent(c.gain.hi, c.final_loss), percent(c.eps, c.final_loss));
}

void advise(Workload label, Verdict& v) {
  switch (label) {
    case Workload::compute_bound:
      v.text +=
          " Faster is the same as better here: a better optimizer, a larger batch up to its "
          "limit or a smaller model reach the same loss too; longer is not the only way.";
      v.next = {"coldstart steps plan", "coldstart steps predict RUNS --at 2x"};
      break;
    case Workload::saturated:
      v.text +=
          " More steps alone will not help; more data, another architecture or a regulariser "
          "may.";
      v.next = {"coldstart steps best"};
      break;
    case Workload::overfitting:
      v.text += " Add or tune a regulariser, or get more data, before comparing.";
      v.next = {"coldstart steps best"};
      break;
    case Workload::unstable:
      v.text += " Repair the instability first: it decides what a longer run is worth.";
      v.standing = Standing::unstable;
      v.next = {"coldstart warmup CONFIG"};
      break;
    case Workload::ambiguous:
      break;
  }
}

void add_ambiguity(const TrialClass& c, Verdict& v) {
  for (const std::string& reason : c.reasons) v.text += " " + reason + ".";
  if (!c.next) return;
  v.would_change.push_back(fmt::format("{} ({:.0f} steps, {:.2g} of a full run)", c.next->what,
                                       c.next->steps, c.next->cost));
}

}  // namespace

NextRun cheapest_run(const Trial& t) {
  double T = static_cast<double>(t.planned_steps);
  if (T <= 0 && !t.evals.step.empty()) T = static_cast<double>(t.evals.step.back());
  const auto run = [&](std::string what, double steps) {
    return NextRun{std::move(what), steps, T > 0 ? steps / T : 0};
  };
  const auto family = t.schedule && t.schedule->base > 0
                          ? std::optional(schedule::family_of(*t.schedule))
                          : std::nullopt;
  if (family == schedule::Family::hold_and_decay && t.schedule->hold > 0) {
    // From the last step of the trunk, or 0.8 T, to 1.3 T and a cooldown of the same length.
    const auto trunk = static_cast<double>(t.schedule->warmup + t.schedule->hold);
    const double from = std::min(trunk, 0.8 * T), end = 1.3 * T;
    return run(fmt::format("go on from the checkpoint at step {:.0f} at the peak rate, and cool "
                           "down to end at step {:.0f}",
                           from, end),
               end - from);
  }
  if (family == schedule::Family::constant)
    return run(fmt::format("cool down from step {:.0f} over {:.0f} steps", T, 0.2 * T), 0.2 * T);
  return run(fmt::format("one new run of {:.0f} steps with a schedule of that length", 1.5 * T),
             1.5 * T);
}

TrialClass classify_trial(const Trial& trial, const TrialFindings& findings,
                          const ClassifyOptions& options) {
  return Judge(trial, findings, options).result(measures_of(trial));
}

Verdict to_verdict(const TrialClass& c, const std::string& name) {
  Verdict v;
  v.rule = "TD-01";
  v.label = enum_name(c.label);
  v.text = fmt::format("{}. {} From a single trial: another seed may say otherwise.",
                       name.empty() ? "One trial" : name, gain_text(c));
  v.evidence = c.evidence;
  v.warnings = c.warnings;
  advise(c.label, v);
  add_ambiguity(c, v);
  return v;
}

namespace {

// The feasible trials by their lowest validation loss: the best quarter, at least three, and those
// that are as good as the best one, up to so many in all.
struct BestTrials {
  std::vector<size_t> voting, as_good;
};
BestTrials best_trials(const Study& study, const ClassifyOptions& options) {
  std::vector<std::pair<double, size_t>> ranked;
  for (size_t i = 0; i < study.trials.size(); ++i) {
    const Trial& t = study.trials[i];
    if (!t.feasible()) continue;
    double best = INFINITY;
    for (const double v : t.evals.val)
      if (v < best) best = v;
    if (std::isfinite(best)) ranked.emplace_back(best, i);
  }
  std::ranges::sort(ranked);
  constexpr size_t kFewest = 3;
  const size_t n = std::min(ranked.size(), std::max(kFewest, (ranked.size() + 3) / 4));
  BestTrials best;
  for (size_t k = 0; k < n; ++k) best.voting.push_back(ranked[k].second);
  constexpr size_t kEnough = 8;  // of whom the noise is a third
  for (size_t k = n; k < std::min(ranked.size(), kEnough); ++k) {
    const double lowest = ranked.front().first;
    if (ranked[k].first - lowest > std::max(options.sigma, options.eps_share * lowest)) break;
    best.as_good.push_back(ranked[k].second);
  }
  return best;
}

Verdict insufficient(const StudyClass& s) {
  Verdict v;
  v.rule = "TD-01";
  v.label = "INSUFFICIENT";
  v.standing = Standing::insufficient;
  v.text = s.skipped.empty() ? "No feasible trial with a validation loss."
                             : "No trial can be judged: " + s.skipped.front() + ".";
  return v;
}

Verdict verdict_of(const StudyClass& s, size_t votes) {
  Verdict v;
  v.rule = "TD-01";
  v.label = enum_name(s.label);
  const TrialClass& best = s.by_means ? s.means : s.classes.front();
  v.text = fmt::format("{} of {} top trials{}. {}", votes, s.classes.size(),
                       s.by_means ? " alone, and all good trials on average" : "", gain_text(best));
  if (s.classes.size() == 1) v.text += " From a single trial: another seed may say otherwise.";
  v.evidence = best.evidence;  // of the best trial, or of the means
  v.warnings = best.warnings;
  advise(s.label, v);
  if (s.label == Workload::ambiguous) {
    const auto unclear = std::ranges::find(s.classes, Workload::ambiguous, &TrialClass::label);
    if (unclear != s.classes.end()) {
      add_ambiguity(*unclear, v);
    } else {
      v.text += " The top trials do not agree.";
    }
  }
  for (const std::string& reason : s.skipped) v.warnings.push_back("left out: " + reason);
  return v;
}

}  // namespace

StudyClass classify_study(const Study& study, std::span<const TrialFindings> findings,
                          const ClassifyOptions& options) {
  COLDSTART_CHECK(findings.size() == study.trials.size(), "{} findings for {} trials",
                  findings.size(), study.trials.size());
  StudyClass s;
  const BestTrials best = best_trials(study, options);
  std::vector<Measures> measures;
  const auto measured = [&](size_t i) {
    try {
      measures.push_back(measures_of(study.trials[i]));
      return true;
    } catch (const Error& error) {
      s.skipped.emplace_back(error.what());
      return false;
    }
  };
  for (const size_t i : best.voting) {
    if (!measured(i)) continue;
    s.classes.push_back(Judge(study.trials[i], findings[i], options).result(measures.back()));
    s.trials.push_back(i);
  }
  if (s.classes.empty()) {
    s.verdict = insufficient(s);
    return s;
  }
  std::map<Workload, size_t> votes;
  for (const TrialClass& c : s.classes) ++votes[c.label];
  const auto most =
      std::ranges::max_element(votes, {}, [](const auto& entry) { return entry.second; });
  constexpr double kShare = 0.75;
  const bool agreed =
      static_cast<double>(most->second) >= kShare * static_cast<double>(s.classes.size());
  s.label = agreed ? most->first : Workload::ambiguous;
  if (s.label == Workload::ambiguous && s.classes.size() > 1) {
    for (const size_t i : best.as_good) measured(i);
    s.means = Judge(study.trials[s.trials.front()], {}, options).result(mean_of(measures));
    // Nobody says otherwise.
    s.by_means = s.means.label != Workload::ambiguous &&
                 votes[s.means.label] + votes[Workload::ambiguous] == s.classes.size();
    if (s.by_means) s.label = s.means.label;
  }
  s.verdict = verdict_of(s, votes[s.label]);
  return s;
}

}  // namespace coldstart::plan
