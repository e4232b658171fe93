// coldstart throughput CONFIG --batch 8..256: examples a second over batch sizes, and whether the
// data holds training up. Test: tests/e2e/probes_test.cpp.
#include <fmt/format.h>

#include <memory>

#include "app/commands.h"
#include "app/probe_flags.h"
#include "app/steps.h"
#include "coldstart/study/throughput.h"

namespace coldstart::app {

namespace {

struct ThroughputFlags {
  ProbeFlags probe;
  std::string batches = "1..64";
  int64_t steps = 10;
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
  const study::Throughput measured =
      study::measure_throughput(config, f.probe.directory("throughput"),
                                study::parse_batches(f.batches), f.steps, *kernels, *console);
  if (measured.signal != 0) stopped_by(measured.signal);
  plan::Verdict verdict = plan::judge_throughput(measured.rows).verdict;
  verdict.chart = table_of(measured.rows, config.model.context);
  finish(verdict, f.probe.json);
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
  verb->footer(
      "Example:\n"
      "  coldstart throughput tiny --batch 4..64\n"
      "After Ctrl-C the same command goes on; to measure again, choose another -o.");
  verb->callback([f] { run(*f); });
}

}  // namespace coldstart::app
