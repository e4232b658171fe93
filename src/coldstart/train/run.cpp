#include "coldstart/train/run.h"

#include <algorithm>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/checkpoint/retention.h"
#include "coldstart/core/files.h"
#include "coldstart/core/parallel.h"
#include "coldstart/data/corpus.h"
#include "coldstart/data/dataset.h"
#include "coldstart/data/files_task.h"
#include "coldstart/kernels/cpu/ceilings.h"
#include "coldstart/train/data_order.h"
#include "coldstart/train/init_table.h"
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
  // The one that people are tempted by while they watch a curve.
  const bool rate = std::ranges::any_of(changes, [](const std::string& change) {
    return change.starts_with("optimizer.lr") || change.starts_with("schedule.") ||
           change.starts_with("groups.") || change.starts_with("plateau.");
  });
  if (rate)
    throw ConfigError(
        "--resume",
        fmt::format("the learning rate of '{}' would change by hand while the run is under way "
                    "({}): such a schedule cannot be repeated (tuning playbook, SC-02)",
                    run.string(), fmt::join(changes, "; ")),
        "resume as it is; let [plateau] reduce the rate by rule in a new run; or start a run that "
        "records the change: --branch-from CHECKPOINT --out DIRECTORY");
  throw ConfigError("--resume",
                    fmt::format("the configuration differs from that of '{}' ({})", run.string(),
                                fmt::join(changes, "; ")),
                    "resume without other settings; to change them, start a new run with "
                    "--branch-from CHECKPOINT --out DIRECTORY");
}

std::unique_ptr<const data::Source> open_examples(const RunConfig& config, const fs::path& cache) {
  const DataOptions& options = config.data;
  const auto seed = static_cast<uint64_t>(options.split_seed);
  if (options.path == data::kBuiltinFiles)
    return data::open_files_task({.kinds = options.kinds,
                                  .window = config.model.context,
                                  .examples = options.examples,
                                  .val_fraction = options.val_fraction,
                                  .seed = seed},
                                 cache);
  if (options.path.starts_with(data::kBuiltinPrefix))
    throw ConfigError("data.path",
                      fmt::format("a classifier needs labelled examples; {} is no task of that "
                                  "kind",
                                  options.path),
                      "--data.path builtin:files, or a file of labelled examples");
  return data::open_labelled(options.path, {.val_fraction = options.val_fraction, .seed = seed});
}

}  // namespace

std::unique_ptr<const data::Source> open_data(const RunConfig& config) {
  const DataOptions& options = config.data;
  const fs::path cache = fs::absolute(config.train.out).lexically_normal().parent_path() / ".data";
  if (config.model.kind != ModelKind::gpt) return open_examples(config, cache);
  if (options.path == data::kBuiltinFiles || data::names_labelled(options.path))
    throw ConfigError("data.path",
                      fmt::format("'{}' holds labelled examples; a GPT reads text", options.path),
                      "train a classifier: --model.kind mlp, or the preset classifier-mlp");
  data::PrepareOptions prepare;
  prepare.tokenizer = enum_name(options.tokenizer);
  if (options.tokenizer == TokenizerKind::sentencepiece) prepare.vocab_size = options.vocab_size;
  prepare.split.val_fraction = options.val_fraction;
  prepare.split.seed = static_cast<uint64_t>(options.split_seed);
  prepare.corpus.stories_bytes = options.stories_bytes;
  prepare.corpus.stories_seed = static_cast<uint64_t>(options.stories_seed);
  return std::make_unique<data::Dataset>(data::open_dataset(options.path, prepare, cache));
}

RunConfig config_of_run(const fs::path& run) {
  RunConfig config;
  apply_toml(config, read_file(run / "config.toml"), (run / "config.toml").string());
  config.train.out = run.string();
  return config;
}

RunConfig config_of_checkpoint(const fs::path& checkpoint) {
  RunConfig config;
  apply_toml(config, checkpoint::read_manifest(checkpoint).config,
             (checkpoint / "manifest.json").string());
  config.train.out.clear();
  return config;
}

RunResult run_training(const RunRequest& request, kernels::Kernels& kernels,
                       RunObserver& observer) {
  if (request.config.train.threads > 0) {
    set_thread_count(narrow<int>(request.config.train.threads));
  }
  const fs::path out = request.config.train.out;
  const auto data = open_data(request.config);
  const ResolvedConfig config = resolve(request.config, data->facts());
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

  Trainer trainer(config, *data, kernels, observer);
  // A run that was killed before its first checkpoint starts again; nothing is lost by that.
  if (request.resume && !checkpoint::list_checkpoints(directory->checkpoints()).empty()) {
    trainer.resume(checkpoint::find_checkpoint(out));
  }
  if (!request.branch_from.empty())
    trainer.branch(checkpoint::find_checkpoint(request.branch_from));
  if (!request.resume) {
    directory.emplace(
        RunDirectory::create(out, to_toml(without_place(config.config)),
                             environment_json(environment, variance_sources(config.config))));
    // So that the run can be sampled and exported wherever it is moved to.
    const std::string tokenizer = data->tokenizer ? data->tokenizer->model() : "";
    if (!tokenizer.empty()) write_file_atomic(out / data::kTokenizerModelFile, tokenizer);
  }
  // Before the first step, so that nothing else of this process runs beside it.
  const double peak_gflops =
      request.measure_peak ? kernels::cpu::measure_fma_gflops(environment.threads) : 0;
  RunFacts facts = describe_run(config, *data, environment, peak_gflops, trainer.state().step);
  facts.first_tokens = trainer.state().tokens;
  RunResult result = trainer.run(*directory, facts, request.time_limit_s, request.clock);
  if (peak_gflops > 0) {
    result.fraction_of_peak = result.tokens_per_s * facts.flops_per_token / (peak_gflops * 1e9);
  }
  return result;
}

DryRun dry_run(const RunRequest& request, const kernels::Kernels& kernels) {
  if (request.config.train.threads > 0) {
    set_thread_count(narrow<int>(request.config.train.threads));
  }
  const auto data = open_data(request.config);
  const ResolvedConfig config = resolve(request.config, data->facts());
  const Environment environment = describe_environment(kernels);
  const double peak_gflops = kernels::cpu::measure_fma_gflops(environment.threads);
  // Says whether the data has what the order needs.
  [[maybe_unused]] const DataOrder order(config, *data);
  RunFacts facts = describe_run(config, *data, environment, peak_gflops, 0);
  for (std::string& line : describe_init(config))
    facts.table.emplace_back("start", std::move(line));
  return {
      .facts = std::move(facts), .reasons = config.reasons, .config_toml = to_toml(config.config)};
}

}  // namespace coldstart::train
