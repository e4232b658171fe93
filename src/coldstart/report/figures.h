// The figures of a page, each from recorded data; an empty list where the data do not have it.
//
// One file each: lr_figures.cpp, axis_figures.cpp, isolation_figures.cpp, best_of_n_figure.cpp,
// curve_figures.cpp, norm_figures.cpp, trace_figures.cpp. Test: tests/report/figures_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/report/figure.h"
#include "coldstart/report/input.h"
#include "coldstart/report/results.h"

namespace coldstart::report {

// Loss against learning rate, a line for each optimizer and warmup through the means over seeds.
std::vector<Panel> lr_panels(const Input& input);

// Result against each varied hyperparameter: a point a trial, infeasible ones as red crosses on the
// top edge, the best three as stars (playbook figure 1, L854-866).
std::vector<Panel> axis_panels(const Input& input);

// For each value of a scientific hyperparameter the best trial over all others, and the best of m
// at the m of the smallest group with its 99 % interval (plan/isolation.h: IS-01, IS-02).
std::vector<Panel> isolation_panels(const Input& input);

// Quartiles of the best of 1, 2, 4, ..., n trials (plan/best_of_n.h: SB-04).
std::vector<Panel> best_of_n_panels(const Input& input);

// Training curves: the best three, every flagged trial, all trials (CU-01). Of a single run also
// its learning rate.
std::vector<Panel> curve_panels(const Input& input);

// Norm of the gradient: against the step, and as a histogram with its 90th percentile (GC-02).
std::vector<Panel> norm_panels(const Input& input);

// Sizes of updates at each layer with the predicted equilibrium, and as a heat map of layer by
// step.
std::vector<Panel> trace_panels(const Input& input);
std::vector<Panel> heat_panels(const Input& input);

// Trials that curves, norms and traces are shown of: the best three, then flagged ones, at most
// `most`. A study whose trials have no result yet shows its first ones.
std::vector<size_t> trials_to_show(const Input& input, size_t most);

}  // namespace coldstart::report
