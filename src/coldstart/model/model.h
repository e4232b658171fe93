// Model: what trainer, measures and checkpoints see of any model. They never ask which one it is.
//
// A model takes a batch of B sequences of T numbers below its vocabulary (tokens, bytes, pixels)
// and is trained on the mean loss of its targets: one a position (gpt.h) or one a sequence
// (classifier.h). All of its weights are one ParamList. Which models there are: model_config.h.
// Tests: tests/model/model_config_test.cpp, and those of each model.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/kernels/kernels.h"
#include "coldstart/tensor/param.h"

namespace coldstart::model {

// A sequence in numbers: its inputs, and how many of them, or of it, have a target.
struct SequenceShape {
  int64_t T = 0;
  int64_t targets = 0;  // T, or 1
  bool operator==(const SequenceShape&) const = default;
};

// A batch of B sequences, row-major; target -1: no loss there.
struct Batch {
  std::span<const int32_t> tokens;   // (B, T)
  std::span<const int32_t> targets;  // (B, targets of a sequence)
  int64_t B = 0, T = 0;
  int64_t first_sequence = 0;  // in the run: whose dropout masks these sequences have
};

// What a training pass adds to the plain model and loss; evaluations and all other passes have
// none of it.
struct Regularization {
  double dropout = 0;  // of the embeddings' sum, and of what attention and MLP add to the stream
  double attention_dropout = 0;  // of the attention weights
  double label_smoothing = 0;
  uint64_t seed = 0;  // of the masks, which are functions of (seed, place, sequence, element)
};

// One linear layer as a measure sees it: input weight^T is its output, without bias.
struct LinearSite {
  size_t first_param = 0, param_count = 1;  // fused parameters (q, k, v) are one site
  Tensor weight;                            // (K, C) fused view
  Tensor input;                             // (N, C) of the last batch
  // Where the input is what hidden units put out: the parameter whose rows they are, and the
  // activation they went through (none: a product of two, as in SwiGLU).
  std::optional<size_t> units = {};
  kernels::Activation activation = kernels::Activation::none;
};

struct NamedActivation {
  std::string name;
  Tensor value;
};

// What counts in the gradient, chosen when the losses of all targets of a batch are known: the same
// targets, -1 where nothing is to be learned. They must stay until the pass is over.
using ChooseTargets = std::function<std::span<const int32_t>(Tensor losses)>;

class Model {
 public:
  virtual ~Model() = default;

  virtual SequenceShape sequence() const = 0;  // the longest that it takes
  virtual ParamList& params() = 0;
  virtual const ParamList& params() const = 0;

  // Takes the memory for training on batches of up to B whole sequences now, so that no later call
  // allocates. Optional.
  virtual void reserve(int64_t B) = 0;

  // Sum of the losses (nats) over all targets, and in params().grads() the gradient of grad_scale
  // times that sum; the gradients are overwritten. DataError for what is outside the vocabulary.
  // With label smoothing the losses are those against the smoothed targets.
  virtual double forward_backward(kernels::Kernels& kernels, const Batch& batch, double grad_scale,
                                  const Regularization& regularization) = 0;
  double forward_backward(kernels::Kernels& kernels, const Batch& batch, double grad_scale) {
    return forward_backward(kernels, batch, grad_scale, {});
  }
  // The same with the gradient of the chosen targets alone, at the price of one more pass of the
  // head; the sum is still that of all. No choice: forward_backward. A model that cannot:
  // ConfigError.
  virtual double forward_backward_chosen(kernels::Kernels& kernels, const Batch& batch,
                                         double grad_scale, const Regularization& regularization,
                                         const ChooseTargets& choose) {
    if (!choose) return forward_backward(kernels, batch, grad_scale, regularization);
    throw ConfigError("order.curriculum", "this model does not choose its targets by their losses",
                      "take another order.curriculum than self_paced");
  }
  // Sum of the losses, no gradients.
  virtual double evaluate(kernels::Kernels& kernels, const Batch& batch) = 0;
  // Logits (targets of the batch, classes or vocabulary).
  virtual void logits(kernels::Kernels& kernels, const Batch& batch, Tensor out) = 0;
  // A forward pass that leaves what visit_linears shows; no loss, no gradients.
  virtual void forward(kernels::Kernels& kernels, const Batch& batch) = 0;

  // Every linear layer in forward order, the head last, with what went in during the last
  // forward_backward or forward.
  virtual void visit_linears(kernels::Kernels& kernels,
                             const std::function<void(const LinearSite&)>& visit) = 0;
  // What the head reads after a forward pass: (targets of the batch, C).
  virtual Tensor final_activation() const = 0;
  // The loss of each target of the last evaluate or forward_backward, 0 without a target: (targets
  // of the batch).
  virtual Tensor losses() const = 0;
  // What the last forward pass holds, in forward order: to find where a NaN first shows.
  virtual std::vector<NamedActivation> named_activations() const = 0;
};

}  // namespace coldstart::model
