#include "coldstart/study/warmup_verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

namespace coldstart::study {

namespace {

constexpr double kSameShare = 0.0025, kLevel = 0.05;

class Judge {
 public:
  explicit Judge(const plan::Study& study)
      : study_(study),
        optimizers_(choices_of(study, kOptimizerName)),
        warmups_(choices_of(study, kWarmupName)) {
    if (study.maximised)
      throw DataError("warmup", fmt::format("'{}' is maximised", study.metric),
                      "the verdict is about a loss");
    const auto none = std::ranges::find_if(warmups_, is_no_warmup);
    if (none == warmups_.end() || warmups_.size() < 2)
      throw DataError("warmup", "the study does not compare no warmup with some",
                      "give 0 and at least one other");
    none_ = *none;
  }

  WarmupReport report() {
    pool_sigma();
    for (const std::string& optimizer : optimizers_) {
      for (const std::string& warmup : warmups_)
        report_.cells.push_back(
            cell_of(rates_of(study_, optimizer, warmup), optimizer, warmup, report_.sigma));
      report_.verdicts.push_back(verdict(optimizer));
    }
    return report_;
  }

 private:
  void pool_sigma() {
    double squares = 0;
    for (const std::string& optimizer : optimizers_)
      for (const std::string& warmup : warmups_) {
        const Rates rates = rates_of(study_, optimizer, warmup);
        const auto best = best_of(rates);
        if (best == rates.end()) continue;
        const double mean = best->second.mean();
        for (const double loss : best->second.losses) squares += (loss - mean) * (loss - mean);
        report_.degrees += std::ssize(best->second.losses) - 1;
      }
    if (report_.degrees > 0)
      report_.sigma = std::sqrt(squares / static_cast<double>(report_.degrees));
  }

  const WarmupCell& cell(const std::string& optimizer, const std::string& warmup) const {
    return *std::ranges::find_if(report_.cells, [&](const WarmupCell& c) {
      return c.optimizer == optimizer && c.warmup == warmup;
    });
  }

  OptimizerVerdict verdict(const std::string& optimizer) const {
    OptimizerVerdict v{.optimizer = optimizer};
    const WarmupCell& none = cell(optimizer, none_);
    const WarmupCell* best = nullptr;
    for (const std::string& warmup : warmups_) {
      const WarmupCell& c = cell(optimizer, warmup);
      if (warmup == none_ || std::isnan(c.loss)) continue;
      if (!best || c.loss < best->loss) best = &c;
    }
    const int64_t missing = none.missing + (best ? best->missing : 0);
    if (missing > 0) return refused(v, fmt::format("{} trials are not over", missing));
    if (!best) return refused(v, "nothing trained with a warmup");
    v.best_warmup = best->warmup;
    if (best->at_edge() || none.at_edge()) {
      const WarmupCell& edge = best->at_edge() ? *best : none;
      return refused(v, fmt::format("the best rate of warmup {} lies at the edge of the range "
                                    "({:.3g}): extend it (--extend 4)",
                                    edge.warmup, edge.lr));
    }
    if (std::isnan(none.loss)) {
      v.need = Need::needed;
      v.shortest_warmup = shortest(optimizer, best->loss);
      v.text = fmt::format(
          "without warmup no learning rate of the range trains ({} of {} trials infeasible); with "
          "{} the loss is {:.4f}{}",
          none.infeasible, none.infeasible + none.finished, best->warmup, best->loss,
          closing(v.shortest_warmup));
      return v;
    }
    if (report_.degrees == 0)
      return refused(v, "one seed each: the noise between seeds is not known");
    const auto tests = static_cast<double>(warmups_.size() - 1);
    v.gap = difference_of(none, *best, report_.degrees, kLevel / tests);
    const double se = std::hypot(none.se, best->se);
    const boost::math::students_t student(static_cast<double>(report_.degrees));
    v.t = se > 0 ? v.gap.mid / se : NAN;
    if (se > 0)
      v.p = std::min(1.0, 2 * tests * boost::math::cdf(complement(student, std::abs(v.t))));
    decide(v, none, *best);
    return v;
  }

  static std::string closing(const std::string& warmup) {
    return warmup.empty() ? "" : fmt::format("; the shortest that closes it is {}", warmup);
  }

  static OptimizerVerdict refused(OptimizerVerdict& v, std::string why) {
    v.need = Need::not_established;
    v.text = std::move(why);
    return v;
  }

