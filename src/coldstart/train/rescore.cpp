#include "coldstart/train/rescore.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/core/error.h"
#include "coldstart/train/load_run.h"

namespace coldstart::train {

std::vector<Rescored> rescore(const std::filesystem::path& run, kernels::Kernels& kernels,
                              int64_t eval_tokens) {
  const checkpoint::Manifest last =
      checkpoint::read_manifest(checkpoint::find_checkpoint(run, "last"));
  if (last.best.empty())
    throw CheckpointError("rescore", fmt::format("'{}' kept no best checkpoint", run.string()),
                          "keep some: --keep-best 3");
  std::vector<Rescored> rescored;
  for (const checkpoint::BestCheckpoint& kept : last.best) {
    LoadedRun loaded = load_run(run, fmt::format("{}", kept.step));
    const eval::Evaluation whole = evaluate_run(loaded, kernels, eval_tokens);
    rescored.push_back({.step = kept.step,
                        .during_training = kept.val_loss,
                        .whole = whole.loss,
                        .tokens = whole.tokens});
  }
  std::ranges::stable_sort(rescored, {}, &Rescored::whole);
  return rescored;
}

int64_t picked_during_training(const std::vector<Rescored>& rescored) {
  COLDSTART_CHECK(!rescored.empty(), "no checkpoint");
  return std::ranges::min_element(rescored, {}, &Rescored::during_training)->step;
}

}  // namespace coldstart::train
