#include "coldstart/study/throughput.h"

#include <fmt/format.h>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/study/step_timing.h"
#include "coldstart/train/run_plan.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

train::RunConfig at_batch(const train::RunConfig& config, int64_t batch, int64_t steps) {
  train::RunConfig c = without_checkpoints(config);
  c.train.batch_tokens = batch * c.model.context;
  c.train.steps = kUntimedSteps + steps;
  c.train.eval_every = 0;
  c.train.eval_tokens = c.model.context;  // at the end there is one all the same
  c.train.checkpoint_every = 0;
  c.schedule = {};
  c.schedule.shape = schedule::Shape::constant;
  c.batch = {};
  c.plateau = {};
  return c;
}

}  // namespace

std::vector<int64_t> parse_batches(std::string_view text) {
  size_t width = 2, at = text.find("..");
  if (at == std::string_view::npos) width = 1, at = text.find(':');
  if (at != std::string_view::npos) {
    const int64_t lo = parse_int(text.substr(0, at)).value_or(0);
    const int64_t hi = parse_int(text.substr(at + width)).value_or(0);
    if (lo >= 1 && hi >= lo && hi <= (1 << 24)) {
      std::vector<int64_t> batches;
      for (int64_t batch = lo; batch <= hi; batch *= 2) batches.push_back(batch);
      return batches;
    }
  }
  throw ConfigError("--batch", fmt::format("'{}' is no range of batch sizes", text),
                    "expected LOW..HIGH in sequences, such as 8..256");
}

Throughput measure_throughput(const train::RunConfig& config, const fs::path& directory,
                              const std::vector<int64_t>& batches, int64_t steps,
                              kernels::Kernels& kernels, train::RunObserver& observer) {
  Throughput result;
  for (const int64_t batch : batches) {
    Probe probe{.label = fmt::format("{} sequences a step", batch),
                .directory = directory / fmt::format("batch-{}", batch),
                .config = at_batch(config, batch, steps)};
    probe.config.train.out = probe.directory.string();
    const train::ResolvedConfig resolved =
        train::resolve(probe.config, train::open_data(probe.config)->facts());
    plan::ThroughputRow row{.batch = batch, .accumulation = resolved.grad_accum};
    row.out_of_memory = train::memory_of(resolved).total_bytes() > train::available_memory_bytes();
    if (row.out_of_memory) {
      result.rows.push_back(row);
      return result;
    }
    const ProbeEnd end = run_probe(probe, kernels, observer);
    if (end.signal != 0) {
      result.signal = end.signal;
      return result;
    }
    const StepTiming timing = step_timing(probe.directory);
    if (timing.step_s > 0) row.examples_per_s = static_cast<double>(batch) / timing.step_s;
    row.data_wait_share = timing.data_share;
    result.rows.push_back(row);
  }
  return result;
}

}  // namespace coldstart::study
