#include "coldstart/plan/warmup_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(WarmupSearch, WU01_AProbeRampsToTenTimesTheUnstableRate) {
  const auto probe = warmup_probe(1000, 0.1);
  EXPECT_DOUBLE_EQ(probe.base, 1);
  EXPECT_DOUBLE_EQ(probe.lr(499), 0.5);
  EXPECT_DOUBLE_EQ(probe.lr(2999), 1);
  EXPECT_EQ(probe.total(), 3000);
  EXPECT_DOUBLE_EQ(warmup_probe(10, 0.1, 100).base, 10);
  EXPECT_THROW(warmup_probe(0, 0.1), ConfigError);
  EXPECT_THROW(warmup_probe(10, 0), ConfigError);
}

// The playbook's figure 6: a warmup of 10,000 that blows up near step 22,000, within 30,000.
TEST(WarmupSearch, WU03_ABlowUpWithinThreeTimesTheWarmupFails) {
  const auto probe_of = [](int64_t warmup) {
    Trial trial;
    trial.state = TrialState::finished;
    trial.schedule = warmup_probe(warmup, 0.1);
    trial.planned_steps = trial.schedule->total();
    const auto steps = static_cast<double>(trial.planned_steps);
    add_losses(trial, 1, trial.planned_steps, [=](double x) {
      const double step = x * steps;
      return 3 + 4 * std::exp(-step / 3000) + (warmup == 10'000 && step > 22'000 ? 2 : 0);
    });
    return trial;
  };
  EXPECT_FALSE(warmup_enough(probe_of(10'000), std::nullopt));
  EXPECT_TRUE(warmup_enough(probe_of(40'000), std::nullopt));
  EXPECT_TRUE(warmup_enough(probe_of(40'000), 3.5));
  EXPECT_FALSE(warmup_enough(probe_of(40'000), 2.5));  // the baseline is better
  Trial none;
  none.state = TrialState::infeasible;
  EXPECT_FALSE(warmup_enough(none, std::nullopt));
}

TEST(WarmupSearch, WU04_LengthsAboveATenthOfTheRunAreDropped) {
  const auto candidates = warmup_candidates(usual_warmups(), 20'000);
  EXPECT_THAT(candidates.warmup, ElementsAre(10, 1000));
  EXPECT_EQ(candidates.notes.size(), 2u);
  EXPECT_THAT(candidates.notes[0], HasSubstr("10000 steps of warmup: dropped"));
}

// Everything from `enough` steps on is enough.
std::pair<int64_t, size_t> search(int64_t enough, int64_t max_steps) {
  const auto candidates = warmup_candidates(usual_warmups(), max_steps);
  std::vector<WarmupProbe> probes;
  while (true) {
    const WarmupStep step = next_warmup(candidates, probes, max_steps);
    if (step.next == 0) return {step.found, probes.size()};
    probes.push_back({step.next, step.next >= enough});
  }
}

TEST(WarmupSearch, WU02_TheShortestThatIsEnoughIsFound) {
  for (const int64_t enough : {50, 200, 700, 3000, 9000}) {
    const auto [found, probes] = search(enough, 1'000'000);
    EXPECT_GE(found, enough);
    EXPECT_LE(found, 2 * enough) << enough;
    EXPECT_LE(probes, 8u);
  }
  EXPECT_EQ(search(5, 1'000'000).first, 10);         // the smallest that was tried
  EXPECT_EQ(search(1'000'000, 1'000'000).first, 0);  // none is
  EXPECT_EQ(next_warmup(warmup_candidates(usual_warmups(), 20), {}, 20).verdict.label,
            "INSUFFICIENT");
}

TEST(WarmupSearch, WU05_TheWarmupIsPutInFront) {
  const schedule::Schedule base{.hold = 6000, .decay = 4000, .base = 1};
  const auto with = prepend_warmup(base, 1000);
  EXPECT_EQ(with.total(), 11'000);
  for (const int64_t step : {0, 5999, 7000, 9999})
    EXPECT_DOUBLE_EQ(with.lr(step + 1000), base.lr(step)) << step;
}

TEST(WarmupSearch, WU06_AWarmupAboveFivePercentAsksForALongerRun) {
  EXPECT_TRUE(warmup_share_warning(501, 10'000));
  EXPECT_FALSE(warmup_share_warning(500, 10'000));
}

}  // namespace
}  // namespace coldstart::plan
