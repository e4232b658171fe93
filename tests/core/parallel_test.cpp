#include "coldstart/core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace coldstart {
namespace {

struct Parallel : testing::Test {
  int before = thread_count();
  ~Parallel() override { set_thread_count(before); }
};

TEST_F(Parallel, EveryIndexIsVisitedOnceInTheSameChunksForAnyNumberOfThreads) {
  for (const int threads : {1, 2, 3, 7}) {
    set_thread_count(threads);
    EXPECT_EQ(thread_count(), threads);
    for (const int64_t n : {0, 1, 9, 10, 11, 101}) {
      std::vector<int> visits(static_cast<size_t>(n));
      std::atomic<int64_t> chunks = 0;
      parallel_for(n, 10, [&](int64_t begin, int64_t end, int64_t chunk) {
        EXPECT_EQ(begin, chunk * 10);
        EXPECT_EQ(end, std::min(n, begin + 10));
        for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
        ++chunks;
      });
      EXPECT_EQ(visits, std::vector<int>(static_cast<size_t>(n), 1));
      EXPECT_EQ(chunks, (n + 9) / 10);
    }
  }
}

TEST_F(Parallel, AnExceptionReachesTheCaller) {
  for (const int threads : {1, 3}) {
    set_thread_count(threads);
    EXPECT_THROW(parallel_for(100, 1,
                              [](int64_t begin, int64_t, int64_t) {
                                if (begin == 50) throw std::runtime_error("stop");
                              }),
                 std::runtime_error);
  }
}

TEST_F(Parallel, NestedCallsRunOnTheCallingThread) {
  set_thread_count(3);
  parallel_for(6, 1, [](int64_t, int64_t, int64_t) {
    const int outer = thread_index();
    parallel_for(4, 1, [&](int64_t, int64_t, int64_t) { EXPECT_EQ(thread_index(), outer); });
  });
}

TEST_F(Parallel, ManyShortLoopsWithChangingNumbersOfThreadsLoseNoChunk) {
  int64_t expected = 0;
  std::atomic<int64_t> sum = 0;
  for (int loop = 0; loop < 20000; ++loop) {
    set_thread_count(1 + loop % 4);
    const int64_t n = loop % 7;
    expected += n;
    parallel_for(n, 1, [&](int64_t, int64_t, int64_t) { ++sum; });
  }
  EXPECT_EQ(sum, expected);
}

TEST_F(Parallel, TwoCallersAtATimeBothGetTheirChunks) {
  set_thread_count(3);
  std::atomic<int64_t> sum = 0;
  const auto caller = [&] {
    for (int loop = 0; loop < 2000; ++loop) {
      parallel_for(5, 1, [&](int64_t begin, int64_t, int64_t) { sum += begin; });
    }
  };
  std::thread other(caller);
  caller();
  other.join();
  EXPECT_EQ(sum, 2 * 2000 * 10);
}

TEST_F(Parallel, SumsAreInIndexOrder) {
  const std::vector<double> partials = {1e16, 1, -1e16, 1};
  EXPECT_EQ(ordered_sum(partials), 1) << "another order would give 2 or 0";
}

}  // namespace
}  // namespace coldstart
