#include "coldstart/model/decoder.h"

#include <algorithm>

namespace coldstart::model {

namespace {

int64_t cache_bytes(const GptConfig& c) {
  const int64_t tensor = c.T * c.H_kv * c.head_size() * 4 + Arena::kAlignment;
  return 2 * c.L * tensor + c.V * 4 + Arena::kAlignment;
}

}  // namespace

Decoder::Decoder(Gpt& gpt, kernels::Kernels& kernels)
    : gpt_(gpt), kernels_(kernels), arena_(cache_bytes(gpt.config())) {
  const GptConfig& c = gpt.config();
  for (int64_t l = 0; l < c.L; ++l) {
    keys_.push_back(arena_.allocate(DType::f32, {1, c.T, c.H_kv * c.head_size()}));
    values_.push_back(arena_.allocate(DType::f32, {1, c.T, c.H_kv * c.head_size()}));
  }
  logits_ = arena_.allocate(DType::f32, {1, c.V});
}

std::span<const float> Decoder::append(std::span<const int32_t> tokens) {
  COLDSTART_CHECK(!tokens.empty(), "append needs at least one token");
  const int64_t T = gpt_.config().T;
  const auto used = std::ssize(context_);
  if (used > 0 && tokens.size() == 1 && used < T) {
    run(tokens, used);
    context_.push_back(tokens[0]);
  } else {
    // A prompt, or a full context: start over from the last tokens, leaving half of the context
    // free when it was full.
    context_.insert(context_.end(), tokens.begin(), tokens.end());
    if (std::ssize(context_) > T) {
      context_.erase(context_.begin(), context_.end() - std::max<int64_t>(1, T / 2));
    }
    run(context_, 0);
  }
  const Activations& a = gpt_.activations_;
  const int64_t N = a.y_final.dim(0);
  kernels_.linear_forward(logits_, a.y_final.row_range(N - 1, N), gpt_.weight(gpt_.head_index()),
                          Tensor(), kernels::Activation::none, Tensor());
  return logits_.span<float>();
}

void Decoder::run(std::span<const int32_t> tokens, int64_t first_position) {
  const GptConfig& c = gpt_.config();
  const Gpt::Attend attend = [&](kernels::Kernels& kernels, int64_t layer) {
    const auto l = static_cast<size_t>(layer);
    const BlockActivations& b = gpt_.activations_.blocks[l];
    const kernels::AttentionShape shape = gpt_.attention_shape(layer);
    if (c.position == Position::rope)
      kernels.rope(b.qkv, shape, c.rope_theta, first_position, false);
    store_keys_and_values(layer, first_position);
    if (first_position == 0) {
      kernels.attention_forward(b.att, b.lse, b.qkv, shape);
    } else {
      const Tensor query(b.qkv.raw(), DType::f32, {1, shape.out_cols()});
      kernels.attention_decode(b.att, query, keys_[l], values_[l], first_position + 1, shape);
    }
  };
  gpt_.forward(kernels_, {tokens, {}, 1, std::ssize(tokens)}, Keep::nothing, first_position, attend,
               {});
}

void Decoder::store_keys_and_values(int64_t layer, int64_t first_position) {
  const auto l = static_cast<size_t>(layer);
  const Tensor qkv = gpt_.activations_.blocks[l].qkv;
  const int64_t q_cols = gpt_.attention_shape(layer).out_cols(), kv_cols = keys_[l].cols();
  for (int64_t t = 0; t < qkv.rows(); ++t) {
    const float* row = qkv.f32() + t * qkv.cols() + q_cols;
    const int64_t at = (first_position + t) * kv_cols;
    std::copy_n(row, kv_cols, keys_[l].f32() + at);
    std::copy_n(row + kv_cols, kv_cols, values_[l].f32() + at);
  }
}

}  // namespace coldstart::model
