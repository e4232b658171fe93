// Causal softmax attention, one query at a time; a row of scores is all that exists of the T x T
// matrix. Query head h reads key and value head h / (H / H_kv).
//
//   s[u] = q_t . k_u / sqrt(hs)  for u <= t;   lse_t = log sum_u exp(s[u]);
//   p[u] = exp(s[u] - lse_t);    out_t = sum_u p[u] v_u
//
//   backward:  D_t = dout_t . out_t;   dp[u] = dout_t . v_u;   ds[u] = p[u] (dp[u] - D_t)
//   dq_t = sum_u ds[u] k_u / sqrt(hs);   dk_u += ds[u] q_t / sqrt(hs);   dv_u += p[u] dout_t
//
// With dropout, p[u] in out_t and dv_u is p[u] f[u], f[u] = 0 or the scale, and dp[u] is f[u]
// dout_t . v_u: then D_t is still the sum of p[u] dp[u]. p is recomputed from lse (Dao et al.,
// FlashAttention, 2022). Test:
// tests/kernels/reference_attention_test.cpp.
#include <algorithm>
#include <cmath>
#include <vector>

#include "coldstart/kernels/reference/element.h"
#include "coldstart/kernels/reference/reference_kernels.h"
#include "coldstart/kernels/shapes.h"

namespace coldstart::kernels {

using namespace reference;

namespace {

// The factors of the attention weights of one head of one sequence, key by key.
class WeightFactors {
 public:
  WeightFactors(const Dropout& dropout, int64_t b, int64_t h)
      : threshold_(dropout.threshold()),
        scale_(dropout.scale()),
        head_(static_cast<uint32_t>(h)),
        key_(dropout.key(b)) {}
  WeightFactors() = default;  // all 1

  // Of query t and the keys 0 .. t.
  const std::vector<double>& of(int64_t t) {
    factors_.assign(static_cast<size_t>(t + 1), 1);
    for (int64_t u = 0; threshold_ > 0 && u <= t; ++u) {
      const auto numbers = dropout_numbers(
          key_, {static_cast<uint32_t>(t), static_cast<uint32_t>(u / kDropoutBlock), head_});
      const bool kept = numbers[static_cast<size_t>(u % kDropoutBlock)] >= threshold_;
      factors_[static_cast<size_t>(u)] = kept ? scale_ : 0;
    }
    return factors_;
  }

