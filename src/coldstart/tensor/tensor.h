// Tensor: a non-owning, contiguous, row-major view of numbers; cheap to copy, pass by value.
//
// The element type is checked at access, so a kernel written for float cannot read doubles by
// accident. Constness is shallow, as with std::span: a kernel's signature says which arguments it
// writes. Test: tests/tensor/tensor_test.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "coldstart/core/error.h"

namespace coldstart {

enum class DType : uint8_t { f32, f64 };

inline int64_t dtype_size(DType dtype) { return dtype == DType::f32 ? 4 : 8; }
inline const char* dtype_name(DType dtype) { return dtype == DType::f32 ? "f32" : "f64"; }

template <class T>
constexpr DType dtype_of() {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
  return std::is_same_v<T, float> ? DType::f32 : DType::f64;
}

class Tensor {
 public:
  static constexpr int kMaxRank = 4;

  Tensor() = default;  // empty: stands for "absent" in optional arguments
  Tensor(void* data, DType dtype, std::span<const int64_t> shape);
  Tensor(void* data, DType dtype, std::initializer_list<int64_t> shape)
      : Tensor(data, dtype, std::span<const int64_t>(shape.begin(), shape.size())) {}

  bool empty() const { return rank_ == 0; }
  explicit operator bool() const { return !empty(); }

  DType dtype() const { return dtype_; }
  int rank() const { return rank_; }
  int64_t dim(int axis) const {
    return shape_[static_cast<size_t>(axis < 0 ? rank_ + axis : axis)];
  }
  std::span<const int64_t> shape() const { return {shape_.data(), static_cast<size_t>(rank_)}; }
  int64_t size() const;  // number of elements; 0 when empty
  int64_t bytes() const { return size() * dtype_size(dtype_); }
  int64_t cols() const { return dim(-1); }          // length of the last axis
  int64_t rows() const { return size() / cols(); }  // all other axes together
  void* raw() const { return data_; }

  // Elements as T; T must be the tensor's type.
  template <class T>
  T* data() const {
    COLDSTART_CHECK(dtype_ == dtype_of<T>(), "tensor holds {}, {} asked for", dtype_name(dtype_),
                    dtype_name(dtype_of<T>()));
    return static_cast<T*>(data_);
  }
  float* f32() const { return data<float>(); }
  template <class T>
  std::span<T> span() const {
    return {data<T>(), static_cast<size_t>(size())};
  }

  // Element i as double, whatever the type; for tests, printing and oracles, not for loops that
  // matter.
  double at(int64_t i) const {
    return dtype_ == DType::f32 ? static_cast<double>(static_cast<const float*>(data_)[i])
                                : static_cast<const double*>(data_)[i];
  }

  Tensor reshape(std::initializer_list<int64_t> shape) const;  // same number of elements
  Tensor row_range(int64_t begin, int64_t end) const;          // rows of the first axis

  std::string shape_text() const;  // "(16, 256, 128)"

 private:
  void* data_ = nullptr;
  DType dtype_ = DType::f32;
  int8_t rank_ = 0;
  std::array<int64_t, kMaxRank> shape_{};
};

}  // namespace coldstart
