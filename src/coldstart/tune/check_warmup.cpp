// Phase 3: "no warmup needed" is a claim about this data and this model, so it is checked.
//
// The rates of phase 2 ran without warmup. The best of them runs again with one, 5 % of its length,
// and, where the budget has room, both do so with more seeds, so that the difference has an
// interval (warmup_pairs.h). With still more budget twice the rate is tried as well, because what a
// warmup is said to buy is a higher rate. A warmed-up run that came out better goes on into
// round 1.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/tune/phases.h"
#include "coldstart/tune/warmup_pairs.h"

namespace coldstart::tune {

namespace {

constexpr const char* kRung = "warmup";
constexpr double kWarmupShare = 0.05;     // of the trial: the usual length
constexpr double kWorthCarrying = 0.005;  // of the loss: a gain that goes on into round 1
constexpr double kHigher = 2;             // times the best rate

class WarmupCheck {
 public:
  WarmupCheck(Work& work, const std::vector<Trial>& rates)
      : work_(work),
        rates_(rates),
        best_(rates.front()),
        length_(work.outline.trial_steps),
        warmup_(std::max<int64_t>(1, std::llround(kWarmupShare * static_cast<double>(length_)))) {}

  // All runs of the phase; from the journal, when they stand there.
  void make() {
    if (!with_.empty()) return;
    for (int64_t pair = 0; pair < work_.outline.pairs; ++pair) {
      const int64_t seed = best_.idea.seed + pair;
      with_.push_back(run(best_.idea.lr, warmup_, seed));
      without_.push_back(pair == 0 ? best_ : run(best_.idea.lr, 0, seed));
    }
    if (work_.outline.full)
      higher_.push_back(run(kHigher * best_.idea.lr, warmup_, best_.idea.seed));
  }

  // The warmed-up trial that round 1 would have.
  const Trial& candidate() const {
    const bool higher = !higher_.empty() && higher_.front().rank() < with_.front().rank();
    return higher ? higher_.front() : with_.front();
  }

  Decision decide() {
    make();
    pairs_ = judge_pairs(losses(without_), losses(with_));
    doubt_by_higher();
    Decision d{.phase = "warmup", .question = "Is warmup needed here?"};
    d.label = enum_name(pairs_.need);
    d.answer = fmt::format("{}: {}", d.label, difference());
    add_evidence(d);
    d.caveats = {"at the length of a trial; early instability is what carries over best (R1-02)",
                 "the rate is the one that came out best without warmup, which favours that side"};
    if (!pairs_.why.empty()) d.caveats.push_back(pairs_.why + more_budget());
    const bool carry = carries();
    if (carry) d.evidence.emplace_back("the warmed-up run goes on into round 1 as well");
    drop_models(carry);
    d.numbers = {{"gain", pairs_.gain.interval.mid},
                 {"pairs", static_cast<double>(std::ssize(with_))},
                 {"carry", carry ? 1.0 : 0.0},
                 {"warmup", static_cast<double>(warmup_)},
                 {"sigma", pairs_.noise.sigma}};
    return d;
  }

 private:
  static std::vector<double> losses(const std::vector<Trial>& trials) {
    std::vector<double> all;
    for (const Trial& trial : trials) all.push_back(trial.loss);
    return all;
  }

  Trial run(double lr, int64_t warmup, int64_t seed) {
    const std::string how =
        warmup > 0 ? fmt::format("with {} warmup steps", warmup) : std::string("without");
    return cooled_rung(
        work_, kRung, {.optimizer = best_.idea.optimizer, .lr = lr, .warmup = warmup, .seed = seed},
        length_, fmt::format("is warmup needed? {:.3g} {}, seed {}", lr, how, seed));
  }

  // The pairs are of the rate that is best without warmup: the claim does not hold where a higher
  // one with warmup is better by more than the margin.
  void doubt_by_higher() {
    if (higher_.empty() || pairs_.need == study::Need::needed) return;
    const double ahead = best_.loss - higher_.front().rank();
    if (!(ahead > pairs_.margin)) return;
    pairs_.need = study::Need::not_established;
    pairs_.why = fmt::format(
        "at {:.3g} the warmed-up run is {:.4f} nats below the best without, more than the margin, "
        "with one seed: pairs of more seeds, each side at its own best rate, would tell",
        higher_.front().idea.lr, ahead);
  }

