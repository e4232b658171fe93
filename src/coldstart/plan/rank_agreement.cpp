#include "coldstart/plan/rank_agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/random.h"

namespace coldstart::plan {

namespace {

int64_t sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

Interval bootstrap(std::span<const Rerun> reruns) {
  constexpr int kDraws = 2000;
  constexpr uint64_t kSeed = 1;
  const Rng rng(kSeed, Stream::probe, 0);
  std::vector<double> taus;
  std::vector<Rerun> sample(reruns.size());
  for (int draw = 0; draw < kDraws; ++draw) {
    for (size_t i = 0; i < sample.size(); ++i)
      sample[i] = reruns[rng.below(static_cast<uint64_t>(draw) * sample.size() + i, reruns.size())];
    const double tau = kendall_tau(sample);
    if (std::isfinite(tau)) taus.push_back(tau);
  }
  if (taus.empty()) return {};
  std::ranges::sort(taus);
  const auto at = [&](double q) {
    return taus[static_cast<size_t>(q * static_cast<double>(taus.size() - 1))];
  };
  return {at(0.025), kendall_tau(reruns), at(0.975)};
}

}  // namespace

double kendall_tau(std::span<const Rerun> reruns) {
  int64_t agree = 0, ties_before = 0, ties_after = 0, pairs = 0;
  for (size_t i = 0; i < reruns.size(); ++i) {
    for (size_t j = i + 1; j < reruns.size(); ++j) {
      const int64_t b = sign(reruns[i].before - reruns[j].before);
      const int64_t a = sign(reruns[i].after - reruns[j].after);
      agree += b * a;
      ties_before += b == 0;
      ties_after += a == 0;
      ++pairs;
    }
  }
  const auto free_before = static_cast<double>(pairs - ties_before);
  const auto free_after = static_cast<double>(pairs - ties_after);
  if (free_before <= 0 || free_after <= 0) return NAN;
  return static_cast<double>(agree) / std::sqrt(free_before * free_after);
}

RankAgreement rank_agreement(std::span<const Rerun> reruns) {
  RankAgreement r;
  std::vector<Rerun> known;
  for (const Rerun& rerun : reruns)
    if (std::isfinite(rerun.before) && std::isfinite(rerun.after)) known.push_back(rerun);
  if (known.size() < kMinReruns) {
    r.label = "INSUFFICIENT";
    return r;
  }
  r.tau = bootstrap(known);
  r.label = r.tau.lo >= 0 ? "HELD" : std::isfinite(r.tau.mid) ? "FAILED" : "INSUFFICIENT";
  for (const Rerun& a : known)
    for (const Rerun& b : known)
      if (a.before < b.before && a.after > b.after)
        r.failed.push_back(fmt::format("{} before {}", a.name, b.name));
  return r;
}

}  // namespace coldstart::plan
