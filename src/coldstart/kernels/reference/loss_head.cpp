// Output head, softmax and cross-entropy, one row of logits at a time.
//
//   z = w x_n;  lse = max(z) + log sum_v exp(z_v - max(z))
//   q_v = (1 - smoothing) [v = target] + smoothing / V;  losses[n] = lse - q . z
//   dz_v = grad_scale (exp(z_v - lse) - q_v);  dx_n = w^T dz;  dw += dz x_n^T
//
// Subtracting the maximum keeps logits of any size from overflowing. Target -1: loss 0, gradient 0.
// Test: tests/kernels/reference_loss_head_test.cpp.
#include <algorithm>
#include <cmath>
#include <vector>

#include "coldstart/kernels/reference/element.h"
#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

namespace {

double log_sum_exp(const std::vector<double>& z) {
  const double highest = *std::max_element(z.begin(), z.end());
  double sum = 0;
  for (const double value : z) sum += std::exp(value - highest);
  return highest + std::log(sum);
}

}  // namespace

void ReferenceKernels::loss_head(Tensor losses, Tensor dx, Tensor dw, Tensor x, Tensor w,
                                 std::span<const int32_t> targets, const LossRule& rule) {
  const LossHeadShape s = check_loss_head(losses, dx, dw, x, w, targets);
  const size_t C = static_cast<size_t>(s.C), V = static_cast<size_t>(s.V);
  std::vector<double> z(V), dx_row(C), dw_sums(s.gradients ? V * C : 0);
  const double uniform = rule.smoothing / static_cast<double>(V);
  with_type(x.dtype(), [&]<class Real>() {
    const Real* pw = w.data<Real>();
    for (size_t n = 0; n < targets.size(); ++n) {
      const Real* x_n = x.data<Real>() + n * C;
      std::fill(dx_row.begin(), dx_row.end(), 0.0);
      double loss = 0;
      if (targets[n] >= 0) {
        const size_t target = static_cast<size_t>(targets[n]);
        for (size_t v = 0; v < V; ++v) z[v] = dot(pw + v * C, x_n, s.C);
        const double lse = log_sum_exp(z);
        double sum = 0;
        for (size_t v = 0; v < V; ++v) sum += z[v];
        loss = lse - (1 - rule.smoothing) * z[target] - uniform * sum;
        for (size_t v = 0; s.gradients && v < V; ++v) {
          const double q = (v == target ? 1 - rule.smoothing : 0) + uniform;
          const double dz = rule.grad_scale * (std::exp(z[v] - lse) - q);
          for (size_t c = 0; c < C; ++c) {
            dx_row[c] += dz * pw[v * C + c];
            dw_sums[v * C + c] += dz * x_n[c];
          }
        }
      }
      losses.data<Real>()[n] = static_cast<Real>(loss);
      for (size_t c = 0; s.gradients && c < C; ++c) {
        dx.data<Real>()[n * C + c] = static_cast<Real>(dx_row[c]);
      }
    }
    for (size_t i = 0; i < dw_sums.size(); ++i) dw.data<Real>()[i] = static_cast<Real>(dw_sums[i]);
  });
}

}  // namespace coldstart::kernels
