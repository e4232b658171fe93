#include "coldstart/train/load_run.h"

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/core/error.h"
#include "coldstart/train/run.h"

namespace coldstart::train {

LoadedRun load_run(const std::filesystem::path& run_or_checkpoint, std::string_view which) {
  const auto checkpoint =
      std::filesystem::absolute(checkpoint::find_checkpoint(run_or_checkpoint, which));
  const auto run = checkpoint.parent_path().parent_path();
  const checkpoint::Manifest manifest = checkpoint::read_manifest(checkpoint);
  RunConfig config = config_of_checkpoint(checkpoint);
  config.train.out = run.string();  // where the data is looked for, too
  LoadedRun loaded{.checkpoint = checkpoint,
                   .config = config,
                   .manifest = manifest,
                   .model = model::make_model(resolve(config, config.model.vocab).model),
                   .tokenizer = nullptr};
  checkpoint::load_weights(checkpoint, manifest, loaded.model->params());
  if (!manifest.tokenizer.empty()) loaded.tokenizer = data::load_tokenizer(manifest.tokenizer, run);
  return loaded;
}

model::Gpt& gpt_of(LoadedRun& run, std::string_view what) {
  model::require_gpt(resolve(run.config, run.config.model.vocab).model, what);
  return dynamic_cast<model::Gpt&>(*run.model);
}

eval::Evaluation evaluate_run(LoadedRun& run, kernels::Kernels& kernels, int64_t eval_tokens) {
  const auto data = open_data(run.config);
  const model::SequenceShape sequence = run.model->sequence();
  return eval::make_evaluator(*data, data::Split::validation, sequence,
                              run.config.train.micro_batch, eval_tokens)
      ->run(*run.model, kernels);
}

}  // namespace coldstart::train
