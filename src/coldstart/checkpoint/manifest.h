// manifest.json of a checkpoint: everything beside the tensors that an exact continuation needs.
//
// It is written last, so a checkpoint without one is no checkpoint. Random numbers are functions of
// (seed, stream, index), so the seeds in the configuration and the cursor below are their whole
// state. Test: tests/checkpoint/manifest_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coldstart/adapt/batch_control.h"
#include "coldstart/adapt/clipping.h"
#include "coldstart/adapt/divergence.h"
#include "coldstart/adapt/plateau.h"
#include "coldstart/adapt/self_paced.h"

namespace coldstart::checkpoint {

struct BestCheckpoint {
  int64_t step = 0;
  double val_loss = 0;
  double rank = val_loss;  // what it was chosen by, lower is better (select_by.h)
  bool operator==(const BestCheckpoint&) const = default;
};

struct FileEntry {
  int64_t bytes = 0;
  std::string checksum;  // XXH3-64, 16 hexadecimal digits
};

struct Manifest {
  int64_t step = 0;       // optimizer updates made
  int64_t sequences = 0;  // data cursor: training sequences read since step 0
  int64_t tokens = 0;     // the same in tokens
  std::string config;     // config.toml of the run
  std::string schedule;   // in words, for readers; the configuration decides
  std::string data_id;    // identity of the dataset
  std::string tokenizer;  // its name; a model file of it is in the run directory
  adapt::DivergenceDetector::State divergence;
  adapt::ClipState clip;
  adapt::BatchControl::State batch;
  adapt::SelfPaced::State order;
  adapt::Plateau::State plateau;
  std::vector<BestCheckpoint> best;        // kept, best first
  std::optional<BestCheckpoint> lowest;    // lowest validation loss so far, checkpoint or not
  int64_t metrics_bytes = 0;               // length of metrics.jsonl at this step
  int64_t documents_bytes = 0;             // the same of documents.jsonl
  std::string branched_from;               // checkpoint this run started from; empty: from step 0
  std::vector<std::string> interventions;  // rates that were changed by hand at a branch
  std::map<std::string, FileEntry> files;
};

std::string to_json(const Manifest& manifest);
// CheckpointError, naming the checkpoint and what is wrong with its manifest.
Manifest read_manifest(const std::filesystem::path& checkpoint);

}  // namespace coldstart::checkpoint
