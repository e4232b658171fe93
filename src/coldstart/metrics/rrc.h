// rrc: relative representation change, how much one update changes what each linear layer puts out,
// its inputs held fixed; and the alignments that explain it.
//
//   .train, .probe   |X dW^T|_F / |X W^T|_F over the rows of X: inputs of the last micro-batch
//                    of the step, and of a held-out batch, both before the update
//   .update_alignment_train, _probe   a_dW = |X dW^T| / (|dW|_F |X|)
//   .weight_alignment_train, _probe   a_W  = |X W^T| / (|W|_F |X|);  rrc = a_dW/a_W |dW|/|W|
//   .logits          mean over positions of |dz| / |z|, z the logits of the held-out batch, when
//                       all layers have moved: two forward passes
// Queries, keys and values are measured apart. The inputs are those of the weights before the
// update; earlier layers are not moved. Of a role or the model: root mean square over its matrices.
// Sources: Kosson et al. 2024, section 6; Kosson et al., arXiv 2510.19093 for the alignments.
// Test: tests/metrics/rrc_test.cpp.
#pragma once

#include "coldstart/metrics/metric.h"
#include "coldstart/metrics/probe.h"
#include "coldstart/tensor/arena.h"

namespace coldstart::metrics {

class Rrc : public Metric {
 public:
  Rrc(const Layout& layout, const Probe& probe);
  void before_update(const StepView& view) override;
  void after_update(const StepView& view, MetricSink& sink) override;

 private:
  using Values = std::vector<std::optional<double>>;
  struct Batch {  // what is measured on one batch
    Values change, update_alignment, weight_alignment;
  };

  void measure(const StepView& view, Batch& batch);
  double product_sq(kernels::Kernels& kernels, Tensor x, Tensor w);  // |x w^T|_F^2
  Tensor part_of(const Arena& arena, size_t param) const;
  std::optional<double> logit_change(const StepView& view, Tensor before);

  const Layout& layout_;
  const Probe& probe_;
  Arena other_;         // the weights before the update; while measuring, those after it
  Arena change_;        // dW
  Arena scratch_;       // outputs of some rows of one layer, twice
  Arena final_before_;  // what goes into the head on the held-out batch, before the update
  Tensor final_input_;
  size_t head_ = 0;
  Batch on_train_, on_probe_;
};

}  // namespace coldstart::metrics
