#include "coldstart/metrics/snr_estimator.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace coldstart::metrics {

namespace {

Tensor numbers(std::vector<double>& values) {
  return Tensor(values.data(), DType::f64, {std::ssize(values)});
}

}  // namespace

SignalNoise& SignalNoise::operator+=(const SignalNoise& other) {
  signal += other.signal;
  noise += other.noise;
  return *this;
}

std::optional<double> snr(const SignalNoise& average) {
  if (!(average.noise > 0)) return std::nullopt;
  return std::max(average.signal, 0.0) / average.noise;
}

std::optional<double> critical_batch(const SignalNoise& average) {
  const std::optional<double> phi = snr(average);
  if (!phi) return std::nullopt;
  return *phi > 0 ? 1 / *phi : std::numeric_limits<double>::infinity();
}

SnrEstimator::SnrEstimator(const ParamList& params, const SnrSetup& setup)
    : params_(params), setup_(setup), steps_(1) {
  COLDSTART_CHECK(setup.micro_batches >= 2, "{} micro-batches", setup.micro_batches);
  size_t rows = 0, units = 0;
  for (const Param& param : params) {
    first_row_.push_back(rows);
    first_unit_.push_back(units);
    rows += static_cast<size_t>(param.rows());
    units += setup.per_row ? static_cast<size_t>(param.rows()) : 1;
  }
  first_row_.push_back(rows);
  rows_.resize(rows);
  signal_.resize(units);
  noise_.resize(units);
  for (auto* sums : {&micro_sq_, &whole_sq_, &half_sq_, &cross_}) sums->resize(units);
  if (setup.method == SnrMethod::half_batch) {
    COLDSTART_CHECK(setup.micro_batches % 2 == 0, "{} micro-batches", setup.micro_batches);
    half_ = params.make_companion();
  }
}

void SnrEstimator::set_batch(int64_t micro_batches, double samples) {
  COLDSTART_CHECK(micro_batches >= 2 && micro_ == 0, "{} micro-batches", micro_batches);
  setup_.micro_batches = micro_batches;
  setup_.batch = samples;
}

void SnrEstimator::row_products(kernels::Kernels& kernels, Tensor a, Tensor b) {
  for (size_t i = 0; i < params_.size(); ++i) {
    const Param& param = params_[i];
    const auto part = [&](Tensor whole) {
      auto* first = static_cast<std::byte*>(whole.raw()) + param.offset * dtype_size(whole.dtype());
      return Tensor(first, whole.dtype(), {param.rows(), param.cols()});
    };
    kernels.row_dots(part(a), part(b),
                     std::span(rows_).subspan(first_row_[i], first_row_[i + 1] - first_row_[i]));
  }
}

// Adds factor times the products of the last row_products to the units of `to`.
void SnrEstimator::add_products(std::vector<double>& to, double factor) const {
  for (size_t i = 0; i < params_.size(); ++i) {
    for (size_t row = first_row_[i]; row < first_row_[i + 1]; ++row) {
      to[unit(i, row - first_row_[i])] += factor * rows_[row];
    }
  }
}

void SnrEstimator::add_micro(kernels::Kernels& kernels, Tensor gradient, Tensor sum) {
  if (micro_ == 0) std::ranges::fill(micro_sq_, 0.0);
  ++micro_;
  if (setup_.method == SnrMethod::micro) {
    const auto n = static_cast<double>(setup_.micro_batches);
    row_products(kernels, gradient, gradient);
    add_products(micro_sq_, n);  // 1/n of |n * gradient|^2
  } else if (micro_ == setup_.micro_batches / 2) {
    std::memcpy(half_->flat(sum.dtype()).raw(), sum.raw(), static_cast<size_t>(sum.bytes()));
  }
}

void SnrEstimator::finish_step(kernels::Kernels& kernels, Tensor mean_gradient) {
  COLDSTART_CHECK(micro_ == setup_.micro_batches, "{} of {} micro-batches", micro_,
                  setup_.micro_batches);
  micro_ = 0;
  row_products(kernels, mean_gradient, mean_gradient);
  std::ranges::fill(whole_sq_, 0.0);
  add_products(whole_sq_, 1);
  const double B = setup_.batch, b = B / static_cast<double>(setup_.micro_batches);
  if (setup_.method == SnrMethod::half_batch) {
    const Tensor half = half_->flat(mean_gradient.dtype());
    std::ranges::fill(half_sq_, 0.0);
    std::ranges::fill(cross_, 0.0);
    row_products(kernels, half, half);
    add_products(half_sq_, 1);
    row_products(kernels, half, mean_gradient);
    add_products(cross_, 1);
  }
  for (size_t u = 0; u < signal_.size(); ++u) {
    double signal = 0, noise = 0;
    if (setup_.method == SnrMethod::micro) {
      signal = (B * whole_sq_[u] - b * micro_sq_[u]) / (B - b);
      noise = (micro_sq_[u] - whole_sq_[u]) / (1 / b - 1 / B);
    } else {  // g_A = 2 h, g_B = 2 (g - h)
      signal = 4 * (cross_[u] - half_sq_[u]);
      noise = B * (4 * half_sq_[u] - 4 * cross_[u] + whole_sq_[u]);
    }
    signal_[u] = setup_.ema * signal_[u] + (1 - setup_.ema) * signal;
    noise_[u] = setup_.ema * noise_[u] + (1 - setup_.ema) * noise;
  }
  ++steps_[0];
}

SignalNoise SnrEstimator::unit_average(size_t unit) const {
  const double weight = 1 - std::pow(setup_.ema, steps_[0]);
  if (!(weight > 0)) return {};
  return {.signal = signal_[unit] / weight, .noise = noise_[unit] / weight};
}

SignalNoise SnrEstimator::tensor(size_t param) const {
  if (!setup_.per_row) return unit_average(first_unit_[param]);
  SignalNoise sum;
  for (int64_t r = 0; r < params_[param].rows(); ++r) sum += row(param, r);
  return sum;
}

SignalNoise SnrEstimator::row(size_t param, int64_t row) const {
  COLDSTART_CHECK(setup_.per_row, "averages are kept by parameter");
  return unit_average(unit(param, static_cast<size_t>(row)));
}

SignalNoise SnrEstimator::group(const Group& group) const {
  SignalNoise sum;
  for (const size_t param : group.params) sum += tensor(param);
  return sum;
}

std::vector<SnrEstimator::State> SnrEstimator::states() {
  return {{"signal", numbers(signal_)}, {"noise", numbers(noise_)}, {"steps", numbers(steps_)}};
}

}  // namespace coldstart::metrics
