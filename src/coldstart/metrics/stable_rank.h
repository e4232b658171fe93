// The class behind stable_rank; what it measures is said in stable_rank.cpp.
#pragma once

#include "coldstart/metrics/metric.h"
#include "coldstart/tensor/arena.h"

namespace coldstart::metrics {

class StableRank : public Metric {
 public:
  explicit StableRank(const Layout& layout);
  void observe(const ModelView& view, MetricSink& sink) override;
  std::vector<MetricState> states() override;

  // Stable rank of w (K, C); v (C) is where the iteration starts and ends, not zero. Nothing for a
  // matrix of zeros or one that holds a NaN.
  std::optional<double> measure(kernels::Kernels& kernels, Tensor w, Tensor v) const;

 private:
  const Layout& layout_;
  Arena arena_ = Arena::measuring();
  std::vector<Tensor> vectors_;  // one a matrix, in the order of layout.matrices
  Tensor image_;                 // W v of the matrix at hand
  std::vector<std::optional<double>> values_;
};

}  // namespace coldstart::metrics
