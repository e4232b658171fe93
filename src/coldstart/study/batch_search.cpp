#include "coldstart/study/batch_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/io/json_lines.h"
#include "coldstart/plan/series.h"
#include "coldstart/study/step_timing.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr std::array kRateFactors = {0.5, 1.0, 2.0};
constexpr int64_t kEvaluations = 50;    // of a run to a target
constexpr int64_t kEvalTokens = 16384;  // of each
constexpr std::array kPlaces = {0.1, 0.5, 0.9};
constexpr double kAround = 0.05;  // of the run, on either side of such a place

int64_t sequences_of(const train::RunConfig& config) {
  return config.train.batch_tokens / config.model.context;
}

train::RunConfig toward_target(const train::RunConfig& config, const LossTarget& target,
                               int64_t warmup, int64_t batch, double lr) {
  train::RunConfig c = without_checkpoints(config);
  c.schedule = {};
  c.schedule.shape = schedule::Shape::constant;
  c.schedule.warmup = std::min(warmup, target.most_steps);
  c.batch = {};
  c.plateau = {};
  c.optimizer.lr = lr;
  c.train.batch_tokens = batch * c.model.context;
  c.train.micro_batch = 0;
  c.train.steps = target.most_steps;
  c.train.target_loss = target.loss;
  c.train.eval_every = std::max<int64_t>(1, target.most_steps / kEvaluations);
  c.train.eval_tokens = std::min(c.train.eval_tokens, kEvalTokens);
  return c;
}

// The median of what a run wrote under a name around a place of it; NaN when it wrote nothing
// there.
double median_around(const fs::path& run, const char* name, double place, int64_t steps) {
  std::vector<double> values;
  io::visit_json_lines(run / "metrics.jsonl", [&](const io::JsonRecord& record) {
    const auto value = record.number(name);
    const auto step = record.integer("step");
    const double at = step ? static_cast<double>(*step) / static_cast<double>(steps) : NAN;
    if (value && std::abs(at - place) <= kAround) values.push_back(*value);
    return true;
  });
  return plan::median_of(values);
}

}  // namespace

std::vector<int64_t> three_batches(const std::vector<int64_t>& considered) {
  const size_t skipped = considered.size() - std::min<size_t>(3, considered.size());
  return {considered.begin() + static_cast<std::ptrdiff_t>(skipped), considered.end()};
}

BatchAnswer search_batch(const train::RunConfig& config, const fs::path& directory,
                         const LossTarget& target, kernels::Kernels& kernels,
                         train::RunObserver& observer) {
  std::vector<plan::BatchResult> results;
  std::vector<std::string> warnings;
  std::string table =
      fmt::format("{:>10} {:>12} {:>14} {:>10}\n", "sequences", "lr", "steps to loss", "ms a step");
  train::RunConfig base = config;
  base.train.out = (directory / "run").string();  // the data are prepared beside it
  const int64_t warmup = train::resolve(base, train::open_data(base)->facts()).schedule.warmup;
  for (const int64_t batch : target.batches) {
    const double scale =
        std::sqrt(static_cast<double>(batch) / static_cast<double>(sequences_of(config)));
    plan::BatchResult best{.batch = batch};
    double best_factor = 1, step_s = 0;  // of the fastest run: others may use the machine
    for (const double factor : kRateFactors) {
      const double lr = config.optimizer.lr * scale * factor;
      const Probe probe{.label = fmt::format("{} sequences a step, lr {:.3g}, to a loss of {}",
                                             batch, lr, target.loss),
                        .directory = directory / fmt::format("target-{}-batch-{}-lr-{:.4g}",
                                                             target.loss, batch, lr),
                        .config = toward_target(base, target, warmup, batch, lr)};
      const ProbeEnd end = run_probe(probe, kernels, observer);
      if (end.signal != 0) return {.signal = end.signal};
      const double steps = plan::steps_to_loss(end.trial, target.loss);
      if (steps <= 0)
        throw ConfigError("--target",
                          fmt::format("the untrained model has a loss of {:.4g} already, which is "
                                      "no higher than {}",
                                      end.trial.evals.val.front(), target.loss),
                          "choose a lower loss");
      const double measured_s = step_timing(probe.directory).step_s;
      if (step_s == 0 || (measured_s > 0 && measured_s < step_s)) step_s = measured_s;
      table += fmt::format("{:>10} {:>12.4g} {:>14} {:>10.1f}\n", batch, lr,
                           std::isnan(steps) ? "not reached" : fmt::format("{:.1f}", steps),
                           1000 * measured_s);
      if (std::isnan(steps) || steps >= best.steps) continue;
      best.steps = steps;
      best_factor = factor;
    }
    best.step_s = step_s;
    results.push_back(best);
    if (!std::isnan(best.steps) && best_factor != 1)
      warnings.push_back(
          fmt::format("batch {}: the {} of the three rates was the best, so another one beyond it "
                      "may be better",
                      batch, best_factor < 1 ? "lowest" : "highest"));
  }
  BatchAnswer answer{.verdict = plan::choose_batch(results).verdict};
  answer.verdict.chart = table + answer.verdict.chart;
  std::ranges::copy(warnings, std::back_inserter(answer.verdict.warnings));
  answer.verdict.valid_for.push_back(
      fmt::format("a loss of {}, one seed, at most {} steps", target.loss, target.most_steps));
  return answer;
}

BatchAnswer measure_noise_scale(const train::RunConfig& config, const fs::path& directory,
                                kernels::Kernels& kernels, train::RunObserver& observer) {
  const int64_t sequences = sequences_of(config);
  if (sequences < 2)
    throw ConfigError("--noise-scale",
                      "a batch of one sequence has no parts that could be told apart",
                      fmt::format("--set batch_tokens={} or more", 2 * config.model.context));
  Probe probe{.label = "noise scale", .directory = directory / "noise-scale", .config = config};
  train::RunConfig& c = probe.config;
  c.train.out = probe.directory.string();
  const train::ResolvedConfig resolved = train::resolve(c, train::open_data(c)->facts());
  if (resolved.grad_accum < 2) {
    int64_t parts = 2;
    while (sequences % parts != 0) ++parts;
    c.train.micro_batch = sequences / parts;
  }
  c.metrics.measure = "critical_batch";
  c.metrics.granularity = "model";
  c.train.keep_best = 0;
  c.train.trunk_at.clear();
  const ProbeEnd end = run_probe(probe, kernels, observer);
  if (end.signal != 0) return {.signal = end.signal};
  std::vector<plan::NoiseScale> scales;
  for (const double place : kPlaces)
    scales.push_back({place, median_around(probe.directory, "critical_batch/model", place,
                                           resolved.schedule.total())});
  return {.verdict = plan::judge_noise_scale(scales, sequences)};
}

}  // namespace coldstart::study
