#include "coldstart/core/parallel.h"

#include <algorithm>
#include <thread>

#include "coldstart/core/error.h"
#include "coldstart/core/thread_pool.h"

namespace coldstart {

namespace {
int g_threads = 0;  // 0: not set yet
}

int thread_count() {
  if (ThreadPool::is_inside()) return 1;  // nested work stays on its thread
  static const int processors = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return g_threads > 0 ? g_threads : processors;
}

void set_thread_count(int threads) {
  COLDSTART_CHECK(threads >= 1 && threads < 1 << 16, "thread count out of range, got {}", threads);
  g_threads = threads;
}

int thread_index() { return ThreadPool::index(); }

void detail::run_chunks(int64_t chunks, void (*call)(void*, int64_t), void* context) {
  ThreadPool::instance().run(thread_count(), chunks, call, context);
}

double ordered_sum(std::span<const double> partials) {
  double sum = 0;
  for (const double p : partials) sum += p;
  return sum;
}

}  // namespace coldstart
