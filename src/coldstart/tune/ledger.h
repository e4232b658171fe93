// Ledger: what has been spent of the budget, over all sittings.
//
// Seconds are those that a sitting really lasted, kept in clock.json, which is replaced every two
// seconds: a killed program forgets at most so many. Tokens and FLOPs are those of the runs in the
// journal, so that they are the same however often the program was stopped. Its clock is that of
// all runs.
// Tests: tests/tune/ledger_test.cpp, slow_machine_test.cpp.
#pragma once

#include <filesystem>

#include "coldstart/core/clock.h"
#include "coldstart/tune/budget.h"

namespace coldstart::tune {

class Ledger {
 public:
  // started_s: when this sitting began, by the clock, for work done before there was a ledger.
  Ledger(const std::filesystem::path& directory, Budget budget, double started_s,
         Clock clock = now_s);

  static void remove_from(const std::filesystem::path& directory);

  const Budget& budget() const { return budget_; }
  const Clock& clock() const { return clock_; }
  Cost spent() const;
  double left() const;  // in the unit of the budget; below 0: overdrawn

  void train(double tokens, double flops);  // of a run that is over
  void tick();                              // often; writes at most every two seconds
  void save();

 private:
  std::filesystem::path file_;
  Budget budget_;
  Clock clock_;
  double earlier_s_ = 0, started_s_ = 0, saved_s_ = 0;
  Cost training_;
};

// What happened between two moments of it.
class CostMeter {
 public:
  explicit CostMeter(const Ledger& ledger) : ledger_(ledger), start_(ledger.spent()) {}
  Cost cost() const;

 private:
  const Ledger& ledger_;
  Cost start_;
};

}  // namespace coldstart::tune
