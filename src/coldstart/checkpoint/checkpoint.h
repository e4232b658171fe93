// A checkpoint: the directory step_00001000/ with model.safetensors, optimizer.safetensors
// ("m/h.0.attn.q.weight", ...), metrics.safetensors where measures remember something, and
// manifest.json, which holds size and checksum of the others.
//
// It is built under a temporary name and renamed when every file is on the disk, so a directory
// with a manifest is a whole checkpoint, whatever happened; a full disk leaves the earlier ones
// untouched. Loading checks everything before it writes a single number.
// Tests: tests/checkpoint/checkpoint_test.cpp, tests/e2e/resume_test.cpp.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "coldstart/checkpoint/manifest.h"
#include "coldstart/metrics/metric.h"
#include "coldstart/optim/optimizer.h"
#include "coldstart/tensor/param.h"

namespace coldstart::checkpoint {

// Fills manifest.files. Returns the checkpoint's directory. ResourceError when it cannot be
// written.
std::filesystem::path save_checkpoint(const std::filesystem::path& checkpoints, Manifest manifest,
                                      const ParamList& params, optim::Optimizer& optimizer,
                                      const std::vector<metrics::MetricState>& measures = {});

// CheckpointError when a file is missing, cut, changed, or holds other tensors than asked for.
void load_weights(const std::filesystem::path& checkpoint, const Manifest& manifest,
                  ParamList& params);
void load_optimizer(const std::filesystem::path& checkpoint, const Manifest& manifest,
                    const ParamList& params, optim::Optimizer& optimizer);
// Averages and start values of the measures. A branch may measure something else than its trunk
// did: then false, and nothing is loaded.
void load_metrics(const std::filesystem::path& checkpoint, const Manifest& manifest,
                  const std::vector<metrics::MetricState>& measures);
bool load_metrics_if_same(const std::filesystem::path& checkpoint, const Manifest& manifest,
                          const std::vector<metrics::MetricState>& measures);

// What a user means by a run or a checkpoint: the checkpoint itself, or the last one of a run.
// CheckpointError when there is none.
std::filesystem::path find_checkpoint(const std::filesystem::path& run_or_checkpoint);

// One checkpoint of a run by what it is: "last", "best" (lowest validation loss of those that were
// kept) or its step. CheckpointError, with what there is, when the run has no such checkpoint;
// ConfigError for any other word.
std::filesystem::path find_checkpoint(const std::filesystem::path& run_or_checkpoint,
                                      std::string_view which);

}  // namespace coldstart::checkpoint
