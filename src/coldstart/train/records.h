// The records of a run, one JSON object a line in metrics.jsonl, in the order in which they happen.
//
// Steps count finished optimizer updates: the train record with step k holds update number k (its
// loss is of the weights before it), the eval record with step k was taken after k updates, and
// step 0 is the untrained model. Everything in metrics.jsonl is a function of configuration and
// data alone, so two runs can be compared byte for byte; wall-clock times live in timings.jsonl.
// Test: tests/train/records_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "coldstart/io/json_record.h"
#include "coldstart/metrics/sink.h"

namespace coldstart::train {

// One more number of a step's record, where a mechanism that is not on by default has one.
struct Reading {
  const char* name;
  double value;
};

struct StepRecord {
  int64_t step = 0;
  int64_t tokens = 0;    // trained on since step 0
  double loss = 0;       // nats a token, mean over the step's batch
  double lr = 0;         // absolute
  double grad_norm = 0;  // of the mean gradient, before clipping
  double clip = 1;       // norm of the gradient (of the update) after clipping / before
  double clipped = 0;    // share of what the rule looks at: all of it (0 or 1), values, rows, ...
  double clipped_recent = 0;  // share of the last 100 steps in which anything was clipped
  double update_norm = 0;     // |w' - w| over all parameters
  double weight_norm = 0;     // |w| before the update
  // Of [regularize], at this step; written where they are not 0 (of the decay: 1). With them, loss
  // is that of the noisy pass, and with label smoothing that against the smoothed targets; the
  // losses of an EvalRecord are always plain.
  double dropout = 0, attention_dropout = 0, label_smoothing = 0;
  double decay_factor = 1;
  std::vector<Reading> readings = {};  // of the data order, the batch and the plateau rule
};

struct EvalRecord {
  int64_t step = 0;
  int64_t tokens = 0;
  double val_loss = 0;  // nats a token on the fixed validation set
  double val_bits_per_byte = 0;
  double train_loss = 0;  // on the fixed probe of training text, in evaluation mode
  double train_bits_per_byte = 0;
  std::vector<std::pair<std::string, double>> scores = {};  // of a classifier: "val_f1", ...
};

// Seconds of this process, by what they went into.
struct TimeAccount {
  double train_s = 0, metrics_s = 0, eval_s = 0, data_s = 0, checkpoint_s = 0;
  double total_s() const { return train_s + metrics_s + eval_s + data_s + checkpoint_s; }
};

io::JsonRecord to_record(const StepRecord& record);
io::JsonRecord to_record(const EvalRecord& record);
io::JsonRecord to_record(int64_t step, const std::vector<metrics::NamedValue>& values);
io::JsonRecord plateau_record(int64_t step, double factor, double best_val_loss);
io::JsonRecord warning_record(int64_t step, const std::string& text);
io::JsonRecord to_record(int64_t step, const TimeAccount& times);  // of timings.jsonl

}  // namespace coldstart::train
