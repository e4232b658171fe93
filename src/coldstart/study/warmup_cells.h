// What one optimizer with one warmup came to, over all rates and seeds of a study that crosses the
// three: a cell of the table that a warmup verdict is read from.
//
// Each rate has the mean over its seeds; the best of them is the cell's. Where it lies tells too
// narrow a range (low, high) from the edge of stability: the next higher rate was tried and does
// not train, so a wider range finds nothing (playbook LS-06, SB-03).
// Test: tests/study/warmup_verdict_test.cpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/plan/trial.h"

namespace coldstart::study {

// The columns of such a study.
inline constexpr const char *kOptimizerName = "optimizer.name", *kWarmupName = "schedule.warmup",
                            *kRateName = "optimizer.lr";

// Of the best rate in the range that was tried; `nothing`: no rate trains.
enum class RangeEnd : uint8_t { inside, low, high, stability, nothing };

struct WarmupCell {
  std::string optimizer = {}, warmup = {};
  double loss = NAN, se = NAN;  // at the best rate; NaN: nothing trained
  double lr = 0;                // the best rate
  double width_decades = 0;     // of the rates within sigma of it: how forgiving it is
  int64_t seeds = 0;            // finished at the best rate
  int64_t finished = 0, infeasible = 0, missing = 0;  // trials of all rates
  RangeEnd end = RangeEnd::inside;

  // The range is too narrow to know the best rate.
  bool at_edge() const { return end == RangeEnd::low || end == RangeEnd::high; }
};

// What the seeds of one rate came to.
struct Rate {
  std::vector<double> losses;
  int64_t trials = 0, infeasible = 0;

  bool trains() const { return !losses.empty() && 2 * infeasible < trials; }
  double mean() const {
    return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
  }
};
using Rates = std::map<double, Rate>;

Rates rates_of(const plan::Study& study, const std::string& optimizer, const std::string& warmup);
// End when no rate trains.
Rates::const_iterator best_of(const Rates& rates);
// sigma: between seeds; NaN: not known.
WarmupCell cell_of(const Rates& rates, const std::string& optimizer, const std::string& warmup,
                   double sigma);

// Of a column with choices. DataError when the study has none of that name.
std::vector<std::string> choices_of(const plan::Study& study, const char* name);
// Trials of a cell at a rate; indices into study.trials.
std::vector<size_t> trials_at(const plan::Study& study, const std::string& optimizer,
                              const std::string& warmup, double lr);

}  // namespace coldstart::study

template <>
struct coldstart::EnumText<coldstart::study::RangeEnd> {
  using E = study::RangeEnd;
  static constexpr auto names = enum_names<E>({{E::inside, "inside"},
                                               {E::low, "low"},
                                               {E::high, "high"},
                                               {E::stability, "stability"},
                                               {E::nothing, "nothing"}});
};
