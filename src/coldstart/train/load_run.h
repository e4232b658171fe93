// A trained model, from the directory of a run or of a checkpoint: for evaluation, samples, export.
// Test: tests/train/load_run_test.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "coldstart/checkpoint/manifest.h"
#include "coldstart/data/tokenizer.h"
#include "coldstart/eval/evaluate.h"
#include "coldstart/model/gpt.h"
#include "coldstart/train/config.h"

namespace coldstart::train {

struct LoadedRun {
  std::filesystem::path checkpoint;
  RunConfig config;
  checkpoint::Manifest manifest;
  std::unique_ptr<model::Model> model;
  std::shared_ptr<const data::Tokenizer> tokenizer;  // null when the data brought none
};

// The directory of a checkpoint, or one checkpoint of a run: "last", "best" or a step.
// CheckpointError when there is none or it is damaged.
LoadedRun load_run(const std::filesystem::path& run_or_checkpoint, std::string_view which = "last");

// Its model as the GPT that `what` ("sample") needs; ConfigError when it is another one.
model::Gpt& gpt_of(LoadedRun& run, std::string_view what);

// On eval_tokens tokens (0 = all) of the validation split of the run's own data.
eval::Evaluation evaluate_run(LoadedRun& run, kernels::Kernels& kernels, int64_t eval_tokens);

}  // namespace coldstart::train
