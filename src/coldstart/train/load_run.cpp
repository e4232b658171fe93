#include "coldstart/train/load_run.h"

#include "coldstart/core/error.h"
#include "coldstart/train/checkpoint.h"
#include "coldstart/train/run.h"

namespace coldstart::train {

LoadedRun load_run(const std::filesystem::path& run_or_checkpoint, std::string_view which) {
  const auto checkpoint = std::filesystem::absolute(find_checkpoint(run_or_checkpoint, which));
  const auto run = checkpoint.parent_path().parent_path();
  const Manifest manifest = read_manifest(checkpoint);
  RunConfig config = config_of_checkpoint(checkpoint);
  config.train.out = run.string();  // where the data is looked for, too
  LoadedRun loaded{.checkpoint = checkpoint,
                   .config = config,
                   .manifest = manifest,
                   .model = model::Gpt(resolve(config, config.model.vocab).model),
                   .tokenizer = nullptr};
  load_weights(checkpoint, manifest, loaded.model.params());
  if (!manifest.tokenizer.empty()) loaded.tokenizer = data::load_tokenizer(manifest.tokenizer, run);
  return loaded;
}

Evaluation evaluate_run(LoadedRun& run, kernels::Kernels& kernels, int64_t eval_tokens) {
  const data::Dataset dataset = open_data(run.config);
  const int64_t T = run.config.model.context;
  return Evaluator(data::EvalSet(dataset.val.view(), T, eval_tokens), T,
                   run.config.train.micro_batch, dataset.tokenizer.get())
      .run(run.model, kernels);
}

}  // namespace coldstart::train