  std::string difference() const {
    const plan::Interval& gain = pairs_.gain.interval;
    if (!pairs_.gain.noise_known)
      return fmt::format("at {:.3g}, {} warmup steps change the loss from {:.4f} to {:.4f}",
                         best_.idea.lr, warmup_, best_.loss, with_.front().loss);
    const bool costs = gain.mid < 0;
    const plan::Interval shown = costs ? plan::Interval{-gain.hi, -gain.mid, -gain.lo} : gain;
    return fmt::format(
        "at {:.3g}, {} warmup steps {} {:.4f} nats [{:.4f}, {:.4f}] over {} seeds; a need would be "
        "a gain of more than {:.4f}",
        best_.idea.lr, warmup_, costs ? "cost" : "gain", shown.mid, shown.lo, shown.hi,
        with_.size(), pairs_.margin);
  }

  void add_evidence(Decision& d) const {
    for (size_t i = 0; i < with_.size(); ++i)
      d.evidence.push_back(fmt::format("seed {}: {:.4f} nats without, {:.4f} with",
                                       with_[i].idea.seed, without_[i].loss, with_[i].loss));
    if (pairs_.gain.noise_known)
      d.evidence.push_back(fmt::format(
          "paired by seed, Student's t with {} degrees of freedom: 95 % interval as above, "
          "P(warmup is better) = {:.2g}; the margin is {:.0f} % of the loss",
          with_.size() - 1, pairs_.gain.probability, 100 * study::kNeededShare));
    for (const Trial& trial : higher_)
      d.evidence.push_back(
          fmt::format("{:.4g} with warmup: {:.4f} nats, one seed", trial.idea.lr, trial.loss));
    if (pairs_.noise.known()) d.evidence.push_back(against_noise());
    for (const std::vector<Trial>* side : {&with_, &without_, &higher_})
      for (const Trial& trial : *side) d.commands.push_back(command_of(work_, trial.idea, length_));
  }

  // What the choices before this one, of one run each, look like beside the noise between seeds.
  std::string against_noise() const {
    const double sigma = pairs_.noise.sigma;
    const auto apart = [&](const char* what, double nats) {
      return std::isfinite(nats) ? fmt::format("; {} lay {:.4f} apart, {:.1f} times that", what,
                                               std::abs(nats), std::abs(nats) / sigma)
                                 : std::string();
    };
    return fmt::format(
        "between seeds the loss without warmup has a standard deviation of {:.4f} nats ({} "
        "runs){}{}",
        sigma, pairs_.noise.n,
        apart("the two best optimizers",
              work_.journal.decision("optimizer").value().number("ahead")),
        rates_.size() > 1 ? apart("the two best rates", rates_[1].loss - best_.loss) : "");
  }

  std::string more_budget() const {
    if (with_.size() > 1) return "";
    const Budget& budget = work_.options.budget;
    const double times =
        static_cast<double>(kFewestPairedSteps) / static_cast<double>(work_.outline.steps);
    return fmt::format("; with a budget of {} or more there are {} pairs",
                       amount_text(budget.unit, times * budget.amount), kPairs);
  }

  bool carries() const {
    if (!candidate().trained()) return false;
    return pairs_.need == study::Need::needed || pairs_.need == study::Need::helps ||
           best_.loss - candidate().loss > kWorthCarrying * best_.loss;
  }

  // Of what does not go on; the records stay.
  void drop_models(bool carry) const {
    const auto drop = [&](const Trial& trial) {
      for (const std::string& trunk : trial.trunks) work_.runs.drop_checkpoints(trunk);
    };
    for (const std::vector<Trial>* side : {&with_, &higher_})
      for (const Trial& trial : *side)
        if (!carry || &trial != &candidate()) drop(trial);
    for (size_t i = 1; i < without_.size(); ++i) drop(without_[i]);
  }

  Work& work_;
  const std::vector<Trial>& rates_;  // the best first
  const Trial& best_;
  int64_t length_, warmup_;
  std::vector<Trial> with_, without_;  // by seed
  std::vector<Trial> higher_;          // with warmup, at kHigher times the rate
  WarmupPairs pairs_;
};

}  // namespace

std::vector<Trial> check_warmup(Work& work, const std::vector<Trial>& rates) {
  WarmupCheck check(work, rates);
  const Decision decision = settle(work, "warmup", [&] { return check.decide(); });
  if (decision.number("carry") == 0) return {};
  check.make();  // from the journal, when the decision came from there
  return {check.candidate()};
}

}  // namespace coldstart::tune
