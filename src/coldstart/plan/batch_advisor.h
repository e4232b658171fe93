// Batch size: how far throughput grows, and which batch reaches a target soonest or cheapest.
//
//   knee      the largest batch to which throughput still grows, 1.1-fold a doubling from the one
//             before, or over two rows: one measurement that came out low or high (somebody else
//             used the machine) ends no ladder
//   time      = seconds a step x steps to the target; resources = device seconds x the same
//   regimes   doubling the batch halves the steps (perfect scaling, up to 15 % off), cuts them
//             (diminishing), or does not (maximal)
//   noise     a gradient noise scale B_c says it roughly and beforehand: steps to a target go as
//             1 + B_c / B, so doubling B leaves (1 + B_c / 2B) / (1 + B_c / B) of them
//
// Playbook L189-374 (BS-01 to BS-08): batch size sets speed, not the validation loss that can be
// reached. Knee, 15 % and 1.8 are ours; 1 + B_c / B is McCandlish et al. 2018 (arXiv:1812.06162),
// equation 2.7; B_c is measured as critical_batch (docs/metrics.md). Test:
// tests/plan/batch_advisor_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

struct ThroughputRow {
  int64_t batch = 0;           // examples, or tokens: the same unit in all rows
  double examples_per_s = 0;   // in that unit
  double data_wait_share = 0;  // of the time, spent waiting for data
  int64_t accumulation = 1;    // micro-batches a step
  bool out_of_memory = false;  // the normal end of the ladder
};

struct ThroughputReport {
  int64_t knee = 0;                      // largest batch worth considering
  std::vector<int64_t> considered = {};  // batches up to it
  Verdict verdict;
};
// DataError when batches do not grow or a throughput is not above 0.
ThroughputReport judge_throughput(const std::vector<ThroughputRow>& rows);

// Steps that each batch needs to a target with a re-tuned learning rate, and seconds a step.
struct BatchResult {
  int64_t batch = 0;
  double steps = NAN;  // to the target; NaN: not reached
  double step_s = 0;
};
enum class Regime : uint8_t { perfect, diminishing, maximal };
struct BatchChoice {
  int64_t fastest = 0, cheapest = 0;
  std::vector<Regime> regimes;  // between a batch and the next
  Verdict verdict;
};
// Increasing batches; INSUFFICIENT below two that reached the target. devices: a batch needs this
// many when larger batches run on more machines; empty: all alike.
BatchChoice choose_batch(const std::vector<BatchResult>& results,
                         const std::vector<double>& devices = {});

// BS-06: two runs of another batch size that saw equally many examples only probe perfect scaling;
// nothing when their budgets were steps.
std::optional<std::string> epoch_budget_warning(int64_t batch_a, int64_t steps_a, int64_t batch_b,
                                                int64_t steps_b);

// Updates until the validation loss was first no higher than the target, interpolated between the
// two evaluations around it; NaN when it never was.
double steps_to_loss(const Trial& trial, double target);

// The noise scale on the way of a run; NaN where it was not defined (no signal was told from
// noise).
struct NoiseScale {
  double place = 0;  // of the run, 0 to 1
  double sequences = NAN;
};
// What the batch of the run leaves to be gained; INSUFFICIENT when the scale is defined nowhere.
Verdict judge_noise_scale(const std::vector<NoiseScale>& scales, int64_t batch);

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::Regime> {
  using E = plan::Regime;
  static constexpr auto names = enum_names<E>({{E::perfect, "perfect scaling"},
                                               {E::diminishing, "diminishing returns"},
                                               {E::maximal, "maximal parallelism"}});
};
