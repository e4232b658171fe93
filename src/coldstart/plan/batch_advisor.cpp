#include "coldstart/plan/batch_advisor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/plan/series.h"
#include "coldstart/plan/stale.h"

namespace coldstart::plan {

namespace {

constexpr double kStillGrows = 1.1;     // throughput, at twice the batch
constexpr double kNearlyDoubles = 1.8;  // below it, well before the knee: a bottleneck
constexpr double kWaiting = 0.05;
constexpr double kPerfect = 0.15;  // off perfect scaling
constexpr double kNoGain = 0.05;

void check_rows(const std::vector<ThroughputRow>& rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].batch < 1 || (i > 0 && rows[i].batch <= rows[i - 1].batch))
      throw DataError("throughput", "batches must grow", "measure 8, 16, 32, ...");
    if (!rows[i].out_of_memory && !(rows[i].examples_per_s > 0))
      throw DataError(
          "throughput",
          fmt::format("batch {}: got {} a second", rows[i].batch, rows[i].examples_per_s),
          "a batch that does not fit is marked as out of memory");
  }
}

// Growth of throughput from one row to the next, as if the batch had doubled.
double growth(const ThroughputRow& a, const ThroughputRow& b) {
  const double doublings = std::log2(static_cast<double>(b.batch) / static_cast<double>(a.batch));
  return std::pow(b.examples_per_s / a.examples_per_s, 1 / doublings);
}

using Ladder = std::vector<ThroughputRow>;

// Does throughput grow from row i on, by this factor a doubling? Over one row, or over two.
bool grows_from(const Ladder& rows, size_t i, double factor) {
  if (growth(rows[i], rows[i + 1]) >= factor) return true;
  return i + 2 < rows.size() && growth(rows[i], rows[i + 2]) >= factor;
}

size_t knee_of(const Ladder& rows) {
  size_t knee = 0;
  while (knee + 1 < rows.size() && grows_from(rows, knee, kStillGrows))
    knee += growth(rows[knee], rows[knee + 1]) >= kStillGrows ? 1 : 2;
  return knee;
}

// Slower than it should be from row i to the next, and not because one of the two was measured
// low or high.
bool is_bottleneck(const Ladder& rows, size_t i) {
  if (grows_from(rows, i, kNearlyDoubles)) return false;
  return i == 0 || growth(rows[i - 1], rows[i + 1]) < kNearlyDoubles;
}

}  // namespace

ThroughputReport judge_throughput(const std::vector<ThroughputRow>& rows) {
  check_rows(rows);
  ThroughputReport report{.verdict = {.rule = "BS-02", .label = "KEEP", .text = {}}};
  Verdict& verdict = report.verdict;
  Ladder fit;
  for (const ThroughputRow& row : rows)
    if (!row.out_of_memory) fit.push_back(row);
  if (fit.empty()) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = "No batch size fits into memory.";
    return report;
  }
  const size_t knee = knee_of(fit);
  report.knee = fit[knee].batch;
  for (size_t i = 0; i <= knee; ++i) report.considered.push_back(fit[i].batch);
  verdict.evidence = {{.id = "knee",
                       .what = "largest batch that still raises throughput",
                       .value = {.mid = static_cast<double>(report.knee)}}};
  verdict.text = fmt::format(
      "Throughput grows up to batch {} ({:.4g} a second); larger ones bring "
      "nothing.",
      report.knee, fit[knee].examples_per_s);
  if (knee + 1 == fit.size())
    verdict.text = fmt::format(
        "Throughput still grows at batch {} ({:.4g} a second), the largest {}.", report.knee,
        fit[knee].examples_per_s, fit.size() < rows.size() ? "that fits" : "that was measured");
  for (size_t i = 0; i + 1 <= knee; ++i) {
    const bool well_below = 2 * fit[i + 1].batch <= report.knee;
    if (well_below && is_bottleneck(fit, i))
      verdict.warnings.push_back(
          fmt::format("W-BOTTLENECK: from batch {} to {} throughput grows {:.2f}-fold a doubling; "
                      "something other than arithmetic limits it",
                      fit[i].batch, fit[i + 1].batch, growth(fit[i], fit[i + 1])));
  }
  for (const ThroughputRow& row : fit) {
    if (row.data_wait_share > kWaiting)
      verdict.warnings.push_back(
          fmt::format("W-INPUT-BOUND: at batch {} {:.0f} % of the time is spent waiting for data",
                      row.batch, 100 * row.data_wait_share));
    if (row.accumulation > 1)
      verdict.warnings.push_back(
          fmt::format("BS-04: batch {} accumulates {} micro-batches, which brings no throughput",
                      row.batch, row.accumulation));
  }
  return report;
}

