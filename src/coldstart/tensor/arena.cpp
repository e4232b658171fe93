#include "coldstart/tensor/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "coldstart/core/text.h"

namespace coldstart {

Arena::Arena(int64_t bytes) : capacity_(std::max(bytes, kAlignment)) {
  void* memory = mmap(nullptr, static_cast<size_t>(capacity_), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw ResourceError("memory",
                        fmt::format("cannot allocate {}", human_bytes(static_cast<double>(bytes))),
                        "choose a smaller model or batch; --dry-run prints where every byte goes");
  }
  madvise(memory, static_cast<size_t>(capacity_), MADV_HUGEPAGE);
  base_ = static_cast<std::byte*>(memory);
}

Arena::Arena(Arena&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)),
      capacity_(std::exchange(other.capacity_, 0)),
      used_(std::exchange(other.used_, 0)) {}

Arena& Arena::operator=(Arena&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(capacity_, other.capacity_);
  std::swap(used_, other.used_);
  return *this;
}

Arena::~Arena() {
  if (base_ != nullptr) munmap(base_, static_cast<size_t>(capacity_));
}

Tensor Arena::allocate(DType dtype, std::initializer_list<int64_t> shape) {
  used_ = div_up(used_, kAlignment) * kAlignment;
  return take(dtype, shape);
}

Tensor Arena::allocate_adjacent(DType dtype, std::initializer_list<int64_t> shape) {
  return take(dtype, shape);
}

Tensor Arena::take(DType dtype, std::initializer_list<int64_t> shape) {
  const Tensor tensor(base_ == nullptr ? nullptr : base_ + used_, dtype, shape);
  used_ += tensor.bytes();
  COLDSTART_CHECK(is_measuring() || used_ <= capacity_, "arena of {} bytes is full", capacity_);
  return tensor;
}

Tensor Arena::flat(DType dtype) const { return Tensor(base_, dtype, {used_ / dtype_size(dtype)}); }

}  // namespace coldstart
