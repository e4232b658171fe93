// RunObserver: who watches a run (console, JSON lines, a test). The trainer prints nothing itself.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "coldstart/train/outcome.h"
#include "coldstart/train/records.h"

namespace coldstart::train {

// What is known before the first step.
struct RunFacts {
  std::vector<std::pair<std::string, std::string>> table = {};  // label, text: the start-up table
  int64_t first_step = 0, total_steps = 0;
  int64_t tokens_per_step = 0;  // of a full batch
  int64_t first_tokens = 0, total_tokens = 0;
  bool steps_known = true;  // total_steps; otherwise at most so many
  double flops_per_token = 0;
  double peak_gflops = 0;  // of this machine with these threads; 0: not measured
};

class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_start(const RunFacts&) {}
  virtual void on_step(const StepRecord&, const TimeAccount&) {}
  virtual void on_metrics(const io::JsonRecord&) {}
  virtual void on_warning(int64_t /*step*/, const std::string& /*text*/) {}
  virtual void on_note(int64_t /*step*/, const std::string& /*text*/) {}  // what has changed
  virtual void on_eval(const EvalRecord&) {}
  virtual void on_checkpoint(int64_t /*step*/, const std::string& /*path*/) {}
  virtual void on_finish(const RunResult&, const TimeAccount&) {}
};

}  // namespace coldstart::train