 private:
  uint32_t threshold_ = 0;
  double scale_ = 1;
  uint32_t head_ = 0;
  std::array<uint32_t, 2> key_{};
  std::vector<double> factors_;
};

// out = softmax(q . k / sqrt(hs)) v over `length` keys, `stride` numbers apart; returns lse.
template <class Real>
double attend(Real* out, const Real* q, const Real* k, const Real* v, int64_t length,
              int64_t stride, int64_t hs, const std::vector<double>& factors,
              std::vector<double>& scores) {
  const double scale = 1 / std::sqrt(static_cast<double>(hs));
  scores.resize(static_cast<size_t>(length));
  double* s = scores.data();
  for (int64_t u = 0; u < length; ++u) s[u] = scale * dot(q, k + u * stride, hs);
  const double highest = *std::max_element(s, s + length);
  double sum = 0;
  for (int64_t u = 0; u < length; ++u) sum += std::exp(s[u] - highest);
  const double lse = highest + std::log(sum);
  for (int64_t i = 0; i < hs; ++i) {
    double weighted = 0;
    for (int64_t u = 0; u < length; ++u) {
      weighted += factors[static_cast<size_t>(u)] * std::exp(s[u] - lse) * v[u * stride + i];
    }
    out[i] = static_cast<Real>(weighted);
  }
  return lse;
}

// Gradients of one (sequence, query head), added to dq, dk and dv, each (T, hs) in double.
template <class Real>
void head_backward(double* dq, double* dk, double* dv, const Real* dout, const Real* out,
                   const Real* q, const Real* k, const Real* v, const Real* lse,
                   const AttentionShape& shape, WeightFactors& factors) {
  const int64_t hs = shape.head_size, qkv_cols = shape.qkv_cols(), out_cols = shape.out_cols();
  const double scale = 1 / std::sqrt(static_cast<double>(hs));
  for (int64_t t = 0; t < shape.T; ++t) {
    const Real* q_t = q + t * qkv_cols;
    const Real* dout_t = dout + t * out_cols;
    const double D = dot(dout_t, out + t * out_cols, hs);
    const std::vector<double>& f = factors.of(t);
    for (int64_t u = 0; u <= t; ++u) {
      const Real* k_u = k + u * qkv_cols;
      const double p = std::exp(scale * dot(q_t, k_u, hs) - lse[t]);
      const double factor = f[static_cast<size_t>(u)];
      const double ds = p * (factor * dot(dout_t, v + u * qkv_cols, hs) - D);
      for (int64_t i = 0; i < hs; ++i) {
        dq[t * hs + i] += scale * ds * k_u[i];
        dk[u * hs + i] += scale * ds * q_t[i];
        dv[u * hs + i] += p * factor * dout_t[i];
      }
    }
  }
}

// Rounds a (T, hs) gradient into one head of dqkv.
template <class Real>
void store_head(Real* target, const std::vector<double>& gradient, const AttentionShape& shape) {
  const int64_t hs = shape.head_size;
  for (int64_t t = 0; t < shape.T; ++t) {
    for (int64_t i = 0; i < hs; ++i) {
      target[t * shape.qkv_cols() + i] =
          static_cast<Real>(gradient[static_cast<size_t>(t * hs + i)]);
    }
  }
}

}  // namespace

void ReferenceKernels::attention_forward(Tensor out, Tensor lse, Tensor qkv,
                                         const AttentionShape& shape) {
  check_attention_forward(out, lse, qkv, shape);
  const int64_t hs = shape.head_size, group = shape.H / shape.H_kv;
  std::vector<double> scores;
  with_type(qkv.dtype(), [&]<class Real>() {
    for (int64_t b = 0; b < shape.B; ++b) {
      const Real* sequence = qkv.data<Real>() + b * shape.T * shape.qkv_cols();
      for (int64_t h = 0; h < shape.H; ++h) {
        const Real* q = sequence + h * hs;
        const Real* k = sequence + (shape.H + h / group) * hs;
        const Real* v = k + shape.H_kv * hs;
        WeightFactors factors(shape.dropout, b, h);
        for (int64_t t = 0; t < shape.T; ++t) {
          Real* out_t = out.data<Real>() + (b * shape.T + t) * shape.out_cols() + h * hs;
          const double l = attend(out_t, q + t * shape.qkv_cols(), k, v, t + 1, shape.qkv_cols(),
                                  hs, factors.of(t), scores);
          lse.data<Real>()[(b * shape.H + h) * shape.T + t] = static_cast<Real>(l);
        }
      }
    }
  });
}

void ReferenceKernels::attention_backward(Tensor dqkv, Tensor dout, Tensor qkv, Tensor out,
                                          Tensor lse, const AttentionShape& shape) {
  check_attention_backward(dqkv, dout, qkv, out, lse, shape);
  const int64_t hs = shape.head_size, group = shape.H / shape.H_kv;
  const size_t head_numbers = static_cast<size_t>(shape.T * hs);
  std::vector<double> dq, dk, dv;
  with_type(qkv.dtype(), [&]<class Real>() {
    for (int64_t b = 0; b < shape.B; ++b) {
      const int64_t begin = b * shape.T * shape.qkv_cols();
      const int64_t out_begin = b * shape.T * shape.out_cols();
      for (int64_t h_kv = 0; h_kv < shape.H_kv; ++h_kv) {
        const int64_t k_at = begin + (shape.H + h_kv) * hs, v_at = k_at + shape.H_kv * hs;
        dk.assign(head_numbers, 0);
        dv.assign(head_numbers, 0);
        for (int64_t h = h_kv * group; h < (h_kv + 1) * group; ++h) {
          dq.assign(head_numbers, 0);
          WeightFactors factors(shape.dropout, b, h);
          head_backward(dq.data(), dk.data(), dv.data(), dout.data<Real>() + out_begin + h * hs,
                        out.data<Real>() + out_begin + h * hs, qkv.data<Real>() + begin + h * hs,
                        qkv.data<Real>() + k_at, qkv.data<Real>() + v_at,
                        lse.data<Real>() + (b * shape.H + h) * shape.T, shape, factors);
          store_head(dqkv.data<Real>() + begin + h * hs, dq, shape);
        }
        store_head(dqkv.data<Real>() + k_at, dk, shape);
        store_head(dqkv.data<Real>() + v_at, dv, shape);
      }
    }
  });
}

void ReferenceKernels::attention_decode(Tensor out, Tensor q, Tensor k_cache, Tensor v_cache,
                                        int64_t length, const AttentionShape& shape) {
  const int64_t capacity = check_attention_decode(out, q, k_cache, v_cache, length, shape);
  const int64_t hs = shape.head_size, group = shape.H / shape.H_kv;
  const int64_t cache_cols = shape.H_kv * hs;
  WeightFactors factors;
  std::vector<double> scores;
  with_type(q.dtype(), [&]<class Real>() {
    for (int64_t b = 0; b < shape.B; ++b) {
      for (int64_t h = 0; h < shape.H; ++h) {
        const int64_t query_at = b * shape.out_cols() + h * hs;
        const int64_t cache_at = b * capacity * cache_cols + (h / group) * hs;
        attend(out.data<Real>() + query_at, q.data<Real>() + query_at,
               k_cache.data<Real>() + cache_at, v_cache.data<Real>() + cache_at, length, cache_cols,
               hs, factors.of(length - 1), scores);
      }
    }
  });
}

}  // namespace coldstart::kernels
