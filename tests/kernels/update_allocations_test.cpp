// The CPU updates take memory in their first call only. Operator new of the whole test program is
// replaced here by one that counts; the form without exceptions too, or AddressSanitizer would see
// memory of its own operator new come back to this operator delete.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/kernels/compare.h"

namespace {
std::atomic<int64_t> g_allocations = 0;
}  // namespace

void* operator new(size_t bytes, const std::nothrow_t& /*tag*/) noexcept {
  ++g_allocations;
  return std::malloc(bytes == 0 ? 1 : bytes);
}
void* operator new(size_t bytes) {
  if (void* memory = operator new(bytes, std::nothrow)) return memory;
  throw std::bad_alloc();
}
// Not inlined: GCC would see free() meet a pointer of new, and warn.
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace coldstart::kernels {
namespace {

template <class Call>
int64_t allocations_of(const Call& call) {
  const int64_t before = g_allocations;
  call();
  return g_allocations - before;
}

TEST(CpuUpdateAllocations, HappenInTheFirstCallOnly) {
  const ThreadCountGuard guard;
  set_thread_count(2);
  Workspace ws(DType::f32);
  for (const int64_t C : {70, 20000}) {  // rows within a tile, and longer than one
    const auto name = [&](const char* what) { return fmt::format("{} {}", what, C); };
    const auto kernels = make_cpu_kernels();
    const int64_t N = 20;
    const Tensor w = ws.in_out(name("w"), {N, C}), g = ws.input(name("g"), {N, C});
    const Tensor m = ws.in_out(name("m"), {N, C}), v = ws.in_out(name("v"), {N, C});
    std::vector<UpdateSums> rows(static_cast<size_t>(N));
    const std::vector<double> radius(static_cast<size_t>(N), 1.0);
    const auto step = [&] {
      for (const bool cautious : {false, true}) {
        const Direction lion{.kind = DirectionKind::sign, .cautious = cautious};
        kernels->plain_update({.w = w, .g = g, .m = m}, lion, {.size = 0.1}, rows);
        kernels->rotate_update({.w = w, .g = g, .m = m}, lion, {.angle = 0.1, .radius = radius},
                               rows);
        kernels->rotate_update(
            {.w = w, .g = g, .m = m}, lion,
            {.angle = 0.1, .per_row = false, .radius = std::span(radius).first(1)}, rows);
      }
      kernels->schedule_free_update(w, m, v, g, {.lr = 0.1}, rows);
      kernels->momentum_mix(v, m, g, {}, rows);
      kernels->scale_rows(w, radius);
    };
    EXPECT_GT(allocations_of(step), 0) << "the counter counts";
    EXPECT_EQ(allocations_of(step), 0) << "rows of " << C;
  }
}

}  // namespace
}  // namespace coldstart::kernels
