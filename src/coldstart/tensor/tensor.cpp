#include "coldstart/tensor/tensor.h"

#include <fmt/ranges.h>

namespace coldstart {

Tensor::Tensor(void* data, DType dtype, std::span<const int64_t> shape)
    : data_(data), dtype_(dtype), rank_(static_cast<int8_t>(shape.size())) {
  COLDSTART_CHECK(!shape.empty() && shape.size() <= kMaxRank, "rank must be 1 to {}", kMaxRank);
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    COLDSTART_CHECK(shape[axis] >= 0, "negative dimension {}", shape[axis]);
    shape_[axis] = shape[axis];
  }
}

int64_t Tensor::size() const {
  if (rank_ == 0) return 0;
  int64_t n = 1;
  for (const int64_t d : shape()) n *= d;
  return n;
}

Tensor Tensor::reshape(std::initializer_list<int64_t> shape) const {
  Tensor view(data_, dtype_, shape);
  COLDSTART_CHECK(view.size() == size(), "cannot view {} as {}", shape_text(), view.shape_text());
  return view;
}

Tensor Tensor::row_range(int64_t begin, int64_t end) const {
  COLDSTART_CHECK(0 <= begin && begin <= end && end <= dim(0), "rows {}..{} of {}", begin, end,
                  shape_text());
  Tensor view = *this;
  const int64_t stride = dim(0) == 0 ? 0 : size() / dim(0);
  view.shape_[0] = end - begin;
  view.data_ = static_cast<char*>(data_) + begin * stride * dtype_size(dtype_);
  return view;
}

std::string Tensor::shape_text() const { return fmt::format("({})", fmt::join(shape(), ", ")); }

}  // namespace coldstart
