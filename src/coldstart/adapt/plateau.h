// Plateau: the factor on the learning rate, reduced when the validation loss no longer falls.
//
//   better:  loss < best - threshold        (the first evaluation is)
//   after `patience` evaluations in a row that are not: factor = max(floor, factor *
//   plateau_factor)
// Nothing else changes it, so the run can be repeated (tuning playbook, SC-02). Test:
// tests/adapt/plateau_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "coldstart/adapt/plateau_options.h"

namespace coldstart::adapt {

class Plateau {
 public:
  explicit Plateau(const PlateauOptions& options) : options_(options) {}

  bool active() const { return options_.plateau_patience > 0; }
  double factor() const { return state_.factor; }
  // After an evaluation; true when the factor has changed.
  bool observe(double val_loss);

  struct State {
    std::optional<double> best = {};
    int64_t not_better = 0;  // evaluations in a row
    double factor = 1;
    bool operator==(const State&) const = default;
  };
  const State& state() const { return state_; }
  void restore(const State& state) {
    if (active()) state_ = state;
  }

 private:
  PlateauOptions options_;
  State state_;
};

std::string describe(const PlateauOptions& options);

// evaluations: of the run after the first step. ConfigError for options that are not read, and for
// a patience that the run is too short for.
void check_plateau(const PlateauOptions& options, int64_t evaluations);

}  // namespace coldstart::adapt
