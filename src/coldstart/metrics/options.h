// MetricsOptions: which measures a run takes, how often and at which levels; the table [metrics].
//
// Both lists are text: "default,stable_rank,rrc@100" and "model,role@5,tensor@50". A measure is
// written at a level when the turns of both have come. Test: tests/metrics/selection_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/core/fields.h"
#include "coldstart/metrics/metric.h"

namespace coldstart::metrics {

struct MetricsOptions {
  std::string measure = "default";
  std::string granularity = "model,role@5,tensor@50";
  int64_t first_steps = 50;
  int64_t first_steps_every = 1;
  int64_t row_sample = 1024;
  int64_t probe_tokens = 10240;

  template <class V>
  void fields(V&& v) {
    v("measure", measure,
      {"measures taken, separated by commas: names, default, all or none; NAME@STEPS or NAME@eval "
       "sets the interval, -NAME leaves one out (docs/metrics.md lists them with their cost)"});
    v("granularity", granularity,
      {"levels of the measures: model, role, tensor, rows, each with @STEPS if not at every step"});
    v("first_steps", first_steps,
      {"early steps in which measures that cost nothing come more often, at every level asked for",
       at_least(0), "steps"});
    v("first_steps_every", first_steps_every,
      {"interval of those measures and of all levels in the early steps", at_least(1), "steps"});
    v("row_sample", row_sample,
      {"rows of a matrix that stand for all of them at the level of rows", at_least(1)});
    v("probe_tokens", probe_tokens,
      {"positions of validation text that measures of hidden units look at", at_least(1),
       "tokens"});
  }
};

// The lists taken apart; ConfigError for what is in neither, with the nearest name.
struct ChosenMetric {
  std::string name;
  Interval interval;
};
std::vector<ChosenMetric> chosen_metrics(const MetricsOptions& options);

struct ChosenLevel {
  Level level = Level::model;
  int64_t every = 1;  // steps; 0: at evaluations
};
std::vector<ChosenLevel> chosen_levels(const MetricsOptions& options);

}  // namespace coldstart::metrics
