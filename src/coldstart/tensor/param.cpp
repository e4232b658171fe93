#include "coldstart/tensor/param.h"

#include <array>
#include <utility>

namespace coldstart {

namespace {

Tensor place(Arena& arena, const ParamSpec& spec, DType dtype) {
  if (spec.rows == 0) {
    return spec.fuse_with_previous ? arena.allocate_adjacent(dtype, {spec.cols})
                                   : arena.allocate(dtype, {spec.cols});
  }
  return spec.fuse_with_previous ? arena.allocate_adjacent(dtype, {spec.rows, spec.cols})
                                 : arena.allocate(dtype, {spec.rows, spec.cols});
}

}  // namespace

std::string_view role_name(Role role) {
  constexpr std::array<std::string_view, 13> names = {"token_embedding", "position_embedding",
                                                      "attention_query", "attention_key",
                                                      "attention_value", "attention_output",
                                                      "mlp_gate",        "mlp_in",
                                                      "mlp_out",         "head",
                                                      "norm_gain",       "norm_bias",
                                                      "linear_bias"};
  return names[static_cast<size_t>(role)];
}

int64_t arena_bytes(const std::vector<ParamSpec>& specs, DType dtype) {
  Arena measure = Arena::measuring();
  for (const ParamSpec& spec : specs) place(measure, spec, dtype);
  return measure.used_bytes();
}

ParamList::ParamList(std::vector<ParamSpec> specs, DType dtype)
    : specs_(std::move(specs)), dtype_(dtype) {
  const int64_t bytes = arena_bytes(specs_, dtype);
  weights_ = Arena(bytes);
  grads_ = Arena(bytes);
  for (const ParamSpec& spec : specs_) {
    const Tensor weight = place(weights_, spec, dtype);
    const Tensor grad = place(grads_, spec, dtype);
    const int64_t offset = weights_.used_bytes() / dtype_size(dtype) - weight.size();
    params_.push_back({spec.name, spec.role, spec.layer, weight, grad, offset});
  }
}

int ParamList::index_of(std::string_view name) const {
  for (size_t i = 0; i < params_.size(); ++i) {
    if (params_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

const Param& ParamList::named(std::string_view name) const {
  const int i = index_of(name);
  COLDSTART_CHECK(i >= 0, "no parameter '{}'", name);
  return params_[static_cast<size_t>(i)];
}

int64_t ParamList::element_count() const {
  int64_t count = 0;
  for (const Param& p : params_) count += p.size();
  return count;
}

Arena ParamList::make_companion() const {
  Arena arena(weights_.used_bytes());
  for (const ParamSpec& spec : specs_) place(arena, spec, dtype_);
  return arena;
}

Tensor ParamList::slice(const Arena& companion, const Param& param) const {
  char* base = static_cast<char*>(companion.flat(dtype_).raw());
  return Tensor(base + param.offset * dtype_size(dtype_), dtype_, param.weight.shape());
}

Tensor ParamList::fused(const Tensor& first, size_t index, size_t count) const {
  int64_t rows = 0;
  for (size_t i = index; i < index + count; ++i) {
    COLDSTART_CHECK(i == index || specs_[i].fuse_with_previous, "'{}' is not fused",
                    specs_[i].name);
    rows += params_[i].is_matrix() ? params_[i].rows() : params_[i].cols();
  }
  return params_[index].is_matrix() ? Tensor(first.raw(), dtype_, {rows, params_[index].cols()})
                                    : Tensor(first.raw(), dtype_, {rows});
}

Tensor ParamList::fused_weight(size_t first, size_t count) const {
  return fused(params_[first].weight, first, count);
}

Tensor ParamList::fused_grad(size_t first, size_t count) const {
  return fused(params_[first].grad, first, count);
}

}  // namespace coldstart
