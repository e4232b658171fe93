// Micro-benchmarks of core/: the fixed costs under every kernel, parallel loop and data shuffle.
// The kernels themselves and whole training steps are measured by `coldstart bench`.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "coldstart/core/parallel.h"
#include "coldstart/core/random.h"

namespace coldstart {
namespace {

// What one parallel_for costs when its chunks do nothing: the floor under small kernels.
void parallel_for_overhead(benchmark::State& state) {
  const int64_t chunks = state.range(0);
  for (auto _ : state) {
    parallel_for(chunks, 1,
                 [](int64_t, int64_t, int64_t chunk) { benchmark::DoNotOptimize(chunk); });
  }
  state.SetItemsProcessed(state.iterations() * chunks);
}
BENCHMARK(parallel_for_overhead)->Arg(1)->Arg(2)->Arg(16)->Arg(256)->UseRealTime();

// Counter-based bits and normals: weight initialisation and shuffling draw millions of them.
void random_bits(benchmark::State& state) {
  const Rng rng(1, Stream::test);
  uint64_t index = 0;
  for (auto _ : state) benchmark::DoNotOptimize(rng.bits(index++));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(random_bits);

void random_normal(benchmark::State& state) {
  const Rng rng(1, Stream::test);
  uint64_t index = 0;
  for (auto _ : state) benchmark::DoNotOptimize(rng.normal(index++));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(random_normal);

}  // namespace
}  // namespace coldstart
