#include "coldstart/kernels/cpu/scratch.h"

#include <array>
#include <optional>

#include "coldstart/tensor/arena.h"

namespace coldstart::kernels::cpu {

float* thread_scratch(ScratchSlot slot, int64_t floats) {
  thread_local std::array<std::optional<Arena>, static_cast<size_t>(ScratchSlot::count)> arenas;
  std::optional<Arena>& arena = arenas[static_cast<size_t>(slot)];
  const int64_t bytes = floats * static_cast<int64_t>(sizeof(float));
  if (!arena || arena->capacity_bytes() < bytes) {
    arena.reset();  // first free, then take: never both at once
    arena.emplace(bytes);
  }
  arena->rewind(0);
  return arena->allocate(DType::f32, {floats}).f32();
}

}  // namespace coldstart::kernels::cpu
