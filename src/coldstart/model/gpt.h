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
#include "coldstart/model/model.h"
#include "coldstart/tensor/param.h"

namespace coldstart::model {

class Gpt : public Model {
 public:
  explicit Gpt(const GptConfig& config, DType dtype = DType::f32);

  const GptConfig& config() const { return config_; }
  SequenceShape sequence() const override { return sequence_shape(config_); }
  ParamList& params() override { return params_; }
  const ParamList& params() const override { return params_; }

  // Normal weights of standard deviation std (residual projections: std * residual_scale), gains 1,
  // biases 0; a function of (seed, parameter, element) alone.
  void initialize(uint64_t seed, double std, double residual_scale);

  void reserve(int64_t B) override {
    activations_.prepare(config_, B, config_.T, kept_in_training(config_), dtype_);
  }
  using Model::forward_backward;
  double forward_backward(kernels::Kernels& kernels, const Batch& batch, double grad_scale,
                          const Regularization& regularization) override {
    return forward_backward_chosen(kernels, batch, grad_scale, regularization, {});
  }
  double forward_backward_chosen(kernels::Kernels& kernels, const Batch& batch, double grad_scale,
                                 const Regularization& regularization,
                                 const ChooseTargets& choose) override;
  double evaluate(kernels::Kernels& kernels, const Batch& batch) override;  // memory of one block
  // For tracing and tests, where N * V numbers fit.
  void logits(kernels::Kernels& kernels, const Batch& batch, Tensor out) override;
  void forward(kernels::Kernels& kernels, const Batch& batch) override {
    forward(kernels, batch, kept_in_training(config_));
  }
  // Blocks that were not kept (recompute) are computed again, which is exact as long as the weights
  // are those of the pass.
  void visit_linears(kernels::Kernels& kernels,
                     const std::function<void(const LinearSite&)>& visit) override;
  Tensor final_activation() const override { return activations_.y_final; }  // (N, C)
  Tensor losses() const override { return activations_.losses; }             // (N)
  std::vector<NamedActivation> named_activations() const override;           // "h.3.attn.qkv"

 private:
  friend class Decoder;

  // What stands between a block's qkv and its attention output; the decoder puts its cache there.
  using Attend = std::function<void(kernels::Kernels&, int64_t layer)>;

  void forward(kernels::Kernels& kernels, const Batch& batch, Keep keep, int64_t first_position,
               const Attend& attend, const Regularization& regularization);
  void forward(kernels::Kernels& kernels, const Batch& batch, Keep keep,
               const Regularization& regularization = {}) {
    forward(kernels, batch, keep, 0, attend_to_batch(), regularization);
  }
  Attend attend_to_batch();
  void block_forward(kernels::Kernels& kernels, int64_t layer, Tensor branch_in,
                     const Attend& attend);
  void block_backward(kernels::Kernels& kernels, int64_t layer);
  // The masks of a place in the model, in the last forward pass.
  enum class Place : uint8_t { attention_weights, attention_output, mlp_output };
  kernels::Dropout dropout_at(int64_t layer, Place place) const;
  // x (N, C) with dropout, in place; nothing to do without.
  void drop(kernels::Kernels& kernels, Tensor x, const kernels::Dropout& dropout) const;
  // The gradient of what a branch has added to the stream; a.branch holds it, with dropout.
  Tensor branch_gradient(kernels::Kernels& kernels, const kernels::Dropout& dropout);
  double loss(kernels::Kernels& kernels, const Batch& batch, bool gradients, double grad_scale);

  Tensor weight(size_t index, size_t count = 1) const { return params_.fused_weight(index, count); }
  Tensor grad(size_t index, size_t count = 1) const { return params_.fused_grad(index, count); }
  size_t head_index() const { return config_.tied_head ? 0 : params_.size() - 1; }
  kernels::AttentionShape attention_shape(int64_t layer) const;

  GptConfig config_;
  DType dtype_;
  ParamList params_;
  std::vector<BlockIndices> blocks_;  // where each block's parameters stand in params_
  size_t position_index_ = 0, final_gain_ = 0, final_bias_ = 0;
  Activations activations_;
  Regularization regularization_;  // of the last forward pass
  int64_t first_sequence_ = 0;     // of its batch
};

}  // namespace coldstart::model
