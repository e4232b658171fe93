#include "coldstart/optim/sphere.h"

#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"

namespace coldstart::optim {

namespace {

// Of a radius that no step has measured yet; a norm is never negative.
constexpr double kUnmeasured = -1;

// Centers one row and gives it back its norm; returns the norm.
template <class Real>
double prepare_row(std::span<Real> row, bool center) {
  double sum = 0, square = 0;
  for (const Real w : row) {
    sum += static_cast<double>(w);
    square += static_cast<double>(w) * static_cast<double>(w);
  }
  const double norm = std::sqrt(square);
  if (!center) return norm;
  const double mean = sum / static_cast<double>(row.size());
  double centered = 0;
  for (const Real w : row) centered += std::pow(static_cast<double>(w) - mean, 2);
  if (centered == 0) return norm;  // all equal: there is nothing left to scale
  const double stretch = norm / std::sqrt(centered);
  for (Real& w : row) w = static_cast<Real>((static_cast<double>(w) - mean) * stretch);
  return norm;
}

template <class Real>
void prepare_rows(const Param& param, bool center, std::span<double> norms) {
  const std::span<Real> all = param.weight.span<Real>();
  const auto cols = static_cast<size_t>(param.cols());
  constexpr int64_t kRows = 64;
  parallel_for(param.rows(), kRows, [&](int64_t begin, int64_t end, int64_t) {
    for (auto r = static_cast<size_t>(begin); r < static_cast<size_t>(end); ++r)
      norms[r] = prepare_row(all.subspan(r * cols, cols), center);
  });
}

}  // namespace

Sphere::Sphere(const ParamList& params, const std::vector<ParamGroup>& groups,
               const SphereRules& rules, RowGain* gains)
    : groups_(groups),
      rules_(rules),
      gains_(gains),
      radius_(static_cast<size_t>(row_count(params))),
      rows_of_(params.size()) {
  if (rules.norm_decay > 0) norm_average_.resize(radius_.size());
  if (gains) {
    effective_radius_.resize(radius_.size());
    signed_scale_.resize(radius_.size());
  }
  for (size_t i = 0; i < params.size(); ++i) {
    rows_of_[i] = static_cast<size_t>(params[i].rows());
    if (groups_[i].group != Group::rotational) continue;
    for (double& radius : rows(radius_, i)) radius = kUnmeasured;
  }
}

std::span<double> Sphere::rows(std::vector<double>& numbers, size_t i) const {
  return std::span(numbers).subspan(static_cast<size_t>(groups_[i].first_row), rows_of_[i]);
}

// The numbers that the kernel wants: one a row, or the first one for the whole tensor.
std::span<double> Sphere::slots(std::vector<double>& numbers, size_t i) const {
  if (numbers.empty()) return {};
  return rules_.granularity == Granularity::row ? rows(numbers, i) : rows(numbers, i).first(1);
}

void Sphere::begin(ParamList& params) {
  for (size_t i = 0; i < params.size(); ++i) {
    if (groups_[i].group != Group::rotational || rows(radius_, i)[0] != kUnmeasured) continue;
    const std::span<double> norms = rows(radius_, i);
    if (params.dtype() == DType::f32) {
      prepare_rows<float>(params[i], rules_.center, norms);
    } else {
      prepare_rows<double>(params[i], rules_.center, norms);
    }
    if (rules_.granularity == Granularity::row) continue;
    double square = 0;
    for (double& norm : norms) {
      square += norm * norm;
      norm = 0;
    }
    norms[0] = std::sqrt(square);
  }
}

void Sphere::turn(const StepScope& step, size_t i, const kernels::UpdateTensors& tensors,
                  const kernels::Direction& direction, double angle, double factor) {
  COLDSTART_CHECK(!rules_.replay || !step.context.angles.empty(), "angles to replay");
  const bool by_row = rules_.granularity == Granularity::row;
  ParamReport& report = step.report[i];
  report = {};
  report.rotational = true;
  report.factor = factor * step.param_scale(i);
  report.angle = angle * report.factor;
  if (direction.kind != kernels::DirectionKind::given) report_momentum(report, direction);

  kernels::Rotation rotation{
      .angle = report.angle,
      .per_row = by_row,
      .center = rules_.center,
      .project = rules_.project,
      .norm_decay = rules_.norm_decay,
      .norm_correction = 1 - std::pow(rules_.norm_decay, step.t()),
      .eps = rules_.eps,
      .row_scale = step.row_scale(i, groups_[i]),
      .radius = slots(radius_, i),
      .norm_average = slots(norm_average_, i),
  };
  COLDSTART_CHECK(by_row || rotation.row_scale.empty(), "factors of rows, rotation of tensors");
  if (gains_ && gains_->applies_to(i)) wear_gains(rotation, i);
  report.unchanged_rows =
      step.kernels.rotate_update(tensors, direction, rotation, step.report.rows(i));
}

// W = gain V: V turns on its sphere; W does on one |gain| times as large, the other way round where
// the gain is negative.
void Sphere::wear_gains(kernels::Rotation& rotation, size_t i) {
  const std::span<const double> gains = gains_->gains(i);
  const std::span<double> radius = rows(effective_radius_, i), scale = rows(signed_scale_, i);
  for (size_t r = 0; r < gains.size(); ++r) {
    radius[r] = std::abs(gains[r]) * rotation.radius[r];
    scale[r] = std::copysign(rotation.row_scale.empty() ? 1 : rotation.row_scale[r], gains[r]);
  }
  rotation.row_gain = gains;
  rotation.radius = radius;
  rotation.row_scale = scale;
}

void Sphere::add_states(std::vector<NamedTensor>& states) {
  add_row_state(states, "radius", radius_);
  add_row_state(states, "norm_average", norm_average_);
}

}  // namespace coldstart::optim
