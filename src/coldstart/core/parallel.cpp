#include "coldstart/core/parallel.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <thread>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/core/thread_pool.h"

namespace coldstart {

namespace {

int g_threads = 0;  // 0: not set yet

// The variable that batch systems and launchers divide a machine with; what is no number of
// threads in it is ignored, as OpenMP does.
int default_threads() {
  const char* text = std::getenv("OMP_NUM_THREADS");
  const auto asked = text == nullptr ? std::nullopt : parse_int(text);
  if (asked && *asked >= 1 && *asked < 1 << 16) return static_cast<int>(*asked);
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

int thread_count() {
  if (ThreadPool::is_inside()) return 1;  // nested work stays on its thread
  static const int by_default = default_threads();
  return g_threads > 0 ? g_threads : by_default;
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
