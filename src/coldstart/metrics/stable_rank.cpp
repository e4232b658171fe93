// stable_rank: |W|_F^2 / |W|_2^2, between 1 and the rank: over how many directions the weights of a
// matrix are spread.
//
// The spectral norm comes from power iteration, v <- W^T W v / |W^T W v|, kRounds rounds from where
// the last measurement ended. It can only be too small, so the stable rank can only be too large;
// it settles over the first measurements. v is part of a checkpoint.
// Of a role or the model: the mean over its matrices. Test: tests/metrics/stable_rank_test.cpp.
#include "coldstart/metrics/stable_rank.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "coldstart/core/random.h"
#include "coldstart/metrics/formulas.h"

namespace coldstart::metrics {

namespace {

constexpr int kRounds = 30;

Tensor as_column(Tensor vector) { return vector.reshape({vector.size(), 1}); }

}  // namespace

StableRank::StableRank(const Layout& layout) : layout_(layout) {
  const DType type = layout.params.dtype();
  int64_t longest = 1, bytes = 0;
  for (const size_t i : layout.matrices.params) {
    const Param& param = layout.params[i];
    longest = std::max(longest, param.rows());
    bytes += div_up(param.cols() * dtype_size(type), Arena::kAlignment) * Arena::kAlignment;
  }
  arena_ = Arena(bytes + longest * dtype_size(type) + Arena::kAlignment);
  for (const size_t i : layout.matrices.params) {
    const Tensor v = arena_.allocate(type, {layout.params[i].cols()});
    const Rng rng(0, Stream::probe, static_cast<uint32_t>(i));
    for (int64_t k = 0; k < v.size(); ++k) {
      const double value = rng.normal(static_cast<uint64_t>(k));
      if (type == DType::f32) {
        v.data<float>()[k] = static_cast<float>(value);
      } else {
        v.data<double>()[k] = value;
      }
    }
    vectors_.push_back(v);
  }
  image_ = arena_.allocate(type, {longest});
}

std::optional<double> StableRank::measure(kernels::Kernels& kernels, Tensor w, Tensor v) const {
  const Tensor u = as_column(Tensor(image_.raw(), image_.dtype(), {w.rows()}));
  const Tensor column = as_column(v);
  double image_sq = 0;
  for (int round = 0; round < kRounds; ++round) {
    const double length = std::sqrt(kernels.sum_squares(v));
    if (!(length > 0) || !std::isfinite(length)) return std::nullopt;
    kernels.scale(v, 1 / length);
    kernels.matmul(u, w, false, column, false, 1, 0);
    image_sq = kernels.sum_squares(u);
    if (round + 1 < kRounds && image_sq > 0) kernels.matmul(column, w, true, u, false, 1, 0);
  }
  if (!(image_sq > 0)) return std::nullopt;
  return kernels.sum_squares(w) / image_sq;
}

void StableRank::observe(const ModelView& view, MetricSink& sink) {
  values_.assign(layout_.params.size(), std::nullopt);
  for (size_t k = 0; k < vectors_.size(); ++k) {
    const size_t i = layout_.matrices.params[k];
    values_[i] = measure(view.kernels, layout_.params[i].weight, vectors_[k]);
  }
  sink.put_tensors("", values_, Combine::mean);
}

std::vector<MetricState> StableRank::states() {
  std::vector<MetricState> states;
  for (size_t k = 0; k < vectors_.size(); ++k) {
    states.push_back({layout_.params[layout_.matrices.params[k]].name, vectors_[k]});
  }
  return states;
}

MetricInfo stable_rank_metric() {
  return {
      .name = "stable_rank",
      .meaning = "squared Frobenius norm over squared spectral norm of a matrix",
      .cost = "60 passes over the weights",
      .observes_model = true,
      .parts = {{"", "stable rank, 1 to the rank of the matrix"}},
      .make = [](const MetricSetup& setup) { return std::make_unique<StableRank>(setup.layout); }};
}

}  // namespace coldstart::metrics
