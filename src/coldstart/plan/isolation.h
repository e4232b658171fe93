// Isolation: the best trial for each value of a scientific hyperparameter, over all nuisance ones.
//
// Words are their own buckets; a number is put into 5 bins of equal width on its scale. Buckets
// with more trials are tuned better, so they are compared at the number of the smallest one
// (best_of_n.h). One bucket is called better only where the intervals lie apart by more than sigma.
// Playbook L1006-1034 (IS-01, IS-02); bins and intervals are ours. Test:
// tests/plan/isolation_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

struct Bucket {
  std::string value;            // "adam", "1e-3 to 3e-3"
  std::vector<double> results;  // sorted, lowest first
  std::vector<size_t> trials;   // index into study.trials, in that order
  int64_t infeasible = 0;
  Interval equal_n;  // best of m, m = trials of the smallest bucket
};

struct IsolationReport {
  std::string name;
  std::vector<Bucket> buckets;  // with at least one feasible trial
  int64_t m = 0;
  Verdict verdict;  // BETTER, NO_DIFFERENCE or INSUFFICIENT
};

// SD-06: ConfigError for a hyperparameter that exists under one parent only, unless the study holds
// no trial with another parent: it would be another hyperparameter there.
IsolationReport isolate(const Study& study, const HParam& hparam, double sigma);
std::vector<IsolationReport> isolate_all(const Study& study);  // the scientific ones

// SD-08: were the scientific values sampled uniformly? Chi-square; W-NONUNIFORM below 1 %.
Verdict uniform_verdict(const std::string& name, const std::vector<int64_t>& counts);

}  // namespace coldstart::plan
