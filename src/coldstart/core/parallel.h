// Threads over fixed chunks, and sums whose order does not depend on the number of threads.
//
// Work of size n is always cut into the same chunks [k*chunk, min(n, (k+1)*chunk)), whatever the
// number of threads; a reduction stores one partial result a chunk and adds them in chunk order.
// That is what makes a run give the same bytes with 1, 2 or 64 threads. Test:
// tests/core/parallel_test.cpp.
#pragma once

#include <cstdint>
#include <span>

namespace coldstart {

// Threads used by parallel_for; by default OMP_NUM_THREADS, or all processors this process may use.
int thread_count();
void set_thread_count(int threads);  // >= 1
int thread_index();                  // 0 .. thread_count()-1 inside parallel_for, else 0

// fn(begin, end, chunk_index) for every chunk, in any order, in parallel. n may be 0. Chunks are
// handed out dynamically; nested calls run on the calling thread. An exception thrown by fn is
// rethrown in the caller after all threads stopped.
template <class Fn>
void parallel_for(int64_t n, int64_t chunk, Fn&& fn);

// Sum in index order, in double.
double ordered_sum(std::span<const double> partials);

}  // namespace coldstart

#include "coldstart/core/parallel_inl.h"
