#include "coldstart/model/softmax_loss.h"

#include <algorithm>
#include <cmath>

#include "coldstart/core/parallel.h"

namespace coldstart::model {

namespace {

constexpr int64_t kRowsAtOnce = 64;

template <class Real>
double logsumexp(const Real* z, int64_t K) {
  const double top = static_cast<double>(*std::max_element(z, z + K));
  double sum = 0;
  for (int64_t k = 0; k < K; ++k) sum += std::exp(static_cast<double>(z[k]) - top);
  return top + std::log(sum);
}

template <class Real>
void loss_rows(Tensor losses, Tensor dlogits, Tensor logits, std::span<const int32_t> targets,
               double grad_scale) {
  const int64_t N = logits.rows(), K = logits.cols();
  const Real* z = logits.data<Real>();
  Real* loss = losses.data<Real>();
  Real* dz = dlogits ? dlogits.data<Real>() : nullptr;
  parallel_for(N, kRowsAtOnce, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t n = begin; n < end; ++n) {
      const int64_t target = targets[static_cast<size_t>(n)];
      const Real* row = z + n * K;
      const double log_sum = logsumexp(row, K);
      loss[n] =
          target < 0 ? Real{0} : static_cast<Real>(log_sum - static_cast<double>(row[target]));
      if (dz == nullptr) continue;
      for (int64_t k = 0; k < K; ++k) {
        const double p = std::exp(static_cast<double>(row[k]) - log_sum);
        dz[n * K + k] =
            target < 0 ? Real{0} : static_cast<Real>(grad_scale * (p - (k == target ? 1 : 0)));
      }
    }
  });
}

template <class Real>
void softmax_rows(std::span<double> probabilities, Tensor logits) {
  const int64_t N = logits.rows(), K = logits.cols();
  const Real* z = logits.data<Real>();
  for (int64_t n = 0; n < N; ++n) {
    const double log_sum = logsumexp(z + n * K, K);
    for (int64_t k = 0; k < K; ++k)
      probabilities[static_cast<size_t>(n * K + k)] =
          std::exp(static_cast<double>(z[n * K + k]) - log_sum);
  }
}

}  // namespace

double softmax_loss(Tensor losses, Tensor dlogits, Tensor logits, std::span<const int32_t> targets,
                    double grad_scale) {
  if (logits.dtype() == DType::f32) {
    loss_rows<float>(losses, dlogits, logits, targets, grad_scale);
  } else {
    loss_rows<double>(losses, dlogits, logits, targets, grad_scale);
  }
  double sum = 0;
  for (int64_t n = 0; n < losses.size(); ++n) sum += losses.at(n);
  return sum;
}

void softmax(std::span<double> probabilities, Tensor logits) {
  COLDSTART_CHECK(std::ssize(probabilities) == logits.size(), "{} probabilities for {} logits",
                  probabilities.size(), logits.size());
  if (logits.dtype() == DType::f32) {
    softmax_rows<float>(probabilities, logits);
  } else {
    softmax_rows<double>(probabilities, logits);
  }
}

}  // namespace coldstart::model
