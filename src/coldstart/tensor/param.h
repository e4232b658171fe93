// ParamList: the one ordered list of parameters that optimizer, metrics, checkpoint, export and
// all-reduce iterate.
//
// Weights, gradients and every optimizer state are single arenas in this order, with the same
// offsets. Matrices are stored (out, in): a row is a neuron. Query, key and value (and SwiGLU's
// gate and up) are separate parameters that stand next to each other in memory, so that the model
// multiplies by them as one matrix (fused_view) while everybody else sees each by its own name and
// role. Test: tests/tensor/param_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/tensor/arena.h"
#include "coldstart/tensor/tensor.h"

namespace coldstart {

enum class Role : uint8_t {
  token_embedding,  // also the output head when tied
  position_embedding,
  attention_query,
  attention_key,
  attention_value,
  attention_output,  // residual projection
  mlp_gate,          // SwiGLU only
  mlp_in,
  mlp_out,  // residual projection
  head,     // untied output head
  norm_gain,
  norm_bias,
  linear_bias,
};

std::string_view role_name(Role role);  // "attention_query"

struct Param {
  std::string name;  // "h.0.attn.q.weight"
  Role role{};
  int layer = -1;  // -1: outside the blocks
  Tensor weight;   // (rows, cols) for matrices, (cols) for vectors
  Tensor grad;     // same shape; mean gradient of the step (or of a micro-batch while accumulating)
  int64_t offset = 0;  // of the first element within the arenas, in elements

  bool is_matrix() const {
    return weight.rank() >= 2;
  }  // decayed, may be rotational; vectors never are
  int64_t rows() const { return is_matrix() ? weight.dim(0) : 1; }
  int64_t cols() const { return weight.cols(); }
  int64_t size() const { return weight.size(); }
};

// What a model declares, in order; build() lays it out.
struct ParamSpec {
  std::string name;
  Role role{};
  int layer = -1;
  int64_t rows = 0;  // 0: a vector of length cols
  int64_t cols = 0;
  bool fuse_with_previous = false;  // adjacent in memory to the one before
};

class ParamList {
 public:
  ParamList() = default;
  ParamList(std::vector<ParamSpec> specs, DType dtype);

  auto begin() { return params_.begin(); }
  auto end() { return params_.end(); }
  auto begin() const { return params_.begin(); }
  auto end() const { return params_.end(); }
  size_t size() const { return params_.size(); }
  Param& operator[](size_t i) { return params_[i]; }
  const Param& operator[](size_t i) const { return params_[i]; }
  int index_of(std::string_view name) const;  // -1 when absent
  const Param& named(std::string_view name) const;

  DType dtype() const { return dtype_; }
  int64_t element_count() const;                            // numbers that are trained
  Tensor weights() const { return weights_.flat(dtype_); }  // whole arenas, flat; gaps are zero
  Tensor grads() const { return grads_.flat(dtype_); }

  // A zero-filled arena in the same layout: for optimizer states and micro-gradients.
  Arena make_companion() const;
  // The part of a companion (or of any tensor of the same flat length) that belongs to a parameter.
  Tensor slice(const Arena& companion, const Param& param) const;

  // The weights (or gradients) of `count` adjacent fused parameters from `first` on, as one matrix
  // or vector.
  Tensor fused_weight(size_t first, size_t count) const;
  Tensor fused_grad(size_t first, size_t count) const;

 private:
  Tensor fused(const Tensor& first, size_t index, size_t count) const;

  std::vector<ParamSpec> specs_;
  std::vector<Param> params_;
  DType dtype_ = DType::f32;
  Arena weights_ = Arena::measuring();
  Arena grads_ = Arena::measuring();
};

// Bytes of one arena of these parameters, without allocating it.
int64_t arena_bytes(const std::vector<ParamSpec>& specs, DType dtype);

}  // namespace coldstart
