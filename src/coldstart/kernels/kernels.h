// Kernels: THE seam between the model and the machine. Each function is one fused operation, with
// its maths and shapes.
//
// Implementations: reference/ (naive loops, sums in double; the oracle and the textbook; float32
// and float64) and cpu/ (the same operations, fast; float32). Every fast operation is tested
// against the reference on odd shapes.
//
// Conventions. N = B*T rows (tokens). Weights are (out, in). `dx` is the gradient of x. An argument
// named `accumulate` chooses between `dx =` and `dx +=`; all other outputs are overwritten, so
// nothing has to be zeroed. Tensors marked "optional" may be empty. No argument may overlap another
// unless said so. Results do not depend on the number of threads. Implementations may keep scratch
// memory that grows on first use and is then reused. The optimizer's updates are in updates.h.
// Tests: tests/kernels/ (one file an operation, run against every implementation).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "coldstart/kernels/dropout.h"
#include "coldstart/kernels/updates.h"
#include "coldstart/tensor/tensor.h"

namespace coldstart::kernels {

enum class Activation : uint8_t {
  none,
  gelu,  // 0.5 z (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))), the form of GPT-2
  relu,
  leaky_relu,  // slope 0.1 below zero
};
inline constexpr double kLeakySlope = 0.1;

enum class NormKind : uint8_t {
  layer,  // y = (x - mean) * rstd * gain + bias,  rstd = 1/sqrt(var + 1e-5)
  rms,    // y = x * rstd * gain,                  rstd = 1/sqrt(mean(x^2) + 1e-5); no bias
};
inline constexpr double kNormEpsilon = 1e-5;

struct AttentionShape {
  int64_t B = 0, T = 0;
  int64_t H = 0;     // query heads
  int64_t H_kv = 0;  // key and value heads; divides H (grouped-query attention when smaller)
  int64_t head_size = 0;
  Dropout dropout = {};  // of the attention weights, in training
  int64_t qkv_cols() const {
    return (H + 2 * H_kv) * head_size;
  }  // row of qkv: [q heads | k heads | v heads]
  int64_t out_cols() const { return H * head_size; }
};

// What the loss head minimises, and the factor of its gradient.
struct LossRule {
  double grad_scale = 1;
  // e: the target is 1 - e of its one-hot vector and e of the uniform distribution (Szegedy et al.,
  // Rethinking the Inception Architecture, 2016).
  double smoothing = 0;
  // NOLINTNEXTLINE(google-explicit-constructor): a plain number scales the gradient
  constexpr LossRule(double scale, double e = 0) : grad_scale(scale), smoothing(e) {}
};

class Kernels : public UpdateKernels {
 public:
  virtual std::string name() const = 0;  // "reference", "cpu AVX3 + OpenBLAS 0.3.21"

  // ---- linear layers
  // ------------------------------------------------------------------------------------------- z =
  // x w^T + bias; pre = z; y = act(z). x (N, C), w (K, C), bias (K) optional, y (N, K), pre (N, K)
  // optional (needed by the backward of act).
  virtual void linear_forward(Tensor y, Tensor x, Tensor w, Tensor bias, Activation act,
                              Tensor pre) = 0;
  // dx (+)= (dy w) * act'(pre).  dy (N, K), w (K, C), dx (N, C); pre (N, C) holds what went into
  // the activation that produced this layer's input x; empty with Activation::none.
  virtual void linear_backward_input(Tensor dx, Tensor dy, Tensor w, bool accumulate,
                                     Activation act, Tensor pre) = 0;
  // dw (+)= dy^T x;  dbias (+)= column sums of dy.  dw (K, C), dbias (K) optional.
  virtual void linear_backward_weight(Tensor dw, Tensor dbias, Tensor dy, Tensor x,
                                      bool accumulate) = 0;
  // c = alpha op(a) op(b) + beta c; a, b, c of rank 2. For Newton-Schulz, power iteration and
  // probes.
  virtual void matmul(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b,
                      double alpha, double beta) = 0;
  // c = alpha op(a) op(a)^T, symmetric to the bit. a (N, K), or (K, N) with transpose_a, c (N, N).
  // For Newton-Schulz; half the work of matmul where an implementation makes use of the symmetry.
  virtual void gram(Tensor c, Tensor a, bool transpose_a, double alpha) = 0;

  // ---- normalisation
  // ---------------------------------------------------------------------------------------------
  // sum = x + branch; y = norm(sum). x, branch, sum, y (N, C); branch optional: then sum is not
  // written (may be empty) and y = norm(x). sum may be the same memory as x. mean (N) is used by
  // NormKind::layer only; rstd (N); bias optional.
  virtual void residual_norm_forward(Tensor sum, Tensor y, Tensor mean, Tensor rstd, Tensor x,
                                     Tensor branch, NormKind kind, Tensor gain, Tensor bias) = 0;
  // dx (+)= gradient of y = norm(x) with respect to x, where x is the *sum* of the forward pass.
  // dgain (C), dbias (C) optional: overwritten. With accumulate, dx holds the gradient that arrives
  // over the residual.
  virtual void norm_backward(Tensor dx, Tensor dgain, Tensor dbias, Tensor dy, Tensor x,
                             Tensor mean, Tensor rstd, NormKind kind, Tensor gain,
                             bool accumulate) = 0;

