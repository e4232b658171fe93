// Arena: owns memory, hands out Tensors from it, in order, 64-byte aligned; huge pages are advised.
//
// A layout function is written once and run twice: on a measuring arena (no memory; it counts) and
// on a real one. The start-up memory table, --dry-run and the refusal of a model that does not fit
// all come from the measuring pass. Test: tests/tensor/arena_test.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "coldstart/tensor/tensor.h"

namespace coldstart {

class Arena {
 public:
  static constexpr int64_t kAlignment = 64;

  static Arena measuring() { return Arena(); }  // counts only; its tensors have null data
  explicit Arena(int64_t bytes);  // zero-filled; ResourceError when the system refuses
  ~Arena();
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;

  Tensor allocate(DType dtype, std::initializer_list<int64_t> shape);
  // Starts exactly where the previous tensor ended (no alignment gap), so that adjacent tensors can
  // be viewed as one.
  Tensor allocate_adjacent(DType dtype, std::initializer_list<int64_t> shape);

  bool is_measuring() const { return base_ == nullptr; }
  int64_t used_bytes() const { return used_; }
  int64_t capacity_bytes() const { return capacity_; }
  // Everything handed out so far as one flat tensor (alignment gaps are zero); used for whole-arena
  // loops.
  Tensor flat(DType dtype) const;
  void rewind(int64_t used_bytes) { used_ = used_bytes; }  // reuse for short-lived tensors

 private:
  Arena() = default;
  Tensor take(DType dtype, std::initializer_list<int64_t> shape);

  std::byte* base_ = nullptr;
  int64_t capacity_ = 0;
  int64_t used_ = 0;
};

}  // namespace coldstart
