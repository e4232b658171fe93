// Classifier: which of K classes an example belongs to. An MLP, or a residual network of linear
// layers, over a window of bytes or the pixels of an image.
//
// Dimensions: B examples, T numbers each (0 to V-1), D = T E or T inputs, C width, F hidden width
// of a block, L layers or blocks, K classes. A number is looked up in an embedding of width E, the
// same for every place, or scaled: 2 x/(V-1) - 1.
//   mlp       h_0 = input;  h_{l+1} = act(h_l W_l^T + b_l);  logits = h_L W_head^T + b_head
//   residual  r = input W^T + b;  r += act(norm(r) W_in^T + b_in) W_out^T + b_out, L times;
//             logits = norm_f(r) W_head^T + b_head
// The loss is the cross-entropy of softmax(logits), in nats. Sources: He et al. 2016 (residual
// blocks, pre-activation), Kosson et al. 2024, appendix A (the experiment that it is here for).
// Tests: tests/model/classifier_test.cpp (finite differences in double, reference against fast).
#pragma once

#include <string>
#include <vector>

#include "coldstart/model/classifier_config.h"
#include "coldstart/tensor/arena.h"

namespace coldstart::model {

// All memory of a pass beside the parameters. The same layout measures and allocates.
struct ClassifierActivations {
  struct Layer {
    Tensor r;              // (B, C): residual stream at a block's input; residual only
    Tensor y, mean, rstd;  // (B, C), (B), (B): its norm; residual only
    Tensor pre;            // before the activation; empty for the ReLU family (h suffices)
    Tensor h;              // (B, C) of an mlp, (B, F) of a block
  };
  int64_t B = 0;
  Tensor x;                   // (B, D)
  std::vector<Layer> layers;  // L of them
  Tensor branch;              // (B, C): what the stream is about to receive
  Tensor r_final, y_final, mean_final, rstd_final;
  Tensor logits, dlogits;  // (B, K)
  Tensor losses;           // (B)
  Tensor dr, dy, dpre, dx;

  void lay_out(Arena& arena, const ClassifierConfig& config, DType dtype);  // B must be set
};

int64_t activation_bytes(const ClassifierConfig& config, int64_t B, DType dtype);

class Classifier : public Model {
 public:
  explicit Classifier(const ClassifierConfig& config, DType dtype = DType::f32);

  const ClassifierConfig& config() const { return config_; }
  SequenceShape sequence() const override { return sequence_shape(config_); }
  ParamList& params() override { return params_; }
  const ParamList& params() const override { return params_; }
  void reserve(int64_t B) override { prepare(B); }

  // Batches: tokens (B, T), targets (B) below K, or -1: no loss there.
  using Model::forward_backward;
  // Regularization is the GPT's; train/resolve_classifier.h refuses it before a run begins.
  double forward_backward(kernels::Kernels& kernels, const Batch& batch, double grad_scale,
                          const Regularization& regularization) override;
  double evaluate(kernels::Kernels& kernels, const Batch& batch) override;
  void logits(kernels::Kernels& kernels, const Batch& batch, Tensor out) override;  // (B, K)
  void forward(kernels::Kernels& kernels, const Batch& batch) override;
  void visit_linears(kernels::Kernels& kernels,
                     const std::function<void(const LinearSite&)>& visit) override;
  Tensor final_activation() const override;                         // (B, C)
  Tensor losses() const override { return activations_.losses; }    // (B)
  std::vector<NamedActivation> named_activations() const override;  // "h.1.mlp.in"

 private:
  // Where the parameters of a layer stand in the list; kNone: it has none.
  struct Place {
    size_t gain = 0, norm_bias = 0, in = 0, in_bias = 0, out = 0, out_bias = 0;
  };

  void prepare(int64_t B);
  void read_input(kernels::Kernels& kernels, const Batch& batch);
  void forward_mlp(kernels::Kernels& kernels);
  void forward_residual(kernels::Kernels& kernels);
  void backward_mlp(kernels::Kernels& kernels);
  void backward_residual(kernels::Kernels& kernels);
  // Of the first layer, whose output has the gradient dz.
  void backward_input(kernels::Kernels& kernels, const Batch& batch, Tensor dz, size_t weight,
                      size_t bias);
  double loss(const Batch& batch, bool gradients, double grad_scale);

  Tensor weight(size_t i) const { return i == kNone ? Tensor() : params_[i].weight; }
  Tensor grad(size_t i) const { return i == kNone ? Tensor() : params_[i].grad; }
  kernels::Activation activation() const { return activation_of(config_.activation); }

  static constexpr size_t kNone = static_cast<size_t>(-1);

  ClassifierConfig config_;
  DType dtype_;
  ParamList params_;
  size_t input_ = kNone, input_bias_ = kNone;  // residual only
  std::vector<Place> layers_;
  size_t final_gain_ = kNone, final_bias_ = kNone, head_ = kNone, head_bias_ = kNone;
  ClassifierActivations activations_;
  Arena arena_ = Arena::measuring();
};

}  // namespace coldstart::model
