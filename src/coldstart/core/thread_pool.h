// The threads behind parallel_for: started once, they wait a little while spinning and then asleep.
//
// A training step has hundreds of short parallel loops, so waking a thread must cost little: a
// worker spins for some microseconds after a loop. But a thread that spins for long takes the
// processor from the very thread it waits for when the machine has other work (beside one
// busy process, OpenMP's default took 491 ms for a step that takes 229 so; docs/performance.md), so
// then it sleeps. Test: tests/core/parallel_test.cpp.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace coldstart {

class ThreadPool {
 public:
  static ThreadPool& instance();
  ~ThreadPool();

  // call(context, k) for every k in [0, chunks), on the caller and threads - 1 workers. One caller
  // at a time; a second one runs its chunks alone. The first exception is rethrown when all chunks
  // are done.
  void run(int threads, int64_t chunks, void (*call)(void*, int64_t), void* context);

  static int index();       // of this thread: 0 for any caller, 1.. for workers
  static bool is_inside();  // this thread is running a chunk

 private:
  // Number of the loop (upper bits) and how many workers take part, in one word, so that a worker
  // reads both at once.
  using Order = uint64_t;
  static constexpr int kWorkerBits = 16;

  void start_workers(int count);
  void work(int worker);
  void take_chunks();

  std::mutex one_caller_;
  std::vector<std::thread> workers_;
  std::atomic<Order> order_ = 0;
  std::atomic<bool> stopping_ = false;

  // The loop: written by the caller while no worker takes part.
  int64_t chunks_ = 0;
  void (*call_)(void*, int64_t) = nullptr;
  void* context_ = nullptr;
  std::atomic<int64_t> next_chunk_ = 0;
  std::atomic<int> at_work_ = 0;
  std::exception_ptr failure_;
  std::mutex failure_mutex_;

  std::mutex sleep_;
  std::condition_variable wake_workers_, wake_caller_;
};

}  // namespace coldstart