  // ---- attention
  // -------------------------------------------------------------------------------------------------
  // Causal, scale 1/sqrt(head_size), no T x T matrix in memory. qkv (B, T, qkv_cols), out (B, T,
  // out_cols), lse (B, H, T): log-sum-exp of every query's scaled scores, kept for the backward
  // pass. With shape.dropout, out = D V where D is P with dropout, P = softmax(S); lse is that of
  // S. The backward pass draws the same mask again.
  virtual void attention_forward(Tensor out, Tensor lse, Tensor qkv,
                                 const AttentionShape& shape) = 0;
  virtual void attention_backward(Tensor dqkv, Tensor dout, Tensor qkv, Tensor out, Tensor lse,
                                  const AttentionShape& shape) = 0;
  // One new query a sequence against cached keys and values (sampling).
  // q (B, H*hs), k_cache, v_cache (B, capacity, H_kv*hs) of which the first `length` positions
  // count, out (B, H*hs).
  virtual void attention_decode(Tensor out, Tensor q, Tensor k_cache, Tensor v_cache,
                                int64_t length, const AttentionShape& shape) = 0;
  // Rotary position embedding in place on the q and k parts of qkv (B, T, qkv_cols), pairs (i, i +
  // hs/2) as in Hugging Face LLaMA, angle = position * theta^(-2i/hs), position = first_position +
  // t. backward: inverse rotation.
  virtual void rope(Tensor qkv, const AttentionShape& shape, double theta, int64_t first_position,
                    bool backward) = 0;

  // ---- activations
  // -------------------------------------------------------------------------------------------------
  // h = silu(gate) * up.  gate_up (N, 2F) = [gate | up], h (N, F).
  virtual void swiglu_forward(Tensor h, Tensor gate_up) = 0;
  virtual void swiglu_backward(Tensor dgate_up, Tensor dh, Tensor gate_up) = 0;
  // y = act(z) element by element (recomputation; the forward pass fuses it into linear_forward).
  virtual void activation_forward(Tensor y, Tensor z, Activation act) = 0;

  // y = x with dropout (dropout.h). x (B, ...): a row of the first axis is a sequence, element i
  // of row b is element i of its sequence. y may be the same memory as x. Its own backward: dx = dy
  // with the same dropout.
  virtual void dropout(Tensor y, Tensor x, const Dropout& dropout) = 0;

  // ---- embedding and loss
  // ------------------------------------------------------------------------------------------ x[n]
  // = tokens_table[tokens[n]] + positions_table[first_position + n mod T]; positions_table
  // optional. x (N, C) with N = tokens.size(); T = length of a sequence.
  virtual void embedding_forward(Tensor x, std::span<const int32_t> tokens, Tensor token_table,
                                 Tensor position_table, int64_t T, int64_t first_position) = 0;
  // d_token_table: dx rows are *added* when accumulate_tokens (tied head wrote first), else the
  // table is overwritten. d_position_table (rows, C) optional: overwritten; rows beyond T become
  // zero.
  virtual void embedding_backward(Tensor d_token_table, Tensor d_position_table, Tensor dx,
                                  std::span<const int32_t> tokens, int64_t T,
                                  bool accumulate_tokens) = 0;
  // Output head, softmax and cross-entropy, in chunks of rows so that the logits of a whole batch
  // never exist.
  //   z_n = w x_n;  q_n = (1 - smoothing) onehot(target_n) + smoothing / V;
  //   losses[n] = logsumexp(z_n) - q_n . z_n  (nats);
  //   dz_n = grad_scale * (softmax(z_n) - q_n);  dx_n = w^T dz_n;  dw = sum_n dz_n x_n^T.
  // target -1: no target; loss 0, gradient 0. x (N, C), w (V, C), losses (N).
  // dx and dw both empty: evaluation, no gradients.
  virtual void loss_head(Tensor losses, Tensor dx, Tensor dw, Tensor x, Tensor w,
                         std::span<const int32_t> targets, const LossRule& rule) = 0;

  // ---- whole arenas
  // --------------------------------------------------------------------------------------------------
  virtual double sum_squares(
      Tensor x) = 0;  // in double, fixed order; NaN or Inf in x shows in the result
  // rows[r] = <a_r, b_r>, in double, each row summed in a fixed order; a and b (R, C) or (C), which
  // is one row, and they may be the same.
  virtual void row_dots(Tensor a, Tensor b, std::span<double> rows) = 0;
  virtual void add(Tensor y, Tensor x) = 0;         // y += x
  virtual void scale(Tensor y, double factor) = 0;  // y *= factor
  virtual void fill(Tensor y, double value) = 0;
};

std::unique_ptr<Kernels> make_reference_kernels();  // any dtype
std::unique_ptr<Kernels> make_cpu_kernels();        // float32

}  // namespace coldstart::kernels
