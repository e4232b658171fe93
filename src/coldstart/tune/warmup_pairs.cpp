#include "coldstart/tune/warmup_pairs.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/plan/distributions.h"
#include "coldstart/plan/series.h"

namespace coldstart::tune {

namespace {

constexpr int64_t kMostPairs = 50;  // beyond: nobody would run them
constexpr double kUpper = 0.975;

int64_t diverged(const std::vector<double>& losses) {
  return std::ranges::count_if(losses, [](double loss) { return !std::isfinite(loss); });
}

study::Need need_of(const plan::Interval& gain, double margin) {
  if (gain.lo > margin) return study::Need::needed;
  if (gain.lo > 0) return study::Need::helps;
  if (gain.hi < 0) return study::Need::harmful;
  if (gain.hi < margin) return study::Need::not_needed;
  return study::Need::not_established;
}

// With this many pairs, of the same mean and spread, the interval would leave out 0 or the margin.
std::string enough_pairs(const plan::Interval& gain, double margin, int64_t pairs) {
  const auto degrees = static_cast<double>(pairs - 1);
  const double sd = (gain.hi - gain.mid) * std::sqrt(static_cast<double>(pairs)) /
                    plan::student_t_quantile(kUpper, degrees);
  const double room = std::max(margin - gain.mid, gain.mid);
  for (int64_t n = pairs + 1; n <= kMostPairs; ++n) {
    const auto count = static_cast<double>(n);
    if (plan::student_t_quantile(kUpper, count - 1) * sd / std::sqrt(count) < room)
      return fmt::format("about {} pairs like these would tell", n);
  }
  return fmt::format("more than {} pairs like these would be needed", kMostPairs);
}

}  // namespace

WarmupPairs judge_pairs(const std::vector<double>& without, const std::vector<double>& with) {
  COLDSTART_CHECK(without.size() == with.size() && !without.empty(), "{} and {} losses",
                  without.size(), with.size());
  WarmupPairs p{.gain = {}, .noise = plan::noise_of_reruns(without)};
  const int64_t cold = diverged(without), warm = diverged(with);
  if (cold + warm > 0) {
    p.why = fmt::format(
        "of {} runs each {} diverged without warmup and {} with it, which no difference of losses "
        "shows: the same pairs at a lower rate would tell",
        without.size(), cold, warm);
    return p;
  }
  p.margin = study::kNeededShare * plan::mean(without);
  if (without.size() < 2) {
    p.gain.interval.mid = without.front() - with.front();
    p.why = "one pair of runs: the noise between seeds is not known";
    return p;
  }
  p.gain = plan::paired_gain(without, with);
  p.need = need_of(p.gain.interval, p.margin);
  if (p.need == study::Need::not_established)
    p.why = fmt::format("the interval holds both no gain and one above the margin; {}",
                        enough_pairs(p.gain.interval, p.margin, std::ssize(without)));
  return p;
}

}  // namespace coldstart::tune
