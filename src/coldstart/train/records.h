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
#include <vector>

#include "coldstart/io/json_record.h"
#include "coldstart/metrics/sink.h"

namespace coldstart::train {

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
};

struct EvalRecord {
  int64_t step = 0;
  int64_t tokens = 0;
  double val_loss = 0;  // nats a token on the fixed validation set
  double val_bits_per_byte = 0;
  double train_loss = 0;  // on the fixed probe of training text, in evaluation mode
  double train_bits_per_byte = 0;
};

// Seconds of this process, by what they went into.
struct TimeAccount {
  double train_s = 0, metrics_s = 0, eval_s = 0, data_s = 0, checkpoint_s = 0;
  double total_s() const { return train_s + metrics_s + eval_s + data_s + checkpoint_s; }
};

io::JsonRecord to_record(const StepRecord& record);
io::JsonRecord to_record(const EvalRecord& record);
io::JsonRecord to_record(int64_t step, const std::vector<metrics::NamedValue>& values);
io::JsonRecord warning_record(int64_t step, const std::string& text);
io::JsonRecord to_record(int64_t step, const TimeAccount& times);  // of timings.jsonl

}  // namespace coldstart::train
