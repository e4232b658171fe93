#include "coldstart/adapt/clip_parts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"

namespace coldstart::adapt {

namespace {

constexpr int64_t kChunk = 1 << 15;
constexpr double kSmallestRow = 1e-3;  // a row of zeros could not begin to move otherwise

template <class Real>
double clip_values_of(std::span<Real> g, double limit) {
  const auto bound = static_cast<Real>(limit);
  // Chunks of so many that their counts fit into an array.
  constexpr int64_t kChunks = 64;
  std::array<double, kChunks> outside{};
  const int64_t chunk_size = std::max(kChunk, div_up(std::ssize(g), kChunks));
  parallel_for(std::ssize(g), chunk_size, [&](int64_t begin, int64_t end, int64_t chunk) {
    int64_t count = 0;
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      count += g[i] > bound || g[i] < -bound;
      g[i] = g[i] > bound ? bound : g[i] < -bound ? -bound : g[i];
    }
    outside[static_cast<size_t>(chunk)] = static_cast<double>(count);
  });
  return ordered_sum(outside);
}

template <class Real>
void shorten(std::span<Real> w, std::span<const Real> before, double factor) {
  parallel_for(std::ssize(w), kChunk, [&](int64_t begin, int64_t end, int64_t) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i)
      w[i] = static_cast<Real>(
          std::lerp(static_cast<double>(before[i]), static_cast<double>(w[i]), factor));
  });
}

}  // namespace

double clip_values(Tensor g, double limit) {
  return g.dtype() == DType::f32 ? clip_values_of(g.span<float>(), limit)
                                 : clip_values_of(g.span<double>(), limit);
}

RowClip::RowClip(const ParamList& params, double ratio) : ratio_(ratio) {
  int64_t most = 0;
  for (const Param& param : params) {
    most = std::max(most, param.rows());
    rows_ += param.rows();
  }
  weight_sq_.resize(static_cast<size_t>(most));
  grad_sq_.resize(static_cast<size_t>(most));
}

double RowClip::clip(ParamList& params, kernels::Kernels& kernels) {
  int64_t clipped = 0;
  for (const Param& param : params) {
    const auto rows = static_cast<size_t>(param.rows());
    const auto weight = std::span(weight_sq_).first(rows), grad = std::span(grad_sq_).first(rows);
    kernels.row_dots(param.weight, param.weight, weight);
    kernels.row_dots(param.grad, param.grad, grad);
    int64_t here = 0;
    for (size_t r = 0; r < rows; ++r) {
      const double limit = ratio_ * std::max(std::sqrt(weight[r]), kSmallestRow);
      const double norm = std::sqrt(grad[r]);
      here += norm > limit;
      grad[r] = norm > limit ? limit / norm : 1;  // the norm has served; from here on a factor
    }
    if (here > 0 && param.is_matrix()) kernels.scale_rows(param.grad, grad);
    if (here > 0 && !param.is_matrix()) kernels.scale(param.grad, grad[0]);
    clipped += here;
  }
  return static_cast<double>(clipped) / static_cast<double>(rows_);
}

double factor_to_angle(const kernels::UpdateSums& sums, double limit) {
  const double weight = std::sqrt(sums.weight_sq);
  if (weight == 0) return 1;
  const double along = sums.weight_delta / weight;
  const double across = std::sqrt(std::max(0.0, sums.delta_sq - along * along));
  if (std::atan2(across, weight + along) <= limit) return 1;
  // f across = tan(limit) (weight + f along)
  return weight * std::tan(limit) / (across - std::tan(limit) * along);
}

UpdateLimit::UpdateLimit(const ParamList& params, double angle)
    : angle_(angle), weights_(params.make_companion()) {
  for (const Param& param : params) matrices_ += param.is_matrix();
}

void UpdateLimit::before(const ParamList& params) {
  const Tensor now = params.weights();
  std::memcpy(weights_.flat(params.dtype()).raw(), now.raw(), static_cast<size_t>(now.bytes()));
}

double UpdateLimit::after(ParamList& params, optim::StepReport& report) {
  int64_t cut = 0;
  for (size_t i = 0; i < params.size(); ++i) {
    const Param& param = params[i];
    if (!param.is_matrix()) continue;
    const double factor = factor_to_angle(report.total(i), angle_);
    if (!(factor < 1)) continue;
    ++cut;
    const Tensor before = params.slice(weights_, param);
    if (params.dtype() == DType::f32) {
      shorten<float>(param.weight.span<float>(), before.span<float>(), factor);
    } else {
      shorten<double>(param.weight.span<double>(), before.span<double>(), factor);
    }
    for (kernels::UpdateSums& row : report.rows(i)) {
      row.delta_sq *= factor * factor;
      row.weight_delta *= factor;
    }
    report[i].step_size *= factor;
    report[i].angle *= factor;
  }
  return static_cast<double>(cut) / static_cast<double>(matrices_);
}

}  // namespace coldstart::adapt
