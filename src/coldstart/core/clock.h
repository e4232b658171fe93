// Time for measurements, in seconds: the monotonic wall clock, and the CPU time of a thread.
//
// What keeps to a time limit takes a Clock, so that a test can let a machine become slow.
#pragma once

#include <chrono>
#include <ctime>
#include <functional>

namespace coldstart {

inline double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

using Clock = std::function<double()>;  // now_s, or something that goes like it

// CPU time of the calling thread: what it costs, whoever else uses the machine.
inline double thread_cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace coldstart
