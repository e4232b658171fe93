// Scratch memory of a thread: 64-byte aligned, grows on first use, then reused for ever.
//
// A slot belongs to one purpose within one call chain, so that a caller's buffer is never handed to
// a function that it calls. The content is undefined after every call that may grow the slot.
#pragma once

#include <cstdint>

namespace coldstart::kernels::cpu {

enum class ScratchSlot : uint8_t {
  packed_a,
  packed_b,
  partial_sums,
  logits,
  head_gradient,
  attention,
  count
};

// At least `floats` floats, valid until the same thread asks for more in the same slot.
float* thread_scratch(ScratchSlot slot, int64_t floats);

}  // namespace coldstart::kernels::cpu
