#include "coldstart/model/activations.h"

namespace coldstart::model {

namespace {

BlockActivations lay_out_block(Arena& arena, const GptConfig& c, int64_t B, int64_t T,
                               bool training, DType dtype) {
  const int64_t N = B * T;
  const kernels::AttentionShape attention{B, T, c.H, c.H_kv, c.head_size()};
  const auto take = [&](std::initializer_list<int64_t> shape) {
    return arena.allocate(dtype, shape);
  };
  BlockActivations a;
  a.y1 = take({N, c.C});
  a.mean1 = take({N});
  a.rstd1 = take({N});
  a.qkv = take({N, attention.qkv_cols()});
  a.att = take({N, attention.out_cols()});
  a.lse = take({B, c.H, T});
  a.r_mid = take({N, c.C});
  a.y2 = take({N, c.C});
  a.mean2 = take({N});
  a.rstd2 = take({N});
  if (c.mlp == Mlp::swiglu || (c.mlp == Mlp::gelu && training)) a.pre = take({N, c.mlp_in_cols()});
  a.h = take({N, c.F});
  return a;
}

}  // namespace

void Activations::lay_out(Arena& arena, const GptConfig& c, DType dtype) {
  const int64_t N = B * T;
  const bool training = keep != Keep::nothing;
  const auto take = [&](std::initializer_list<int64_t> shape) {
    return arena.allocate(dtype, shape);
  };
  residual.assign(static_cast<size_t>(c.L + 1), Tensor());
  for (size_t l = 0; l < residual.size(); ++l) {
    residual[l] = training || l == 0 ? take({N, c.C}) : residual[0];
  }
  blocks.assign(static_cast<size_t>(c.L), BlockActivations());
  for (size_t l = 0; l < blocks.size(); ++l) {
    blocks[l] = keep == Keep::everything || l == 0 ? lay_out_block(arena, c, B, T, training, dtype)
                                                   : blocks[0];
  }
  branch = take({N, c.C});
  y_final = take({N, c.C});
  mean_final = take({N});
  rstd_final = take({N});
  losses = take({N});
  dr = dy = dqkv = datt = dpre = dh = Tensor();
  if (!training) return;
  dr = take({N, c.C});
  dy = take({N, c.C});
  dqkv = take({N, blocks[0].qkv.cols()});
  datt = take({N, blocks[0].att.cols()});
  dpre = take({N, c.mlp_in_cols()});
  if (c.mlp == Mlp::swiglu) dh = take({N, c.F});
}

void Activations::prepare(const GptConfig& config, int64_t batch, int64_t length, Keep what,
                          DType dtype) {
  if (B == batch && T == length && keep == what) return;
  const int64_t bytes = activation_bytes(config, batch, length, what, dtype);
  if (arena_.is_measuring() || arena_.capacity_bytes() < bytes) {
    arena_ = Arena::measuring();  // give the old memory back before taking the new
    arena_ = Arena(bytes);
  }
  arena_.rewind(0);
  B = batch;
  T = length;
  keep = what;
  lay_out(arena_, config, dtype);
}

int64_t activation_bytes(const GptConfig& config, int64_t B, int64_t T, Keep keep, DType dtype) {
  Arena measure = Arena::measuring();
  Activations activations;
  activations.B = B;
  activations.T = T;
  activations.keep = keep;
  activations.lay_out(measure, config, dtype);
  return measure.used_bytes();
}

}  // namespace coldstart::model
