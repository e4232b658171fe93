#include "coldstart/model/gpt.h"

#include <algorithm>

#include "coldstart/model/initialize.h"

namespace coldstart::model {

namespace {

void check_ids(std::span<const int32_t> ids, int64_t V, int32_t smallest, const char* what) {
  for (const int32_t id : ids) {
    if (id < smallest || id >= V) {
      throw DataError("model",
                      fmt::format("{} outside the vocabulary; got {}, expected {} to {}", what, id,
                                  smallest, V - 1),
                      "the data and the model must use the same tokenizer");
    }
  }
}

}  // namespace

Gpt::Gpt(const GptConfig& config, DType dtype) : config_(config), dtype_(dtype) {
  validate(config_);
  params_ = ParamList(param_specs(config_), dtype);
  const auto at = [&](const std::string& name) {
    return static_cast<size_t>(std::max(0, params_.index_of(name)));
  };
  position_index_ = at("position_embedding.weight");
  final_gain_ = at("norm_f.gain");
  final_bias_ = at("norm_f.bias");
  for (int64_t l = 0; l < config_.L; ++l) {
    const std::string h = fmt::format("h.{}.", l);
    const char* first_mlp = config_.mlp == Mlp::swiglu ? "mlp.gate" : "mlp.in";
    blocks_.push_back({.norm1_gain = at(h + "norm1.gain"),
                       .norm1_bias = at(h + "norm1.bias"),
                       .qkv = at(h + "attn.q.weight"),
                       .qkv_bias = at(h + "attn.q.bias"),
                       .out = at(h + "attn.out.weight"),
                       .out_bias = at(h + "attn.out.bias"),
                       .norm2_gain = at(h + "norm2.gain"),
                       .norm2_bias = at(h + "norm2.bias"),
                       .mlp_in = at(h + first_mlp + ".weight"),
                       .mlp_in_bias = at(h + first_mlp + ".bias"),
                       .mlp_out = at(h + "mlp.out.weight"),
                       .mlp_out_bias = at(h + "mlp.out.bias")});
  }
}

void Gpt::initialize(uint64_t seed, double std, double residual_scale) {
  model::initialize(params_, config_, {.std = std, .residual_scale = residual_scale}, seed);
}

kernels::AttentionShape Gpt::attention_shape(int64_t layer) const {
  return {.B = activations_.B,
          .T = activations_.T,
          .H = config_.H,
          .H_kv = config_.H_kv,
          .head_size = config_.head_size(),
          .dropout = dropout_at(layer, Place::attention_weights)};
}

// Place 0 are the embeddings, layer -1; a block has three.
kernels::Dropout Gpt::dropout_at(int64_t layer, Place place) const {
  const bool weights = place == Place::attention_weights;
  const double rate = weights ? regularization_.attention_dropout : regularization_.dropout;
  const int64_t site = layer < 0 ? 0 : 1 + 3 * layer + static_cast<int64_t>(place);
  return {.rate = rate,
          .seed = regularization_.seed,
          .site = static_cast<uint32_t>(site),
          .first_sequence = first_sequence_};
}

void Gpt::drop(kernels::Kernels& kernels, Tensor x, const kernels::Dropout& dropout) const {
  if (!dropout.on()) return;
  const Tensor sequences = x.reshape({activations_.B, activations_.T * config_.C});
  kernels.dropout(sequences, sequences, dropout);
}

Tensor Gpt::branch_gradient(kernels::Kernels& kernels, const kernels::Dropout& dropout) {
  const Activations& a = activations_;
  if (!dropout.on()) return a.dr;
  kernels.dropout(a.branch.reshape({a.B, a.T * config_.C}), a.dr.reshape({a.B, a.T * config_.C}),
                  dropout);
  return a.branch;
}

// ---- forward
// ---------------------------------------------------------------------------------------------------------

void Gpt::forward(kernels::Kernels& kernels, const Batch& batch, Keep keep, int64_t first_position,
                  const Attend& attend, const Regularization& regularization) {
  if (batch.T < 1 || batch.T > config_.T || batch.B < 1) {
    throw ConfigError(
        "model",
        fmt::format("sequence length out of range; got {}, expected 1 to {}", batch.T, config_.T),
        "the context of the model is the longest sequence it can take");
  }
  COLDSTART_CHECK(std::ssize(batch.tokens) == batch.B * batch.T, "{} tokens for B = {}, T = {}",
                  batch.tokens.size(), batch.B, batch.T);
  check_ids(batch.tokens, config_.V, 0, "token");
  activations_.prepare(config_, batch.B, batch.T, keep, dtype_);
  regularization_ = regularization;
  first_sequence_ = batch.first_sequence;
  Activations& a = activations_;
  const bool learned = config_.position == Position::learned;
  kernels.embedding_forward(a.residual[0], batch.tokens, weight(0),
                            learned ? weight(position_index_) : Tensor(), batch.T, first_position);
  drop(kernels, a.residual[0], dropout_at(-1, Place::attention_output));
  for (int64_t l = 0; l < config_.L; ++l) {
    block_forward(kernels, l, l == 0 ? Tensor() : a.branch, attend);
  }
  const auto last = static_cast<size_t>(config_.L);
  kernels.residual_norm_forward(a.residual[last], a.y_final, a.mean_final, a.rstd_final,
                                a.blocks[last - 1].r_mid, a.branch, config_.norm,
                                weight(final_gain_), final_bias_ ? weight(final_bias_) : Tensor());
}

Gpt::Attend Gpt::attend_to_batch() {
  return [this](kernels::Kernels& kernels, int64_t layer) {
    const BlockActivations& b = activations_.blocks[static_cast<size_t>(layer)];
    if (config_.position == Position::rope) {
      kernels.rope(b.qkv, attention_shape(layer), config_.rope_theta, 0, false);
    }
    kernels.attention_forward(b.att, b.lse, b.qkv, attention_shape(layer));
  };
}

// From branch_in (the previous block's MLP output, not yet added) to this block's MLP output in
// activations_.branch. branch_in empty: the residual stream at this block's input is complete
// already (first block, recomputation).
void Gpt::block_forward(kernels::Kernels& kernels, int64_t layer, Tensor branch_in,
                        const Attend& attend) {
  const auto l = static_cast<size_t>(layer);
  const BlockIndices& p = blocks_[l];
  Activations& a = activations_;
  const BlockActivations& b = a.blocks[l];
  const auto none = kernels::Activation::none;
  const auto bias = [&](size_t i, size_t count = 1) { return i ? weight(i, count) : Tensor(); };

  const Tensor previous = branch_in ? a.blocks[l - 1].r_mid : a.residual[l];
  kernels.residual_norm_forward(a.residual[l], b.y1, b.mean1, b.rstd1, previous, branch_in,
                                config_.norm, weight(p.norm1_gain), bias(p.norm1_bias));
  kernels.linear_forward(b.qkv, b.y1, weight(p.qkv, 3), bias(p.qkv_bias, 3), none, Tensor());
  attend(kernels, layer);
  kernels.linear_forward(a.branch, b.att, weight(p.out), bias(p.out_bias), none, Tensor());
  drop(kernels, a.branch, dropout_at(layer, Place::attention_output));

  kernels.residual_norm_forward(b.r_mid, b.y2, b.mean2, b.rstd2, a.residual[l], a.branch,
                                config_.norm, weight(p.norm2_gain), bias(p.norm2_bias));
  if (config_.mlp == Mlp::swiglu) {
    kernels.linear_forward(b.pre, b.y2, weight(p.mlp_in, 2), bias(p.mlp_in_bias, 2), none,
                           Tensor());
    kernels.swiglu_forward(b.h, b.pre);
  } else {
    kernels.linear_forward(b.h, b.y2, weight(p.mlp_in), bias(p.mlp_in_bias),
                           activation_of(config_.mlp), b.pre);
  }
  kernels.linear_forward(a.branch, b.h, weight(p.mlp_out), bias(p.mlp_out_bias), none, Tensor());
  drop(kernels, a.branch, dropout_at(layer, Place::mlp_output));
}

double Gpt::loss(kernels::Kernels& kernels, const Batch& batch, bool gradients, double grad_scale) {
  COLDSTART_CHECK(batch.targets.size() == batch.tokens.size(), "{} targets for {} tokens",
                  batch.targets.size(), batch.tokens.size());
  check_ids(batch.targets, config_.V, -1, "target");
  Activations& a = activations_;
  kernels.loss_head(a.losses, gradients ? a.dy : Tensor(),
                    gradients ? grad(head_index()) : Tensor(), a.y_final, weight(head_index()),
                    batch.targets, {grad_scale, gradients ? regularization_.label_smoothing : 0});
  double sum = 0;
  for (int64_t n = 0; n < a.losses.size(); ++n) sum += a.losses.at(n);
  return sum;
}

double Gpt::evaluate(kernels::Kernels& kernels, const Batch& batch) {
  forward(kernels, batch, Keep::nothing);
  return loss(kernels, batch, false, 0);
}

void Gpt::logits(kernels::Kernels& kernels, const Batch& batch, Tensor out) {
  forward(kernels, batch, Keep::nothing);
  kernels.linear_forward(out, activations_.y_final, weight(head_index()), Tensor(),
                         kernels::Activation::none, Tensor());
}

// ---- backward
// --------------------------------------------------------------------------------------------------------

double Gpt::forward_backward_chosen(kernels::Kernels& kernels, const Batch& batch,
                                    double grad_scale, const Regularization& regularization,
                                    const ChooseTargets& choose) {
  forward(kernels, batch, kept_in_training(config_), regularization);
  Activations& a = activations_;
  double sum = 0;
  if (choose) {
    sum = loss(kernels, batch, false, 0);
    Batch chosen = batch;
    chosen.targets = choose(a.losses);
    loss(kernels, chosen, true, grad_scale);
  } else {
    sum = loss(kernels, batch, true, grad_scale);
  }
  kernels.norm_backward(a.dr, grad(final_gain_), final_bias_ ? grad(final_bias_) : Tensor(), a.dy,
                        a.residual.back(), a.mean_final, a.rstd_final, config_.norm,
                        weight(final_gain_), false);
  for (int64_t l = config_.L - 1; l >= 0; --l) {
    if (a.keep == Keep::residual && l != config_.L - 1)
      block_forward(kernels, l, Tensor(), attend_to_batch());
    block_backward(kernels, l);
  }
  drop(kernels, a.dr, dropout_at(-1, Place::attention_output));
  const bool learned = config_.position == Position::learned;
  kernels.embedding_backward(grad(0), learned ? grad(position_index_) : Tensor(), a.dr,
                             batch.tokens, batch.T, config_.tied_head);
  return sum;
}

// From the gradient of the residual stream after this block to the one before it, both in
// activations_.dr.
void Gpt::block_backward(kernels::Kernels& kernels, int64_t layer) {
  const auto l = static_cast<size_t>(layer);
  const BlockIndices& p = blocks_[l];
  Activations& a = activations_;
  BlockActivations& b = a.blocks[l];
  const auto none = kernels::Activation::none;
  const auto bias_grad = [&](size_t i, size_t count = 1) { return i ? grad(i, count) : Tensor(); };

  // mlp: dr -> dh -> dpre -> dy
  const Tensor dmlp = branch_gradient(kernels, dropout_at(layer, Place::mlp_output));
  kernels.linear_backward_weight(grad(p.mlp_out), bias_grad(p.mlp_out_bias), dmlp, b.h, false);
  size_t fused = 1;
  if (config_.mlp == Mlp::swiglu) {
    fused = 2;
    kernels.linear_backward_input(a.dh, dmlp, weight(p.mlp_out), false, none, Tensor());
    kernels.swiglu_backward(a.dpre, a.dh, b.pre);
  } else {
    // The sign of h is the sign of what went into a ReLU, so h serves as pre there.
    kernels.linear_backward_input(a.dpre, dmlp, weight(p.mlp_out), false,
                                  activation_of(config_.mlp), b.pre ? b.pre : b.h);
  }
  kernels.linear_backward_weight(grad(p.mlp_in, fused), bias_grad(p.mlp_in_bias, fused), a.dpre,
                                 b.y2, false);
  kernels.linear_backward_input(a.dy, a.dpre, weight(p.mlp_in, fused), false, none, Tensor());
  kernels.norm_backward(a.dr, grad(p.norm2_gain), bias_grad(p.norm2_bias), a.dy, b.r_mid, b.mean2,
                        b.rstd2, config_.norm, weight(p.norm2_gain), true);

  // attention: dr -> datt -> dqkv -> dy
  const Tensor datt_out = branch_gradient(kernels, dropout_at(layer, Place::attention_output));
  kernels.linear_backward_weight(grad(p.out), bias_grad(p.out_bias), datt_out, b.att, false);
  kernels.linear_backward_input(a.datt, datt_out, weight(p.out), false, none, Tensor());
  kernels.attention_backward(a.dqkv, a.datt, b.qkv, b.att, b.lse, attention_shape(layer));
  if (config_.position == Position::rope) {
    kernels.rope(a.dqkv, attention_shape(layer), config_.rope_theta, 0, true);
  }
  kernels.linear_backward_weight(grad(p.qkv, 3), bias_grad(p.qkv_bias, 3), a.dqkv, b.y1, false);
  kernels.linear_backward_input(a.dy, a.dqkv, weight(p.qkv, 3), false, none, Tensor());
  kernels.norm_backward(a.dr, grad(p.norm1_gain), bias_grad(p.norm1_bias), a.dy, a.residual[l],
                        b.mean1, b.rstd1, config_.norm, weight(p.norm1_gain), true);
}

}  // namespace coldstart::model