  void decide(OptimizerVerdict& v, const WarmupCell& none, const WarmupCell& best) const {
    const double same = std::max(report_.sigma, kSameShare * best.loss);
    if (v.gap.lo > kNeededShare * best.loss) {
      v.need = Need::needed;
    } else if (v.gap.lo > 0) {
      v.need = Need::helps;
    } else if (v.gap.hi < 0) {
      v.need = Need::harmful;
    } else if (v.gap.lo > -same && v.gap.hi < same) {
      v.need = Need::not_needed;
    }
    const bool closes = v.need == Need::needed || v.need == Need::helps;
    v.shortest_warmup = closes                            ? shortest(v.optimizer, best.loss)
                        : v.need == Need::not_established ? ""
                                                          : none_;
    v.text = fmt::format(
        "warmup {} changes the best loss from {:.4f} (lr {:.3g}) to {:.4f} (lr {:.3g}): gap {:.4f} "
        "[{:.4f}, {:.4f}], t = {:.2f} with {} degrees of freedom, p = {:.2g}, sigma {:.4f}",
        best.warmup, none.loss, none.lr, best.loss, best.lr, v.gap.mid, v.gap.lo, v.gap.hi, v.t,
        report_.degrees, v.p, report_.sigma);
    if (v.need == Need::not_established) v.text += "; more seeds would tell";
    if (closes) v.text += closing(v.shortest_warmup);
    if (none.end == RangeEnd::stability)
      v.text += "; without warmup the best rate is the highest that trains (edge of stability)";
  }

  // The first warmup of the list, from short to long, that is within sigma of the best.
  std::string shortest(const std::string& optimizer, double loss) const {
    const double within = std::isnan(report_.sigma) ? 0 : report_.sigma;
    for (const std::string& warmup : warmups_) {
      const WarmupCell& c = cell(optimizer, warmup);
      if (warmup != none_ && c.loss <= loss + within) return warmup;
    }
    return "";
  }

  const plan::Study& study_;
  std::vector<std::string> optimizers_, warmups_;
  std::string none_;
  WarmupReport report_;
};

std::string notes_of(const WarmupCell& c) {
  std::vector<std::string> notes;
  if (c.infeasible > 0) notes.push_back(fmt::format("{} infeasible", c.infeasible));
  if (c.at_edge())
    notes.push_back(fmt::format("best lr at the {} end of the range", enum_name(c.end)));
  if (c.end == RangeEnd::stability) notes.emplace_back("edge of stability");
  if (c.missing > 0) notes.push_back(fmt::format("{} not over", c.missing));
  return fmt::format("{}", fmt::join(notes, ", "));
}

}  // namespace

WarmupReport judge_warmup(const plan::Study& study) { return Judge(study).report(); }

bool is_no_warmup(const std::string& warmup) { return warmup == "0" || warmup == "0%"; }

plan::Interval difference_of(const WarmupCell& a, const WarmupCell& b, int64_t degrees,
                             double level) {
  plan::Interval difference{.lo = NAN, .mid = a.loss - b.loss, .hi = NAN};
  if (degrees == 0) return difference;
  const boost::math::students_t student(static_cast<double>(degrees));
  const double width =
      boost::math::quantile(complement(student, level / 2)) * std::hypot(a.se, b.se);
  difference.lo = difference.mid - width;
  difference.hi = difference.mid + width;
  return difference;
}

std::string warmup_table(const WarmupReport& report) {
  std::string text = fmt::format("{:<18} {:>8} {:>9} {:>8} {:>9} {:>7} {:>6}  {}\n", "optimizer",
                                 "warmup", "best loss", "se", "best lr", "decades", "seeds", "");
  for (const WarmupCell& c : report.cells) {
    const std::string notes = notes_of(c);
    if (std::isnan(c.loss)) {
      text += fmt::format("{:<18} {:>8} {:>9} {:>8} {:>9} {:>7} {:>6}  {}\n", c.optimizer, c.warmup,
                          "-", "-", "-", "-", 0, notes);
    } else {
      text +=
          fmt::format("{:<18} {:>8} {:>9.4f} {:>8.4f} {:>9.3g} {:>7.2f} {:>6}  {}\n", c.optimizer,
                      c.warmup, c.loss, c.se, c.lr, c.width_decades, c.seeds, notes);
    }
  }
  text += "\n";
  for (const OptimizerVerdict& v : report.verdicts)
    text += fmt::format("{}: {}: {}\n", v.optimizer, enum_name(v.need), v.text);
  return text;
}

}  // namespace coldstart::study