BatchChoice choose_batch(const std::vector<BatchResult>& results,
                         const std::vector<double>& devices) {
  if (!devices.empty() && devices.size() != results.size())
    throw DataError("batch",
                    fmt::format("{} device counts for {} batches", devices.size(), results.size()),
                    "give one a batch");
  BatchChoice choice{.regimes = {}, .verdict = {.rule = "BS-05", .label = "KEEP", .text = {}}};
  Verdict& verdict = choice.verdict;
  double least_time = INFINITY, least_cost = INFINITY;
  std::vector<BatchResult> reached;
  for (size_t i = 0; i < results.size(); ++i) {
    const BatchResult& result = results[i];
    if (i > 0 && result.batch <= results[i - 1].batch)
      throw DataError("batch", "batches must grow", "sort the results by batch size");
    if (!std::isfinite(result.steps) || !(result.step_s > 0)) continue;
    reached.push_back(result);
    const double time = result.steps * result.step_s;
    const double cost = time * (devices.empty() ? 1 : devices[i]);
    if (time <= least_time) least_time = time, choice.fastest = result.batch;
    if (cost < least_cost) least_cost = cost, choice.cheapest = result.batch;
  }
  if (reached.size() < 2) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text = fmt::format("{} of {} batch sizes reached the target; two are needed.",
                               reached.size(), results.size());
    return choice;
  }
  for (size_t i = 0; i + 1 < reached.size(); ++i) {
    const double ratio =
        static_cast<double>(reached[i + 1].batch) / static_cast<double>(reached[i].batch);
    const double cut = reached[i].steps / reached[i + 1].steps;
    choice.regimes.push_back(cut >= ratio * (1 - kPerfect) ? Regime::perfect
                             : cut > 1 + kNoGain           ? Regime::diminishing
                                                           : Regime::maximal);
    verdict.chart += fmt::format("{} -> {}: steps {:.4g} -> {:.4g}, {}\n", reached[i].batch,
                                 reached[i + 1].batch, reached[i].steps, reached[i + 1].steps,
                                 enum_name(choice.regimes.back()));
  }
  verdict.evidence = {{.id = "time", .what = "seconds to the target", .value = {.mid = least_time}},
                      {.id = "resources", .what = "device seconds", .value = {.mid = least_cost}}};
  verdict.text = fmt::format(
      "Batch {} reaches the target soonest ({:.3g} s), batch {} with the least "
      "resources ({:.3g} device seconds).",
      choice.fastest, least_time, choice.cheapest, least_cost);
  for (const Stale& stale : stale_after(Change::batch))
    verdict.would_change.push_back(fmt::format("another batch size makes STALE: {} ({})",
                                               enum_name(stale.conclusion), stale.why));
  return choice;
}

std::optional<std::string> epoch_budget_warning(int64_t batch_a, int64_t steps_a, int64_t batch_b,
                                                int64_t steps_b) {
  if (batch_a == batch_b) return std::nullopt;
  const double a = static_cast<double>(batch_a) * static_cast<double>(steps_a);
  const double b = static_cast<double>(batch_b) * static_cast<double>(steps_b);
  if (std::abs(a - b) > 0.02 * std::max(a, b)) return std::nullopt;
  return "W-EPOCH-BUDGET: both saw equally many examples, which only shows whether scaling is "
         "perfect; compare at equal steps, or by the steps to a target";
}

double steps_to_loss(const Trial& trial, double target) {
  const Curve val = val_curve(trial);
  for (size_t i = 0; i < val.size(); ++i) {
    if (val.value[i] > target) continue;
    const auto here = static_cast<double>(val.step[i]);
    if (i == 0) return here;
    const auto before = static_cast<double>(val.step[i - 1]);
    const double share = (val.value[i - 1] - target) / (val.value[i - 1] - val.value[i]);
    return before + share * (here - before);
  }
  return NAN;
}

Verdict judge_noise_scale(const std::vector<NoiseScale>& scales, int64_t batch) {
  Verdict verdict{.rule = "BS-05", .label = "KEEP", .text = {}};
  std::vector<double> known;
  for (const NoiseScale& scale : scales) {
    verdict.evidence.push_back(
        {.id = fmt::format("B_c at {:.0f} %", 100 * scale.place),
         .what = std::isfinite(scale.sequences)
                     ? "gradient noise scale, in sequences"
                     : "gradient noise scale: not defined, no signal was told from the noise",
         .value = {.mid = scale.sequences},
         .basis = Basis::measured});
    if (std::isfinite(scale.sequences)) known.push_back(scale.sequences);
  }
  verdict.valid_for = {
      fmt::format("a batch of {} sequences, this learning rate, this length", batch),
      "an order of magnitude: the scale ignores curvature, and grows as the loss "
      "falls"};
  if (known.empty()) {
    verdict.label = "INSUFFICIENT";
    verdict.standing = Standing::insufficient;
    verdict.text =
        "Nowhere on the way could the signal of a gradient be told from its noise: batches of this "
        "size are far below the critical one, or too few steps were averaged.";
    verdict.next = {"a longer run: --set steps=N"};
    return verdict;
  }
  const auto here = static_cast<double>(batch);
  const double critical = median_of(known);
  const double left = (1 + critical / (2 * here)) / (1 + critical / here);
  verdict.text = fmt::format(
      "The critical batch size is about {:.2g} sequences ({:.2g} to {:.2g} on the way). At {} a "
      "step, doubling the batch would leave about {:.0f} % of the steps to a target: 50 % is "
      "perfect scaling, 100 % no gain.",
      critical, *std::ranges::min_element(known), *std::ranges::max_element(known), batch,
      100 * left);
  verdict.next = {
      "steps to a loss at several batch sizes: coldstart throughput CONFIG --target LOSS"};
  return verdict;
}

}  // namespace coldstart::plan
