// The CPU kernels other than matrix products, on one thread's CPU time.
//
// Attention in FLOP/s of the causal half alone: a product over T^2/2 (query, key) pairs is T^2 hs
// FLOPs, forward has 2 of them, backward 5. Loops in bytes/s, every tensor counted once for each
// read and write.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "coldstart/core/parallel.h"
#include "coldstart/core/random.h"
#include "coldstart/kernels/kernels.h"
#include "coldstart/tensor/arena.h"

namespace {

using namespace coldstart;
using namespace coldstart::kernels;

// Kernels on one thread, and tensors of normal numbers that live as long as the benchmark.
class Bench {
 public:
  explicit Bench(int64_t floats) : arena_(4 * floats + 64 * Arena::kAlignment) {
    set_thread_count(1);
  }
  Tensor tensor(std::initializer_list<int64_t> shape) {
    const Tensor t = arena_.allocate(DType::f32, shape);
    const Rng rng(1, Stream::test, stream_++);
    constexpr int64_t kDistinct = 4096;  // normal numbers are slow to draw
    for (int64_t i = 0; i < t.size(); ++i) {
      t.f32()[i] = i < kDistinct ? static_cast<float>(rng.normal(static_cast<uint64_t>(i)))
                                 : t.f32()[i - kDistinct];
    }
    return t;
  }
  Kernels& kernels() { return *kernels_; }

