#include "coldstart/model/classifier.h"

#include <utility>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/model/softmax_loss.h"

namespace coldstart::model {

namespace {

constexpr int64_t kChunk = 1 << 12;

void check_ids(std::span<const int32_t> ids, int64_t least, int64_t count, const char* what) {
  for (const int32_t id : ids) {
    if (id < least || id >= count)
      throw DataError(
          "model",
          fmt::format("{} out of range; got {}, expected {} to {}", what, id, least, count - 1),
          "the data and the model must belong together");
  }
}

template <class Real>
void scale_into(Tensor x, std::span<const int32_t> values, int64_t V) {
  Real* out = x.data<Real>();
  const double step = 2.0 / static_cast<double>(V - 1);
  parallel_for(x.size(), kChunk, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t i = begin; i < end; ++i)
      out[i] = static_cast<Real>(step * values[static_cast<size_t>(i)] - 1);
  });
}

}  // namespace

Classifier::Classifier(const ClassifierConfig& config, DType dtype)
    : config_(config), dtype_(dtype) {
  validate(config_);
  params_ = ParamList(param_specs(config_), dtype);
  const auto at = [&](const std::string& name) {
    const int i = params_.index_of(name);
    return i < 0 ? kNone : static_cast<size_t>(i);
  };
  input_ = at("input.weight");
  input_bias_ = at("input.bias");
  for (int64_t l = 0; l < config_.L; ++l) {
    const std::string h = fmt::format("h.{}.", l);
    layers_.push_back({.gain = at(h + "norm.gain"),
                       .norm_bias = at(h + "norm.bias"),
                       .in = at(h + "mlp.in.weight"),
                       .in_bias = at(h + "mlp.in.bias"),
                       .out = at(h + "mlp.out.weight"),
                       .out_bias = at(h + "mlp.out.bias")});
  }
  final_gain_ = at("norm_f.gain");
  final_bias_ = at("norm_f.bias");
  head_ = at("head.weight");
  head_bias_ = at("head.bias");
}

void Classifier::prepare(int64_t B) {
  if (activations_.B == B) return;
  const int64_t bytes = activation_bytes(config_, B, dtype_);
  if (arena_.is_measuring() || arena_.capacity_bytes() < bytes) {
    arena_ = Arena::measuring();  // give the old memory back before taking the new
    arena_ = Arena(bytes);
  }
  arena_.rewind(0);
  activations_.B = B;
  activations_.lay_out(arena_, config_, dtype_);
}

// ---- forward

void Classifier::read_input(kernels::Kernels& kernels, const Batch& batch) {
  const int64_t B = batch.B, T = config_.T;
  COLDSTART_CHECK(batch.T == T && B > 0 && std::ssize(batch.tokens) == B * T,
                  "{} numbers for B = {}, T = {}", batch.tokens.size(), B, batch.T);
  check_ids(batch.tokens, 0, config_.V, "a number of an example");
  prepare(B);
  const Tensor x = activations_.x;
  if (config_.E > 0) {
    kernels.embedding_forward(x.reshape({B * T, config_.E}), batch.tokens, weight(0), Tensor(), T,
                              0);
  } else if (dtype_ == DType::f32) {
    scale_into<float>(x, batch.tokens, config_.V);
  } else {
    scale_into<double>(x, batch.tokens, config_.V);
  }
}

void Classifier::forward_mlp(kernels::Kernels& kernels) {
  Tensor x = activations_.x;
  for (size_t l = 0; l < layers_.size(); ++l) {
    const auto& a = activations_.layers[l];
    kernels.linear_forward(a.h, x, weight(layers_[l].in), weight(layers_[l].in_bias), activation(),
                           a.pre);
    x = a.h;
  }
}

void Classifier::forward_residual(kernels::Kernels& kernels) {
  ClassifierActivations& a = activations_;
  const auto none = kernels::Activation::none;
  kernels.linear_forward(a.layers[0].r, a.x, weight(input_), weight(input_bias_), none, Tensor());
  Tensor branch, stream = a.layers[0].r;
  for (size_t l = 0; l < layers_.size(); ++l) {
    const Place& p = layers_[l];
    const auto& b = a.layers[l];
    kernels.residual_norm_forward(b.r, b.y, b.mean, b.rstd, stream, branch, config_.norm,
                                  weight(p.gain), weight(p.norm_bias));
    kernels.linear_forward(b.h, b.y, weight(p.in), weight(p.in_bias), activation(), b.pre);
    kernels.linear_forward(a.branch, b.h, weight(p.out), weight(p.out_bias), none, Tensor());
    branch = a.branch;
    stream = b.r;
  }
  kernels.residual_norm_forward(a.r_final, a.y_final, a.mean_final, a.rstd_final, stream, branch,
                                config_.norm, weight(final_gain_), weight(final_bias_));
}

