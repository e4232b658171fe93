// Ctrl-C and SIGTERM during a run: the first one is remembered, so that the trainer finishes its
// step, saves and returns the outcome `interrupted`; the second one ends the program at once.
// Test: tests/train/interrupt_test.cpp, tests/e2e/resume_test.cpp.
#pragma once

#include <csignal>

namespace coldstart::train {

// Handlers are in place while the object lives; one at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  int signal() const;  // the signal that arrived, 0 when none has

 private:
  struct sigaction previous_int_ {
  }, previous_term_{};
};

}  // namespace coldstart::train
