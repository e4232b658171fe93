// The study behind `coldstart warmup`: optimizer x warmup x learning rate x seeds as a grid, and
// what to do when it has been judged. Test: tests/study/warmup_study_test.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "coldstart/study/spec.h"
#include "coldstart/study/study_directory.h"
#include "coldstart/study/warmup_verdict.h"

namespace coldstart::study {

struct RateRange {
  double lo = 0, hi = 0;
};

struct WarmupPlan {
  std::string config;  // of the built-in trainer
  std::vector<std::string> optimizers = {"adamw", "lion_a", "lion_ar"};
  std::vector<std::string> warmups = {"0", "2%", "5%", "10%"};  // from short to long
  RateRange rates = {1e-4, 3e-2};
  std::map<std::string, RateRange> own_rates = {};  // by optimizer; empty: `rates` for all of them
  int64_t levels = 6;  // learning rates in a range, even on a log scale
  int64_t seeds = 3;
  // metrics.measure of the runs: the causes are found from update_l2 and angular_update, which cost
  // nothing, and from snr and rrc.
  std::string measure = "default,snr@5,rrc@10";
};
Spec warmup_spec(const WarmupPlan& plan);

// "1e-4:3e-2", or "adamw=1e-4:1e-2,lion_ar=0.01:0.3" with a range for each of plan.optimizers.
// ConfigError unless low < high, both above 0, and every optimizer has one.
void set_rates(WarmupPlan& plan, const std::string& text);

// What to do: the optimizer that does best without warmup, against the best that any reaches with
// one.
struct NoWarmup {
  std::string optimizer;              // empty: none of them trains without
  Need need = Need::not_established;  // its verdict
  double lr = 0, loss = 0;
  std::string against;             // "adamw with warmup 5%"; empty: nothing trains with one
  plan::Interval difference = {};  // its loss minus that, 95 %; below 0: better
  std::string config;              // a TOML file of `coldstart train`
};
NoWarmup without_warmup(const StudyDirectory& directory, const WarmupReport& report);
std::string advice_text(const NoWarmup& best);

}  // namespace coldstart::study
