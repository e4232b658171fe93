// Time for measurements, in seconds: the monotonic wall clock, and the CPU time of a thread.
#pragma once

#include <chrono>
#include <ctime>

namespace coldstart {

inline double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// CPU time of the calling thread: what it costs, whoever else uses the machine.
inline double thread_cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace coldstart
