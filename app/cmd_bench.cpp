// coldstart bench train|kernels|optimizers|metrics: how fast this machine trains, where a step's
// time goes, and what an optimizer's step and each measure cost.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/commands.h"
#include "coldstart/bench/kernel_table.h"
#include "coldstart/bench/metrics_bench.h"
#include "coldstart/bench/optimizer_bench.h"
#include "coldstart/bench/train_bench.h"
#include "coldstart/core/parallel.h"
#include "coldstart/core/text.h"
#include "coldstart/train/config.h"

namespace coldstart::app {

namespace {

struct BenchFlags {
  std::string preset = "bench-1m";
  std::vector<std::string> presets = {"bench-1m", "bench-10m", "gpt2-124m"};
  std::vector<std::string> optimizers;
  int64_t steps = 20;
  int64_t warmup_steps = 3;
  int64_t threads = 0;
  bool json = false;
  bool reference = false;
};

void add_training_flags(CLI::App& verb, const std::shared_ptr<BenchFlags>& flags) {
  verb.add_option("--preset,preset", flags->preset, "a preset or a TOML file")
      ->capture_default_str();
  verb.add_option("--warmup-steps", flags->warmup_steps, "steps before the clock starts")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
}

void add_optimizer_flags(CLI::App& verb, const std::shared_ptr<BenchFlags>& flags) {
  verb.add_option("--presets", flags->presets, "presets or TOML files, for their models")
      ->delimiter(',')
      ->capture_default_str();
  verb.add_option("--optimizers", flags->optimizers, "some of them, by name; default: all")
      ->delimiter(',');
}

void add_flags(CLI::App& verb, const std::shared_ptr<BenchFlags>& flags) {
  verb.add_option("--steps", flags->steps, "timed steps")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  verb.add_option("--threads", flags->threads, "CPU threads; 0 = all")->check(CLI::Range(0, 4096));
  verb.add_flag("--json", flags->json, "one JSON object on stdout");
  verb.add_flag("--reference", flags->reference, "the naive kernels instead of the fast ones");
}

train::ResolvedConfig resolved(const std::string& preset) {
  constexpr int64_t kBytes = 256;  // a preset that takes its vocabulary from the data
  const train::RunConfig config = train::load_config(preset);
  const int64_t vocab = config.model.vocab > 0 ? config.model.vocab : kBytes;
  return train::resolve(config, vocab);
}

void set_threads(const BenchFlags& flags) {
  if (flags.threads > 0) set_thread_count(static_cast<int>(flags.threads));
}

bench::TrainBenchOptions options_of(const BenchFlags& flags) {
  set_threads(flags);
  const train::ResolvedConfig run = resolved(flags.preset);
  return {.model = model::require_gpt(run.model, "bench"),
          .B = run.config.train.micro_batch,
          .steps = flags.steps,
          .warmup_steps = flags.warmup_steps};
}

std::unique_ptr<kernels::Kernels> kernels_of(const BenchFlags& flags) {
  return flags.reference ? kernels::make_reference_kernels() : kernels::make_cpu_kernels();
}

void bench_train(const BenchFlags& flags) {
  const auto kernels = kernels_of(flags);
  const bench::TrainBenchResult r = bench::bench_train(options_of(flags), *kernels);
  if (flags.json) {
    fmt::print("{}\n", bench::to_json(r, flags.preset));
    return;
  }
  fmt::print("preset            {}\nkernels           {}, {} threads\n", flags.preset, r.kernels,
             r.threads);
  fmt::print("step              {:.2f} ms  (median of {}; {:.2f} to {:.2f})\n", r.step_ms,
             flags.steps, r.step_ms_min, r.step_ms_max);
  fmt::print("tokens/s          {:.0f}\n", r.tokens_per_s);
  fmt::print("model GFLOPS      {:.1f}\n", r.gflops);
  fmt::print("machine peak      {:.1f} GFLOPS  (float32 FMA; {:.1f} before, {:.1f} after)\n",
             r.peak_gflops, r.peak_gflops_before, r.peak_gflops_after);
  fmt::print("fraction of peak  {:.3f}\n", r.fraction_of_peak);
  fmt::print("peak memory       {}\n", human_bytes(static_cast<double>(r.peak_rss_bytes)));
}

void bench_kernels(const BenchFlags& flags) {
  const auto kernels = kernels_of(flags);
  const bench::KernelTable table = bench::bench_kernels(options_of(flags), *kernels);
  fmt::print("{}\n", flags.json ? bench::to_json(table, flags.preset) : bench::to_text(table));
}

void bench_optimizers(const BenchFlags& flags) {
  set_threads(flags);
  const auto kernels = kernels_of(flags);
  bench::OptimizerBenchOptions options{
      .optimizers = flags.optimizers, .models = {}, .steps = flags.steps};
  for (const std::string& preset : flags.presets) {
    options.models.push_back({preset, model::require_gpt(resolved(preset).model, "bench")});
  }
  const bench::OptimizerTable table = bench::bench_optimizers(options, *kernels);
  fmt::print("{}\n", flags.json ? bench::to_json(table) : bench::to_text(table));
}

void bench_metrics(const BenchFlags& flags) {
  set_threads(flags);
  const auto kernels = kernels_of(flags);
  const train::ResolvedConfig run = resolved(flags.preset);
  const bench::MetricsTable table =
      bench::bench_metrics({.training = options_of(flags),
                            .metrics = run.config.metrics,
                            .eval_every = std::max<int64_t>(1, run.config.train.eval_every)},
                           *kernels);
  fmt::print("{}\n", flags.json ? bench::to_json(table) : bench::to_text(table));
}

}  // namespace

void add_bench(CLI::App& app) {
  CLI::App* bench =
      app.add_subcommand("bench", "measure speed against this machine's own ceilings");
  bench->require_subcommand(1);
  bench->footer(
      "Examples:\n  coldstart bench train --preset bench-10m --steps 20 --json\n"
      "  coldstart bench kernels --preset gpt2-124m --steps 2\n"
      "  coldstart bench metrics --preset bench-10m\n"
      "  coldstart bench optimizers --optimizers adamw,lion_ar --presets gpt2-124m");
  using Flags = std::shared_ptr<BenchFlags>;
  const auto add = [&](const char* name, const char* help,
                       void (*flags_of)(CLI::App&, const Flags&), void (*job)(const BenchFlags&)) {
    const auto flags = std::make_shared<BenchFlags>();
    CLI::App* verb = bench->add_subcommand(name, help);
    flags_of(*verb, flags);
    add_flags(*verb, flags);
    verb->callback([flags, job] { job(*flags); });
  };
  add("train", "train for some steps; tokens/s and the fraction of the machine's peak",
      add_training_flags, bench_train);
  add("kernels", "each kernel's GFLOPS or GB/s and its share of a training step",
      add_training_flags, bench_kernels);
  add("optimizers", "what a step of each optimizer moves through memory, and how fast",
      add_optimizer_flags, bench_optimizers);
  add("metrics", "what each measure costs, and the set that is on by itself", add_training_flags,
      bench_metrics);
}

}  // namespace coldstart::app
