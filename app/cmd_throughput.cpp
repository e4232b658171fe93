// coldstart throughput CONFIG --batch 8..256: examples a second over batch sizes, and whether the
// data holds training up; then which of them reaches a loss soonest. Test:
// tests/e2e/probes_test.cpp.
#include <fmt/format.h>

#include <memory>

#include "app/commands.h"
#include "app/probe_flags.h"
#include "app/steps.h"
#include "coldstart/study/batch_search.h"
#include "coldstart/study/lr_study.h"
#include "coldstart/study/throughput.h"

namespace coldstart::app {

namespace {

struct ThroughputFlags {
  ProbeFlags probe;
  std::string batches = "1..64";
  int64_t steps = 10;
  study::LossTarget target;
  bool noise_scale = false;
};

std::string table_of(const std::vector<plan::ThroughputRow>& rows, int64_t context) {
  std::string text = fmt::format("{:>10} {:>12} {:>12} {:>10} {:>12}\n", "sequences", "examples/s",
                                 "tokens/s", "data wait", "accumulation");
  for (const plan::ThroughputRow& row : rows)
    text += row.out_of_memory
                ? fmt::format("{:>10}  does not fit into memory\n", row.batch)
                : fmt::format("{:>10} {:>12.4g} {:>12.4g} {:>9.1f}% {:>12}\n", row.batch,
                              row.examples_per_s, row.examples_per_s * static_cast<double>(context),
                              100 * row.data_wait_share, row.accumulation);
  return text;
}

void run(const ThroughputFlags& f) {
  const train::RunConfig config = f.probe.load();
  const auto kernels = kernels::make_cpu_kernels();
  const auto console = f.probe.console();
  const std::filesystem::path directory = f.probe.directory("throughput");
  const study::Throughput measured = study::measure_throughput(
      config, directory, study::parse_batches(f.batches), f.steps, *kernels, *console);
  if (measured.signal != 0) stopped_by(measured.signal);
  plan::ThroughputReport report = plan::judge_throughput(measured.rows);
  report.verdict.chart = table_of(measured.rows, config.model.context);
  finish(report.verdict, f.probe.json);
  const auto answer = [&](const study::BatchAnswer& batch) {
    if (batch.signal != 0) stopped_by(batch.signal);
    finish(batch.verdict, f.probe.json);
  };
  if (f.target.loss > 0) {
    study::LossTarget target = f.target;
    target.batches = study::three_batches(report.considered);
    if (target.most_steps == 0) target.most_steps = study::steps_of(config);
    answer(study::search_batch(config, directory, target, *kernels, *console));
  }
  if (f.noise_scale) answer(study::measure_noise_scale(config, directory, *kernels, *console));
}

}  // namespace

void add_throughput(CLI::App& app) {
  CLI::App* verb =
      app.add_subcommand("throughput", "examples a second over batch sizes, and what limits them");
  auto f = std::make_shared<ThroughputFlags>();
  f->probe.add_to(*verb);
  verb->add_option("--batch", f->batches,
                   "batch sizes: powers of two from LOW to HIGH, sequences [1..64]");
  verb->add_option("--steps", f->steps, "timed steps of each [10]")->check(CLI::Range(1, 100000));
  verb->add_option("--target", f->target.loss,
                   "then the steps to this validation loss, at the three largest batches that "
                   "throughput grows to, three learning rates each")
      ->check(CLI::PositiveNumber);
  verb->add_option("--most-steps", f->target.most_steps,
                   "of each of those runs [the steps of CONFIG]")
      ->check(CLI::PositiveNumber);
  verb->add_flag("--noise-scale", f->noise_scale,
                 "then a run of CONFIG, and its gradient noise scale at 10, 50 and 90 %");
  verb->footer(
      "Examples:\n"
      "  coldstart throughput tiny --batch 4..64\n"
      "  coldstart throughput tiny --batch 4..64 --target 2.2 --noise-scale\n"
      "After Ctrl-C the same command goes on; to measure again, choose another -o.");
  verb->callback([f] { run(*f); });
}

}  // namespace coldstart::app
