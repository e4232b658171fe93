// Launcher: where attempts of trials run. Local processes now; a cluster's scheduler joins behind
// the same five calls. It knows jobs, not studies. Test: tests/study/controller_test.cpp.
#pragma once

#include <memory>
#include <vector>

#include "coldstart/study/worker.h"

namespace coldstart::study {

class Launcher {
 public:
  virtual ~Launcher() = default;
  virtual const char* name() const = 0;

  // lock: of lock_trial(), taken over; it stays locked while a process of the attempt lives.
  virtual void start(const Job& job, int lock) = 0;
  // An attempt that an earlier controller started and that still runs.
  virtual void adopt(int64_t index, const std::filesystem::path& trial) = 0;
  // Trials whose attempts have ended, at once when there are some, else after timeout_s.
  // ResourceError when one could not write its result.
  virtual std::vector<int64_t> wait(double timeout_s) = 0;
  virtual int running() const = 0;
  // Asks every attempt to save and end.
  virtual void stop_all() = 0;
};

std::unique_ptr<Launcher> make_local_launcher();

}  // namespace coldstart::study
