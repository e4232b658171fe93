// --sigma, --sigma-n and --noise: the noise between seeds that a comparison is held against, as
// given, from a study that has measured it, or from the study whose trials are compared.
// Test: tests/e2e/steps_best_test.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/plan/noise.h"

namespace coldstart::app {

struct NoiseFlags {
  double sigma = 0;
  int64_t sigma_n = 0;
  std::string study;

  void add_to(CLI::App& verb);  // flags must outlive the parsing
  // paths: what is compared; max_steps: its length, 0: not known. Not known when nothing says it.
  plan::Noise noise_of(const std::vector<std::string>& paths, int64_t max_steps) const;
};

}  // namespace coldstart::app