 private:
  Arena arena_;
  uint32_t stream_ = 0;
  std::unique_ptr<Kernels> kernels_ = make_cpu_kernels();
};

void count_flops(benchmark::State& state, int64_t flops) {
  state.counters["FLOPS"] =
      benchmark::Counter(static_cast<double>(flops), benchmark::Counter::kIsIterationInvariantRate);
}

void count_bytes(benchmark::State& state, int64_t bytes) {
  state.SetBytesProcessed(state.iterations() * bytes);
}

void attention(benchmark::State& state) {
  const AttentionShape s{
      .B = 1, .T = state.range(0), .H = 4, .H_kv = 4, .head_size = state.range(1)};
  const bool backward = state.range(2) != 0;
  Bench bench(s.T * (2 * s.qkv_cols() + 2 * s.out_cols() + s.H));
  const Tensor qkv = bench.tensor({1, s.T, s.qkv_cols()}), lse = bench.tensor({1, s.H, s.T});
  const Tensor out = bench.tensor({1, s.T, s.out_cols()});
  const Tensor dqkv = bench.tensor({1, s.T, s.qkv_cols()});
  const Tensor dout = bench.tensor({1, s.T, s.out_cols()});
  bench.kernels().attention_forward(out, lse, qkv, s);
  for (auto _ : state) {
    if (backward) {
      bench.kernels().attention_backward(dqkv, dout, qkv, out, lse, s);
    } else {
      bench.kernels().attention_forward(out, lse, qkv, s);
    }
  }
  count_flops(state, (backward ? 5 : 2) * s.H * s.T * s.T * s.head_size);
}
BENCHMARK(attention)
    ->ArgNames({"T", "hs", "backward"})
    ->ArgsProduct({{128, 256, 1024, 2048}, {32, 64, 128}, {0, 1}});

void norm_forward(benchmark::State& state) {
  const int64_t N = state.range(0), C = state.range(1);
  Bench bench(4 * N * C + 2 * N + 2 * C);
  const Tensor x = bench.tensor({N, C}), branch = bench.tensor({N, C}), sum = bench.tensor({N, C});
  const Tensor y = bench.tensor({N, C}), mean = bench.tensor({N}), rstd = bench.tensor({N});
  const Tensor gain = bench.tensor({C}), bias = bench.tensor({C});
  for (auto _ : state) {
    bench.kernels().residual_norm_forward(sum, y, mean, rstd, x, branch, NormKind::layer, gain,
                                          bias);
  }
  count_bytes(state, 16 * N * C);
}
BENCHMARK(norm_forward)->ArgNames({"N", "C"})->Args({4096, 128})->Args({1024, 768});

void norm_backward(benchmark::State& state) {
  const int64_t N = state.range(0), C = state.range(1);
  Bench bench(3 * N * C + 2 * N + 3 * C);
  const Tensor x = bench.tensor({N, C}), dy = bench.tensor({N, C}), dx = bench.tensor({N, C});
  const Tensor mean = bench.tensor({N}), rstd = bench.tensor({N}), gain = bench.tensor({C});
  const Tensor dgain = bench.tensor({C}), dbias = bench.tensor({C});
  for (auto _ : state) {
    bench.kernels().norm_backward(dx, dgain, dbias, dy, x, mean, rstd, NormKind::layer, gain, true);
  }
  count_bytes(state, 16 * N * C);
}
BENCHMARK(norm_backward)->ArgNames({"N", "C"})->Args({4096, 128})->Args({1024, 768});

void swiglu(benchmark::State& state) {
  const int64_t N = state.range(0), F = state.range(1);
  const bool backward = state.range(2) != 0;
  Bench bench(5 * N * F);
  const Tensor gate_up = bench.tensor({N, 2 * F}), h = bench.tensor({N, F});
  const Tensor dgate_up = bench.tensor({N, 2 * F});
  for (auto _ : state) {
    if (backward) {
      bench.kernels().swiglu_backward(dgate_up, h, gate_up);
    } else {
      bench.kernels().swiglu_forward(h, gate_up);
    }
  }
  count_bytes(state, (backward ? 20 : 12) * N * F);
}
BENCHMARK(swiglu)->ArgNames({"N", "F", "backward"})->Args({1024, 2048, 0})->Args({1024, 2048, 1});

void rope(benchmark::State& state) {
  const AttentionShape s{.B = 1, .T = 1024, .H = 12, .H_kv = 12, .head_size = 64};
  Bench bench(s.T * s.qkv_cols());
  const Tensor qkv = bench.tensor({1, s.T, s.qkv_cols()});
  for (auto _ : state) bench.kernels().rope(qkv, s, 1e4, 0, false);
  count_bytes(state, 8 * s.T * (s.H + s.H_kv) * s.head_size);
}
BENCHMARK(rope);

void embedding(benchmark::State& state) {
  const int64_t N = 4096, C = 384, V = 8192;
  const bool backward = state.range(0) != 0;
  Bench bench(N * C + V * C + N * C);
  const Tensor x = bench.tensor({N, C}), table = bench.tensor({V, C});
  std::vector<int32_t> tokens(static_cast<size_t>(N));
  const Rng rng(2, Stream::test);
  for (size_t n = 0; n < tokens.size(); ++n) {
    tokens[n] = static_cast<int32_t>(rng.below(n, static_cast<uint64_t>(V)));
  }
  for (auto _ : state) {
    if (backward) {
      bench.kernels().embedding_backward(table, Tensor(), x, tokens, N, true);
    } else {
      bench.kernels().embedding_forward(x, tokens, table, Tensor(), N, 0);
    }
  }
  count_bytes(state, (backward ? 12 : 8) * N * C);
}
BENCHMARK(embedding)->ArgName("backward")->Arg(0)->Arg(1);

void plain_update(benchmark::State& state) {
  const int64_t size = state.range(0), C = 768;
  const auto kind = static_cast<DirectionKind>(state.range(1));
  const bool adam = kind == DirectionKind::adam;
  Bench bench(4 * size);
  const int64_t N = size / C;
  const UpdateTensors t{.w = bench.tensor({N, C}),
                        .g = bench.tensor({N, C}),
                        .m = bench.tensor({N, C}),
                        .v = adam ? bench.tensor({N, C}) : Tensor()};
  if (adam) bench.kernels().fill(t.v, 1);
  std::vector<UpdateSums> rows(static_cast<size_t>(N));
  for (auto _ : state) {
    bench.kernels().plain_update(t, {.kind = kind, .keep = 0.9, .add = 0.1, .mix_m = 0.9},
                                 {.decay = 1e-7, .size = 1e-6}, rows);
    benchmark::DoNotOptimize(rows.data());
  }
  count_bytes(state, (adam ? 28 : 20) * N * C);
}
BENCHMARK(plain_update)
    ->ArgNames({"size", "kind"})
    ->ArgsProduct({{1 << 18, 1 << 24},
                   {static_cast<int>(DirectionKind::sign), static_cast<int>(DirectionKind::adam)}});

void rotate_update(benchmark::State& state) {
  const int64_t size = state.range(0), C = state.range(1), N = size / C;
  Bench bench(3 * size);
  const UpdateTensors t{
      .w = bench.tensor({N, C}), .g = bench.tensor({N, C}), .m = bench.tensor({N, C})};
  std::vector<UpdateSums> rows(static_cast<size_t>(N));
  const std::vector<double> radius(static_cast<size_t>(N), std::sqrt(static_cast<double>(C)));
  const Direction lion{.kind = DirectionKind::sign, .keep = 0.9, .add = 0.1, .mix_m = 0.9};
  for (auto _ : state) {
    bench.kernels().rotate_update(t, lion, {.angle = 1e-3, .radius = radius}, rows);
    benchmark::DoNotOptimize(rows.data());
  }
  count_bytes(state, 20 * N * C);
}
BENCHMARK(rotate_update)->ArgNames({"size", "cols"})->ArgsProduct({{1 << 18, 1 << 24}, {128, 768}});

void sum_squares(benchmark::State& state) {
  const int64_t size = state.range(0);
  Bench bench(size);
  const Tensor x = bench.tensor({size});
  for (auto _ : state) benchmark::DoNotOptimize(bench.kernels().sum_squares(x));
  count_bytes(state, 4 * size);
}
BENCHMARK(sum_squares)->ArgName("size")->Arg(1 << 18)->Arg(1 << 24);

}  // namespace
