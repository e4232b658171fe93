// The shortest warmup that is enough.
//
//   runs      ramp to `factor` (10, or 100) times the unstable learning rate over w steps, then
//             2 w steps at that rate: 3 w in all
//   lengths   orders of magnitude, such as 10, 1e3, 1e4, 1e5; none above 10 % of the run
//   enough    no sustained spike within 3 w and, at 3 w, a loss below the baseline's at that step
//   search    the smallest that is enough, then halved in the logarithm towards the next smaller
//
// Playbook L1904-1946 (WU-01 to WU-07); the bisection and the second condition are ours.
// Test: tests/plan/warmup_search_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"
#include "coldstart/schedule/schedule.h"

namespace coldstart::plan {

struct WarmupProbe {
  int64_t warmup = 0;  // steps
  bool enough = false;
};

// WU-01, WU-03: the schedule of a probe.
schedule::Schedule warmup_probe(int64_t warmup, double unstable_lr, double factor = 10);
// WU-04: of the wanted lengths those that a run of so many steps allows, increasing; and a note for
// each that was dropped.
struct WarmupCandidates {
  std::vector<int64_t> warmup;
  std::vector<std::string> notes;
};
WarmupCandidates warmup_candidates(std::vector<int64_t> wanted, int64_t max_steps);
std::vector<int64_t> usual_warmups();  // 10, 1e3, 1e4, 1e5

// Did this probe train? `baseline_loss`: of the run at the stable rate at the probe's last step;
// where it is not known, the loss has to end below that of the probe's own first step.
bool warmup_enough(const Trial& probe, std::optional<double> baseline_loss);

// What to run next, or the end of the search with its verdict.
struct WarmupStep {
  int64_t next = 0;   // 0: done
  int64_t found = 0;  // 0: none is enough
  Verdict verdict;
};
// `resolution`: the search ends when two neighbours are within this factor.
WarmupStep next_warmup(const WarmupCandidates& candidates, std::vector<WarmupProbe> probes,
                       int64_t max_steps, double resolution = 2);

// WU-05: the schedule with the warmup put in front of it (10,000 steps + 1,000: 11,000).
schedule::Schedule prepend_warmup(const schedule::Schedule& base, int64_t warmup);
// WU-06: a warmup above 5 % of the run asks for a longer run.
std::optional<std::string> warmup_share_warning(int64_t warmup, int64_t max_steps);

}  // namespace coldstart::plan
