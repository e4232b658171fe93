// Gpt: GPT-2 and LLaMA-style transformers; forward and backward written out as kernel calls, pairs
// side by side.
//
// Dimensions, used everywhere in this project:
//   B sequences a micro-batch   T tokens a sequence   C width (channels)   V vocabulary
//   H heads   L layers   hs = C / H head size   F MLP hidden width   N = B*T rows
//
// A block (pre-norm), r the residual stream (N, C):
//   a = norm1(r);  qkv = a Wqkv^T;  o = attention(qkv);  r += o Wo^T;  b = norm2(r);  r += mlp(b)
//   mlp: act(b Win^T) Wout^T   or SwiGLU: (silu(b Wgate^T) * (b Win^T)) Wout^T
// The loss is the cross-entropy of the head's softmax, in nats.
// Sources: Radford et al. 2019 (GPT-2), Touvron et al. 2023 (LLaMA), Ainslie et al. 2023
// (grouped-query attention). Tests: tests/model/gpt_test.cpp (finite differences in double,
// recomputation), golden_test.cpp (against PyTorch).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "coldstart/kernels/kernels.h"
#include "coldstart/model/activations.h"
#include "coldstart/model/gpt_config.h"
#include "coldstart/tensor/param.h"

namespace coldstart::model {

// A batch of B sequences of T tokens, row-major; target -1: no loss at that position.
struct Batch {
  std::span<const int32_t> tokens;   // (B, T)
  std::span<const int32_t> targets;  // (B, T)
  int64_t B = 0, T = 0;
};

// One linear layer as a measure sees it: input weight^T is its output, without bias.
struct LinearSite {
  size_t first_param = 0, param_count = 1;  // fused parameters (q, k, v) are one site
  Tensor weight;                            // (K, C) fused view
  Tensor input;                             // (N, C) of the last batch
};

class Gpt {
 public:
  explicit Gpt(const GptConfig& config, DType dtype = DType::f32);

  const GptConfig& config() const { return config_; }
  ParamList& params() { return params_; }
  const ParamList& params() const { return params_; }

  // Normal weights of standard deviation std (residual projections: std * residual_scale), gains 1,
  // biases 0; a function of (seed, parameter, element) alone.
  void initialize(uint64_t seed, double std, double residual_scale);

  // Takes the memory for batches of up to (B, T) now, so that no later call allocates. Optional.
  void reserve(int64_t B, int64_t T, Keep keep) {
    activations_.prepare(config_, B, T, keep, dtype_);
  }

  // Sum of the losses over all positions with a target, and in params().grads() the gradient of
  // grad_scale times that sum; the gradients are overwritten.
  double forward_backward(kernels::Kernels& kernels, const Batch& batch, double grad_scale);

  // Sum of the losses, no gradients; needs the memory of one block.
  double evaluate(kernels::Kernels& kernels, const Batch& batch);

  // Logits (N, V) of a batch; for tracing and tests, where N * V numbers fit.
  void logits(kernels::Kernels& kernels, const Batch& batch, Tensor out);

  // A forward pass that leaves what visit_linears shows; no loss, no gradients.
  void forward(kernels::Kernels& kernels, const Batch& batch) {
    forward(kernels, batch, config_.recompute ? Keep::residual : Keep::everything);
  }

  // Every linear layer in forward order, the head last, with what went in during the last
  // forward_backward or forward. Blocks that were not kept (recompute) are computed again, which
  // is exact as long as the weights are those of that pass.
  void visit_linears(kernels::Kernels& kernels,
                     const std::function<void(const LinearSite&)>& visit);

  // What the head reads after a forward pass: (N, C).
  Tensor final_activation() const { return activations_.y_final; }

  // What the last forward pass holds, in forward order ("h.3.attn.qkv"): to find where a NaN first
  // shows.
  std::vector<NamedActivation> named_activations() const;

 private:
  friend class Decoder;

  // What stands between a block's qkv and its attention output; the decoder puts its cache there.
  using Attend = std::function<void(kernels::Kernels&, int64_t layer)>;

  void forward(kernels::Kernels& kernels, const Batch& batch, Keep keep, int64_t first_position,
               const Attend& attend);
  void forward(kernels::Kernels& kernels, const Batch& batch, Keep keep) {
    forward(kernels, batch, keep, 0, attend_to_batch());
  }
  Attend attend_to_batch();
  void block_forward(kernels::Kernels& kernels, int64_t layer, Tensor branch_in,
                     const Attend& attend);
  void block_backward(kernels::Kernels& kernels, int64_t layer);
  double loss(kernels::Kernels& kernels, const Batch& batch, bool gradients, double grad_scale);

  Tensor weight(size_t index, size_t count = 1) const { return params_.fused_weight(index, count); }
  Tensor grad(size_t index, size_t count = 1) const { return params_.fused_grad(index, count); }
  size_t head_index() const { return config_.tied_head ? 0 : params_.size() - 1; }
  kernels::AttentionShape attention_shape() const;
  kernels::Activation activation() const;

  GptConfig config_;
  DType dtype_;
  ParamList params_;
  std::vector<BlockIndices> blocks_;  // where each block's parameters stand in params_
  size_t position_index_ = 0, final_gain_ = 0, final_bias_ = 0;
  Activations activations_;
};

}  // namespace coldstart::model
