// gemm_bench: our matrix product and the vendor's on the products of the benchmark presets, as a
// fraction of the float32 FMA peak measured right before each of them.
//
//   gemm_bench [THREADS] [FILTER]     one line a product: GFLOP/s and fraction of peak, own | blas
//   gemm_bench [THREADS] newton       Newton-Schulz of Muon's matrices, and its symmetric product:
//                                     FLOPs of the textbook, and those left without the spared half
// With one thread the clock is the thread's own CPU time, so a busy machine does not spoil it.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/core/clock.h"
#include "coldstart/core/parallel.h"
#include "coldstart/core/text.h"
#include "coldstart/kernels/cpu/ceilings.h"
#include "coldstart/kernels/cpu/gemm.h"
#include "coldstart/kernels/timed.h"
#include "coldstart/optim/newton_schulz.h"
#include "coldstart/tensor/arena.h"

using namespace coldstart;
using kernels::cpu::Gemm;

namespace {

// Seconds of one call: the first decile over about 0.1 s. Interruptions only ever add time.
template <class Call>
double call_s(bool cpu_time, Call&& call) {
  const auto clock = [cpu_time] { return cpu_time ? thread_cpu_s() : now_s(); };
  call();
  std::vector<double> times;
  const double begin = clock();
  while (times.size() < 3 || (clock() - begin < 0.1 && times.size() < 200)) {
    const double start = clock();
    call();
    times.push_back(clock() - start);
  }
  const auto decile = times.begin() + static_cast<int64_t>(times.size() / 10);
  std::nth_element(times.begin(), decile, times.end());
  return *decile;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<int64_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

enum class Product { forward, forward_gelu, input, input_gelu, weight };
constexpr std::pair<Product, const char*> kProducts[] = {{Product::forward, "forward"},
                                                         {Product::forward_gelu, "forward+gelu"},
                                                         {Product::input, "dx"},
                                                         {Product::input_gelu, "dx+gelu'"},
                                                         {Product::weight, "dw"}};

struct Layer {
  int64_t N, C, K;  // tokens, inputs, outputs
};

struct Buffers {
  Arena arena;
  float *x, *w, *y, *pre;
  explicit Buffers(const Layer& l)
      : arena(4 * (2 * l.N * l.C + 2 * l.K * l.C + 2 * l.N * l.K) + 4096),
        x(arena.allocate(DType::f32, {l.N, l.C}).f32()),
        w(arena.allocate(DType::f32, {l.K, l.C}).f32()),
        y(arena.allocate(DType::f32, {l.N, l.K}).f32()),
        pre(arena.allocate(DType::f32, {l.N, std::max(l.K, l.C)}).f32()) {
    for (int64_t i = 0; i < l.N * l.C; ++i) x[i] = static_cast<float>(i % 17) * 0.1F - 0.8F;
    for (int64_t i = 0; i < l.K * l.C; ++i) w[i] = static_cast<float>(i % 13) * 0.01F - 0.06F;
    for (int64_t i = 0; i < l.N * l.K; ++i) y[i] = static_cast<float>(i % 11) * 0.1F - 0.5F;
  }
};

Gemm make_product(Product product, const Layer& l, const Buffers& m) {
  using kernels::Activation;
  switch (product) {
    case Product::forward:
    case Product::forward_gelu: {
      Gemm g{.M = l.N,
             .N = l.K,
             .K = l.C,
             .a = m.x,
             .a_row = l.C,
             .a_col = 1,
             .b = m.w,
             .b_row = 1,
             .b_col = l.C,
             .c = m.y,
             .c_row = l.K};
      if (product == Product::forward_gelu) {
        g.act = Activation::gelu;
        g.pre = m.pre;
      }
      return g;
    }
    case Product::input:
    case Product::input_gelu: {
      Gemm g{.M = l.N,
             .N = l.C,
             .K = l.K,
             .a = m.y,
             .a_row = l.K,
             .a_col = 1,
             .b = m.w,
             .b_row = l.C,
             .b_col = 1,
             .c = m.x,
             .c_row = l.C};
      if (product == Product::input_gelu) {
        g.gate_act = Activation::gelu;
        g.gate = m.pre;
      }
      return g;
    }
    case Product::weight:
      break;
  }
  return {.M = l.K,
          .N = l.C,
          .K = l.N,
          .a = m.y,
          .a_row = 1,
          .a_col = l.K,
          .b = m.x,
          .b_row = l.C,
          .b_col = 1,
          .c = m.w,
          .c_row = l.C};
}

// Muon's work on one matrix, and A = X X^T of it alone.
void bench_newton_schulz(int threads, int64_t rows, int64_t cols) {
  const int64_t side = std::min(rows, cols), length = std::max(rows, cols);
  Arena arena(4 * (rows * cols + side * side) + 4096);
  const Tensor x = arena.allocate(DType::f32, {rows, cols});
  const Tensor a = arena.allocate(DType::f32, {side, side});
  const auto fill = [&] {
    for (int64_t i = 0; i < x.size(); ++i) x.f32()[i] = static_cast<float>(i * i % 1009) - 504.0F;
  };
  const auto cpu = kernels::make_cpu_kernels();
  kernels::TimedKernels counted(*cpu);
  optim::NewtonSchulz newton_schulz(x.size(), side, DType::f32);
  fill();
  newton_schulz.orthogonalize(counted, x);
  const kernels::OpStats cost = counted.total();
  const double gram = 2e-9 * static_cast<double>(side * side) * static_cast<double>(length);
  std::vector<double> peaks, whole, symmetric, full;
  for (int round = 0; round < 3; ++round) {
    peaks.push_back(kernels::cpu::measure_fma_gflops(threads));
    const bool cpu_time = threads == 1;
    fill();
    whole.push_back(1e-9 * cost.flops / peaks.back() /
                    call_s(cpu_time, [&] { newton_schulz.orthogonalize(*cpu, x); }));
    symmetric.push_back(gram / peaks.back() /
                        call_s(cpu_time, [&] { cpu->gram(a, x, rows > cols, 1); }));
    full.push_back(gram / peaks.back() / call_s(cpu_time, [&] {
                     cpu->matmul(a, x, rows > cols, x, rows <= cols, 1, 0);
                   }));
  }
  const double done = 1 - cost.flops_spared / cost.flops;
  fmt::print(
      "newton-schulz  {:>6} {:>5}         {:>7.1f} {:>7.3f} {:>6.3f}   X X^T {:.3f} {:.3f}, in "
      "full {:.3f}\n",
      rows, cols, median(peaks), median(whole), done * median(whole), median(symmetric),
      0.5 * median(symmetric), median(full));
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? static_cast<int>(parse_int(argv[1]).value_or(1)) : 1;
  const std::string_view filter = argc > 2 ? argv[2] : "";
  set_thread_count(threads);
  fmt::print("{} against {}, {} thread(s); triad {:.1f} GB/s\n", kernels::cpu::gemm_own_name(),
             kernels::cpu::gemm_blas_name(), threads, kernels::cpu::measure_triad_gbs(threads));
  if (filter == "newton") {
    fmt::print("{:<14} {:>6} {:>5} {:>15} {:>7} {:>6}\n", "fractions of peak", "rows", "cols",
               "peak", "textbk", "done");
    for (const int64_t C : {128, 384, 768}) {
      for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{C, C}, {4 * C, C}, {C, 4 * C}})
        bench_newton_schulz(threads, rows, cols);
    }
    return 0;
  }
  fmt::print("{:<14} {:>6} {:>5} {:>6}  {:>7} {:>14} {:>14}\n", "product", "N", "C", "K", "peak",
             "own", "blas");
  std::vector<Layer> layers;
  for (const auto& [N, C] : {std::pair<int64_t, int64_t>{4096, 128}, {3072, 384}, {1024, 768}}) {
    for (const Layer& l : {Layer{N, C, 3 * C}, {N, C, C}, {N, C, 4 * C}, {N, 4 * C, C}}) {
      layers.push_back(l);
    }
  }
  layers.push_back({4096, 128, 256});
  layers.push_back({256, 768, 50257});
  for (const Layer& layer : layers) {
    Buffers buffers(layer);
    for (const auto& [product, name] : kProducts) {
      if (std::string(name).find(filter) == std::string::npos &&
          fmt::format("{}", layer.N).find(filter) == std::string::npos) {
        continue;
      }
      const Gemm g = make_product(product, layer, buffers);
      const double gflop =
          2e-9 * static_cast<double>(g.M) * static_cast<double>(g.N) * static_cast<double>(g.K);
      // Rounds in turn, so that a change of the clock frequency hits all three alike.
      std::vector<double> peaks, own, blas;
      for (int round = 0; round < 3; ++round) {
        peaks.push_back(kernels::cpu::measure_fma_gflops(threads));
        const bool cpu_time = threads == 1;
        own.push_back(gflop / call_s(cpu_time, [&] { kernels::cpu::gemm_own(g); }) / peaks.back());
        blas.push_back(gflop / call_s(cpu_time, [&] { kernels::cpu::gemm_blas(g); }) /
                       peaks.back());
      }
      const double peak = median(peaks);
      fmt::print("{:<14} {:>6} {:>5} {:>6}  {:>7.1f} {:>7.1f} {:>6.3f} {:>7.1f} {:>6.3f}\n", name,
                 layer.N, layer.C, layer.K, peak, peak * median(own), median(own),
                 peak * median(blas), median(blas));
    }
  }
}