void Classifier::forward(kernels::Kernels& kernels, const Batch& batch) {
  read_input(kernels, batch);
  if (config_.net == Net::mlp) {
    forward_mlp(kernels);
  } else {
    forward_residual(kernels);
  }
  kernels.linear_forward(activations_.logits, final_activation(), weight(head_), weight(head_bias_),
                         kernels::Activation::none, Tensor());
}

Tensor Classifier::final_activation() const {
  return config_.net == Net::mlp ? activations_.layers.back().h : activations_.y_final;
}

double Classifier::loss(const Batch& batch, bool gradients, double grad_scale) {
  COLDSTART_CHECK(std::ssize(batch.targets) == batch.B, "{} targets for {} examples",
                  batch.targets.size(), batch.B);
  check_ids(batch.targets, -1, config_.classes, "a class");
  ClassifierActivations& a = activations_;
  return softmax_loss(a.losses, gradients ? a.dlogits : Tensor(), a.logits, batch.targets,
                      grad_scale);
}

double Classifier::evaluate(kernels::Kernels& kernels, const Batch& batch) {
  forward(kernels, batch);
  return loss(batch, false, 0);
}

void Classifier::logits(kernels::Kernels& kernels, const Batch& batch, Tensor out) {
  forward(kernels, batch);
  COLDSTART_CHECK(out.size() == activations_.logits.size(), "{} logits wanted", out.size());
  kernels.fill(out, 0);
  kernels.add(out, activations_.logits);
}

// ---- backward

double Classifier::forward_backward(kernels::Kernels& kernels, const Batch& batch,
                                    double grad_scale, const Regularization& regularization) {
  COLDSTART_CHECK(regularization.dropout == 0 && regularization.label_smoothing == 0,
                  "a classifier has no dropout and no label smoothing");
  forward(kernels, batch);
  const double sum = loss(batch, true, grad_scale);
  kernels.linear_backward_weight(grad(head_), grad(head_bias_), activations_.dlogits,
                                 final_activation(), false);
  if (config_.net == Net::mlp) {
    backward_mlp(kernels);
    backward_input(kernels, batch, activations_.dr, layers_[0].in, layers_[0].in_bias);
  } else {
    backward_residual(kernels);
    backward_input(kernels, batch, activations_.dr, input_, input_bias_);
  }
  return sum;
}

// The gradient before the first layer's activation is left in dr. The sign of h is the sign of what
// went into a ReLU, so h serves as pre there.
void Classifier::backward_mlp(kernels::Kernels& kernels) {
  ClassifierActivations& a = activations_;
  const auto pre_of = [](const ClassifierActivations::Layer& b) { return b.pre ? b.pre : b.h; };
  kernels.linear_backward_input(a.dr, a.dlogits, weight(head_), false, activation(),
                                pre_of(a.layers.back()));
  for (size_t l = layers_.size() - 1; l > 0; --l) {
    const Place& p = layers_[l];
    const auto& below = a.layers[l - 1];
    kernels.linear_backward_weight(grad(p.in), grad(p.in_bias), a.dr, below.h, false);
    kernels.linear_backward_input(a.dy, a.dr, weight(p.in), false, activation(), pre_of(below));
    std::swap(a.dr, a.dy);
  }
}

void Classifier::backward_residual(kernels::Kernels& kernels) {
  ClassifierActivations& a = activations_;
  const auto none = kernels::Activation::none;
  kernels.linear_backward_input(a.dy, a.dlogits, weight(head_), false, none, Tensor());
  kernels.norm_backward(a.dr, grad(final_gain_), grad(final_bias_), a.dy, a.r_final, a.mean_final,
                        a.rstd_final, config_.norm, weight(final_gain_), false);
  for (size_t l = layers_.size(); l-- > 0;) {
    const Place& p = layers_[l];
    const auto& b = a.layers[l];
    kernels.linear_backward_weight(grad(p.out), grad(p.out_bias), a.dr, b.h, false);
    kernels.linear_backward_input(a.dpre, a.dr, weight(p.out), false, activation(),
                                  b.pre ? b.pre : b.h);
    kernels.linear_backward_weight(grad(p.in), grad(p.in_bias), a.dpre, b.y, false);
    kernels.linear_backward_input(a.dy, a.dpre, weight(p.in), false, none, Tensor());
    kernels.norm_backward(a.dr, grad(p.gain), grad(p.norm_bias), a.dy, b.r, b.mean, b.rstd,
                          config_.norm, weight(p.gain), true);
  }
}

void Classifier::backward_input(kernels::Kernels& kernels, const Batch& batch, Tensor dz, size_t w,
                                size_t bias) {
  ClassifierActivations& a = activations_;
  kernels.linear_backward_weight(grad(w), grad(bias), dz, a.x, false);
  if (config_.E == 0) return;
  kernels.linear_backward_input(a.dx, dz, weight(w), false, kernels::Activation::none, Tensor());
  kernels.embedding_backward(grad(0), Tensor(), a.dx.reshape({batch.B * config_.T, config_.E}),
                             batch.tokens, config_.T, false);
}

}  // namespace coldstart::model
