// The machine's two ceilings, measured, not read from a data sheet.
//
//   float32 FMA peak   multiply-adds on registers only, widest vectors, 2 FLOP an element
//   triad              a = b + s c over arrays of `bytes` together, by default far larger than the
//                      caches; 3 arrays x 4 bytes an element are counted (the write-allocate read
//                      of a is not). All three are written before: memory that never was reads
//                      from a cached page of zeros, and twice as fast.
// Each is the median of several repeats of about 10 ms with all threads running at once. The peak
// is taken over each thread's CPU time: other work on the machine does not make it look lower (nor
// the fraction of it that a program reaches higher). The triad is taken over wall time. Test:
// tests/kernels/cpu_ceilings_test.cpp.
#pragma once

#include <cstdint>

namespace coldstart::kernels::cpu {

double measure_fma_gflops(int threads);  // sum over the threads
// 1e9 bytes a second
double measure_triad_gbs(int threads, int64_t bytes = int64_t{384} << 20);

}  // namespace coldstart::kernels::cpu
