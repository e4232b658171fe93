#include "coldstart/train/run.h"

#include "coldstart/core/files.h"
#include "coldstart/core/parallel.h"
#include "coldstart/kernels/cpu/ceilings.h"
#include "coldstart/train/checkpoint.h"
#include "coldstart/train/init_table.h"
#include "coldstart/train/retention.h"
#include "coldstart/train/run_plan.h"
#include "coldstart/train/trainer.h"

namespace coldstart::train {

namespace fs = std::filesystem;

namespace {

// As it is stored: config.toml starts the same run again, somewhere else.
RunConfig without_place(RunConfig config) {
  config.train.out.clear();
  return config;
}

// A resumed run is the same run: only where it lives and how many threads it has may change.
void require_same_run(RunConfig stored, RunConfig asked, const fs::path& run) {
  stored.train.out = asked.train.out;
  stored.train.threads = asked.train.threads;
  const auto changes = differences(stored.fields(), asked.fields());
  if (changes.empty()) return;
  throw ConfigError("--resume",
                    fmt::format("the configuration differs from that of '{}' ({})", run.string(),
                                fmt::join(changes, "; ")),
                    "resume without other settings; to change them, start a new run with "
                    "--branch-from CHECKPOINT --out DIRECTORY");
}

}  // namespace

data::Dataset open_data(const RunConfig& config) {
  const DataOptions& options = config.data;
  data::PrepareOptions prepare;
  prepare.tokenizer = enum_name(options.tokenizer);
  if (options.tokenizer == TokenizerKind::sentencepiece) prepare.vocab_size = options.vocab_size;
  prepare.split.val_fraction = options.val_fraction;
  prepare.split.seed = static_cast<uint64_t>(options.split_seed);
  prepare.corpus.stories_bytes = options.stories_bytes;
  prepare.corpus.stories_seed = static_cast<uint64_t>(options.stories_seed);
  const fs::path runs = fs::absolute(config.train.out).lexically_normal().parent_path();
  return data::open_dataset(options.path, prepare, runs / ".data");
}

RunConfig config_of_run(const fs::path& run) {
  RunConfig config;
  apply_toml(config, read_file(run / "config.toml"), (run / "config.toml").string());
  config.train.out = run.string();
  return config;
}

RunConfig config_of_checkpoint(const fs::path& checkpoint) {
  RunConfig config;
  apply_toml(config, read_manifest(checkpoint).config, (checkpoint / "manifest.json").string());
  config.train.out.clear();
  return config;
}

RunResult run_training(const RunRequest& request, kernels::Kernels& kernels,
                       RunObserver& observer) {
  if (request.config.train.threads > 0) {
    set_thread_count(narrow<int>(request.config.train.threads));
  }
  const fs::path out = request.config.train.out;
  const data::Dataset dataset = open_data(request.config);
  const ResolvedConfig config = resolve(request.config, dataset.vocab_size(), dataset.train.size());
  // A new directory comes last, so that nothing is left behind when something is wrong before it.
  std::optional<RunDirectory> directory;
  if (request.resume) {
    directory.emplace(RunDirectory::open(out));
    require_same_run(config_of_run(out), config.config, out);
  } else {
    RunDirectory::require_free(out);
  }
  require_memory(memory_of(config), available_memory_bytes());
  const Environment environment = describe_environment(kernels);

  Trainer trainer(config, dataset, kernels, observer);
  // A run that was killed before its first checkpoint starts again; nothing is lost by that.
  if (request.resume && !list_checkpoints(directory->checkpoints()).empty()) {
    trainer.resume(find_checkpoint(out));
  }
  if (!request.branch_from.empty()) trainer.branch(find_checkpoint(request.branch_from));
  if (!request.resume) {
    directory.emplace(RunDirectory::create(out, to_toml(without_place(config.config)),
                                           environment_json(environment)));
    // So that the run can be sampled and exported wherever it is moved to.
    const std::string tokenizer = dataset.tokenizer ? dataset.tokenizer->model() : "";
    if (!tokenizer.empty()) write_file_atomic(out / data::kTokenizerModelFile, tokenizer);
  }
  // Before the first step, so that nothing else of this process runs beside it.
  const double peak_gflops =
      request.measure_peak ? kernels::cpu::measure_fma_gflops(environment.threads) : 0;
  const RunFacts facts =
      describe_run(config, dataset, environment, peak_gflops, trainer.state().step);
  RunResult result = trainer.run(*directory, facts, request.time_limit_s);
  if (peak_gflops > 0) {
    result.fraction_of_peak = result.tokens_per_s * facts.flops_per_token / (peak_gflops * 1e9);
  }
  return result;
}

DryRun dry_run(const RunRequest& request, const kernels::Kernels& kernels) {
  if (request.config.train.threads > 0) {
    set_thread_count(narrow<int>(request.config.train.threads));
  }
  const data::Dataset dataset = open_data(request.config);
  const ResolvedConfig config = resolve(request.config, dataset.vocab_size(), dataset.train.size());
  const Environment environment = describe_environment(kernels);
  const double peak_gflops = kernels::cpu::measure_fma_gflops(environment.threads);
  RunFacts facts = describe_run(config, dataset, environment, peak_gflops, 0);
  for (std::string& line : describe_init(config))
    facts.table.emplace_back("start", std::move(line));
  return {
      .facts = std::move(facts), .reasons = config.reasons, .config_toml = to_toml(config.config)};
}

}  // namespace coldstart::train
