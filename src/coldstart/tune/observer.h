// TuneObserver: who watches the autopilot (console, JSON lines, a test). It prints nothing itself.
#pragma once

#include <string>

#include "coldstart/train/records.h"
#include "coldstart/tune/decision.h"
#include "coldstart/tune/ledger.h"

namespace coldstart::tune {

struct PhaseInfo {
  int number = 0, of = 0;
  std::string name, question;
};

// A run under way: its steps count from where it began.
struct RunProgress {
  std::string name, why;
  int64_t from = 0, step = 0, to = 0;
  double loss = 0, lr = 0;
};

class TuneObserver {
 public:
  virtual ~TuneObserver() = default;
  virtual void on_phase(const PhaseInfo&) {}
  virtual void on_run(const RunProgress&) {}  // before its first step
  virtual void on_step(const RunProgress&, const Ledger&) {}
  virtual void on_run_end(const std::string& /*name*/, const std::string& /*text*/) {}
  virtual void on_note(const std::string&) {}
  // earlier: it was made in an earlier sitting.
  virtual void on_decision(const Decision&, bool /*earlier*/) {}
};

}  // namespace coldstart::tune
