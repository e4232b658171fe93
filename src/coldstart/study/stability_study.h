// The probes of `coldstart stability`, run with the built-in trainer: a sweep over learning rates
// with probes above the best one, the first steps one by one, the shortest warmup that is enough,
// and the threshold of gradient clipping. What they mean is plan/stability.h, warmup_search.h and
// clip_threshold.h.
//
// All of them share one directory: sweep/ and probes/ are studies, the rest are runs, and the later
// probes find the sweep's result there. Playbook L1804-1983; design 6.12.
// Test: tests/study/stability_study_test.cpp.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "coldstart/plan/clip_threshold.h"
#include "coldstart/plan/stability.h"
#include "coldstart/plan/warmup_search.h"
#include "coldstart/study/lr_study.h"
#include "coldstart/study/probe.h"

namespace coldstart::study {

struct StabilityPlan {
  train::RunConfig config;
  std::filesystem::path directory;
};

struct StabilitySweep {
  plan::SweepReport report = {};
  int exit_code = 0;  // of a study that did not end; else 0, and the report holds
};
// The configuration at every rate of the range, with its own schedule; higher rates while the best
// is the highest, 4 times at most; then short runs at 2, 5 and 10 times the best.
StabilitySweep stability_sweep(const StabilityPlan& plan, const RateRange& rates,
                               const RunStudy& run);
// The report of a sweep that was run to its end, without running anything.
std::optional<plan::SweepReport> finished_sweep(const StabilityPlan& plan);

// What a search with probes ends with.
struct Search {
  plan::Verdict verdict;
  int signal = 0;  // that stopped it: no verdict
};

// Twice the rate, evaluated at every step, at a constant rate after the configuration's warmup.
Search probe_early(const StabilityPlan& plan, double rate, int64_t steps, kernels::Kernels& kernels,
                   train::RunObserver& observer);

struct WarmupQuestion {
  double unstable_lr = 0;
  double factor = 10;
  std::vector<int64_t> wanted = plan::usual_warmups();
};
// The baseline is the sweep's best run, where there is one.
Search search_warmup(const StabilityPlan& plan, const WarmupQuestion& question,
                     kernels::Kernels& kernels, train::RunObserver& observer);

// Without clipping first, then at falling percentiles of the norms of that run. ConfigError unless
// clip.rule is norm.
Search search_clip(const StabilityPlan& plan, double rate, kernels::Kernels& kernels,
                   train::RunObserver& observer);

}  // namespace coldstart::study
