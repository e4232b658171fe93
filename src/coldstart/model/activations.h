// Activations: all memory of a forward and backward pass beside the parameters, laid out in one
// arena.
//
// Training keeps, a block: both norms' outputs and statistics, qkv, the attention output and its
// log-sum-exp, the MLP's hidden values before and after the activation: about 16 C numbers a token
// for GPT-2. With recomputation only the residual stream is kept (C a token and block), and one
// block's values are rebuilt at a time. Evaluation reuses one block and one residual buffer. The
// same layout function measures and allocates. Test: tests/model/activations_test.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "coldstart/model/gpt_config.h"
#include "coldstart/tensor/arena.h"

namespace coldstart::model {

enum class Keep : uint8_t {
  everything,  // training
  residual,    // training with recomputation
  nothing,     // evaluation
};

inline Keep kept_in_training(const GptConfig& config) {
  return config.recompute ? Keep::residual : Keep::everything;
}

struct BlockActivations {
  Tensor y1, mean1, rstd1;  // (N, C), (N), (N): first norm
  Tensor qkv;               // (N, (H + 2 H_kv) hs), after RoPE
  Tensor att, lse;          // (N, C), (B, H, T)
  Tensor r_mid;             // (N, C): residual stream between attention and MLP
  Tensor y2, mean2, rstd2;  // second norm
  Tensor pre;  // (N, F) before gelu, (N, 2F) [gate | up] for SwiGLU, empty for the ReLU family (h
               // suffices)
  Tensor h;    // (N, F): input of the MLP's output projection
};

struct Activations {
  int64_t B = 0, T = 0;
  Keep keep = Keep::nothing;
  std::vector<Tensor> residual;          // r_0 .. r_L, (N, C); one buffer in evaluation
  std::vector<BlockActivations> blocks;  // L of them; all the same memory unless keep == everything
  Tensor branch;                         // (N, C): what the residual stream is about to receive
  Tensor y_final, mean_final, rstd_final;
  Tensor losses;  // (N)
  // Backward pass; empty in evaluation.
  Tensor dr;    // (N, C): gradient of the residual stream
  Tensor dy;    // (N, C): gradient of a norm's output
  Tensor dqkv;  // as qkv
  Tensor datt;  // (N, C)
  Tensor dpre;  // (N, F) or (N, 2F)
  Tensor dh;    // (N, F), SwiGLU only

  // Lays everything out for (B, T); keeps the memory when it is large enough, so that repeated
  // calls do not allocate.
  void prepare(const GptConfig& config, int64_t batch, int64_t length, Keep what, DType dtype);

  // The layout itself, on any arena; B, T and keep must be set.
  void lay_out(Arena& arena, const GptConfig& config, DType dtype);

 private:
  Arena arena_ = Arena::measuring();
};

// Bytes that prepare() needs.
int64_t activation_bytes(const GptConfig& config, int64_t B, int64_t T, Keep keep, DType dtype);

}  // namespace coldstart::model
