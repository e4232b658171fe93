// Normalisation of rows, fused with the residual addition:  s = x + branch,  y = norm(s).
//
//   layer:  mean = sum(s)/C,  var = sum((s - mean)^2)/C,  rstd = 1/sqrt(var + eps)
//           xhat = (s - mean) rstd,  y = xhat gain + bias
//   rms:    rstd = 1/sqrt(sum(s^2)/C + eps),  xhat = s rstd,  y = xhat gain
//
//   backward, with g = dy gain and <.> the mean over a row:
//   layer:  ds = rstd (g - <g> - xhat <g xhat>)
//   rms:    ds = rstd (g       - xhat <g xhat>)
//           dgain = sum_n dy xhat,  dbias = sum_n dy
//
// The variance is taken from the centred numbers (two passes), never as <s^2> - mean^2, which
// cancels. Test: tests/kernels/reference_norm_test.cpp.
#include <cmath>
#include <vector>

#include "coldstart/kernels/reference/element.h"
#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

void ReferenceKernels::residual_norm_forward(Tensor sum, Tensor y, Tensor mean, Tensor rstd,
                                             Tensor x, Tensor branch, NormKind kind, Tensor gain,
                                             Tensor bias) {
  const RowsShape shape =
      check_residual_norm_forward(sum, y, mean, rstd, x, branch, kind, gain, bias);
  const int64_t C = shape.C;
  const double count = static_cast<double>(C);
  std::vector<double> row(static_cast<size_t>(C));
  with_type(x.dtype(), [&]<class Real>() {
    const Real* px = x.data<Real>();
    const Real* pbranch = optional_data<Real>(branch);
    const Real* pgain = gain.data<Real>();
    const Real* pbias = optional_data<Real>(bias);
    Real* pmean = optional_data<Real>(mean);
    double* s = row.data();
    for (int64_t n = 0; n < shape.N; ++n) {
      for (int64_t c = 0; c < C; ++c) {
        const int64_t i = n * C + c;
        // Rounded as stored: the backward pass and the next block see this sum.
        s[c] = pbranch ? static_cast<Real>(px[i] + pbranch[i]) : px[i];
        if (pbranch) sum.data<Real>()[i] = static_cast<Real>(s[c]);
      }
      double mu = 0;
      if (kind == NormKind::layer) {
        for (int64_t c = 0; c < C; ++c) mu += s[c];
        mu /= count;
        pmean[n] = static_cast<Real>(mu);
      }
      double square = 0;
      for (int64_t c = 0; c < C; ++c) square += (s[c] - mu) * (s[c] - mu);
      const double r = 1 / std::sqrt(square / count + kNormEpsilon);
      rstd.data<Real>()[n] = static_cast<Real>(r);
      for (int64_t c = 0; c < C; ++c) {
        const double out = (s[c] - mu) * r * pgain[c] + (pbias ? pbias[c] : Real{0});
        y.data<Real>()[n * C + c] = static_cast<Real>(out);
      }
    }
  });
}

void ReferenceKernels::norm_backward(Tensor dx, Tensor dgain, Tensor dbias, Tensor dy, Tensor x,
                                     Tensor mean, Tensor rstd, NormKind kind, Tensor gain,
                                     bool accumulate) {
  const RowsShape shape = check_norm_backward(dx, dgain, dbias, dy, x, mean, rstd, kind, gain);
  const int64_t C = shape.C;
  const double count = static_cast<double>(C);
  std::vector<double> gain_sums(static_cast<size_t>(C)), bias_sums(static_cast<size_t>(C));
  with_type(x.dtype(), [&]<class Real>() {
    const Real* px = x.data<Real>();
    const Real* pdy = dy.data<Real>();
    const Real* pgain = gain.data<Real>();
    Real* pdx = dx.data<Real>();
    for (int64_t n = 0; n < shape.N; ++n) {
      const double mu = kind == NormKind::layer ? mean.data<Real>()[n] : Real{0};
      const double r = rstd.data<Real>()[n];
      double g_mean = 0, g_xhat_mean = 0;
      for (int64_t c = 0; c < C; ++c) {
        const double d = pdy[n * C + c], xhat = (px[n * C + c] - mu) * r;
        g_mean += d * pgain[c] / count;
        g_xhat_mean += d * pgain[c] * xhat / count;
        gain_sums[static_cast<size_t>(c)] += d * xhat;
        bias_sums[static_cast<size_t>(c)] += d;
      }
      if (kind == NormKind::rms) g_mean = 0;
      for (int64_t c = 0; c < C; ++c) {
        const int64_t i = n * C + c;
        const double g = pdy[i] * static_cast<double>(pgain[c]), xhat = (px[i] - mu) * r;
        const double gradient = r * (g - g_mean - xhat * g_xhat_mean);
        pdx[i] = static_cast<Real>((accumulate ? pdx[i] : 0.0) + gradient);
      }
    }
    for (int64_t c = 0; c < C; ++c) {
      dgain.data<Real>()[c] = static_cast<Real>(gain_sums[static_cast<size_t>(c)]);
      if (dbias) dbias.data<Real>()[c] = static_cast<Real>(bias_sums[static_cast<size_t>(c)]);
    }
  });
}

}  // namespace coldstart::kernels
