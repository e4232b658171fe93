#include "coldstart/core/thread_pool.h"

#include <algorithm>
#include <utility>

namespace coldstart {

namespace {

constexpr int kSpins = 2000;  // some tens of microseconds

thread_local int t_index = 0;
thread_local bool t_inside = false;

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// True as soon as done() is, false after kSpins looks at it.
template <class Done>
bool spin_until(const Done& done) {
  for (int i = 0; i < kSpins; ++i) {
    if (done()) return true;
    relax();
  }
  return false;
}

}  // namespace

ThreadPool& ThreadPool::instance() {
  static ThreadPool pool;
  return pool;
}

int ThreadPool::index() { return t_index; }
bool ThreadPool::is_inside() { return t_inside; }

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(sleep_);
    stopping_ = true;
  }
  wake_workers_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::start_workers(int count) {
  while (static_cast<int>(workers_.size()) < count) {
    const int worker = static_cast<int>(workers_.size()) + 1;
    workers_.emplace_back([this, worker] { work(worker); });
  }
}

void ThreadPool::take_chunks() {
  const bool inside = std::exchange(t_inside, true);
  for (int64_t k = next_chunk_++; k < chunks_; k = next_chunk_++) {
    try {
      call_(context_, k);
    } catch (...) {
      const std::lock_guard lock(failure_mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  }
  t_inside = inside;
}

void ThreadPool::work(int worker) {
  t_index = worker;
  Order seen = 0;
  const auto called = [&] { return order_.load() != seen || stopping_.load(); };
  for (;;) {
    if (!spin_until(called)) {
      std::unique_lock lock(sleep_);
      wake_workers_.wait(lock, called);
    }
    if (stopping_) return;
    seen = order_.load();
    const int taking_part = static_cast<int>(seen & ((Order{1} << kWorkerBits) - 1));
    if (worker > taking_part) continue;
    take_chunks();
    if (--at_work_ == 0) {
      const std::lock_guard lock(
          sleep_);  // the caller is either before its look at at_work_ or asleep
      wake_caller_.notify_one();
    }
  }
}

void ThreadPool::run(int threads, int64_t chunks, void (*call)(void*, int64_t), void* context) {
  const std::unique_lock caller(one_caller_, std::try_to_lock);
  const auto helpers = static_cast<int>(std::min<int64_t>(threads - 1, chunks - 1));
  if (t_inside || helpers <= 0 || !caller.owns_lock()) {
    for (int64_t k = 0; k < chunks; ++k) call(context, k);
    return;
  }
  start_workers(helpers);
  chunks_ = chunks;
  call_ = call;
  context_ = context;
  next_chunk_ = 0;
  at_work_ = helpers;
  failure_ = nullptr;
  const Order number = (order_.load() >> kWorkerBits) + 1;
  {
    const std::lock_guard lock(sleep_);
    order_ = number << kWorkerBits | static_cast<Order>(helpers);
  }
  wake_workers_.notify_all();
  take_chunks();
  const auto done = [&] { return at_work_.load() == 0; };
  if (!spin_until(done)) {
    std::unique_lock lock(sleep_);
    wake_caller_.wait(lock, done);
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace coldstart
