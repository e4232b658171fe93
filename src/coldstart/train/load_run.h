// A trained model, from the directory of a run or of a checkpoint: for evaluation, samples, export.
// Test: tests/train/load_run_test.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "coldstart/data/tokenizer.h"
#include "coldstart/model/gpt.h"
#include "coldstart/train/config.h"
#include "coldstart/train/evaluate.h"
#include "coldstart/train/manifest.h"

namespace coldstart::train {

struct LoadedRun {
  std::filesystem::path checkpoint;
  RunConfig config;
  Manifest manifest;
  model::Gpt model;
  std::shared_ptr<const data::Tokenizer> tokenizer;  // null when the data brought none
};

// The directory of a checkpoint, or one checkpoint of a run: "last", "best" or a step.
// CheckpointError when there is none or it is damaged.
LoadedRun load_run(const std::filesystem::path& run_or_checkpoint, std::string_view which = "last");

// On eval_tokens tokens (0 = all) of the validation split of the run's own data.
Evaluation evaluate_run(LoadedRun& run, kernels::Kernels& kernels, int64_t eval_tokens);

}  // namespace coldstart::train
