#include "coldstart/model/decoder.h"

#include <gtest/gtest.h>

#include "coldstart/core/random.h"

namespace coldstart::model {
namespace {

GptConfig gpt2() {
  return {.L = 2, .C = 16, .H = 2, .H_kv = 2, .T = 12, .V = 9, .F = 32, .bias = true};
}

GptConfig llama() {
  return {.L = 2,
          .C = 16,
          .H = 4,
          .H_kv = 2,
          .T = 12,
          .V = 9,
          .F = 24,
          .norm = kernels::NormKind::rms,
          .mlp = Mlp::swiglu,
          .position = Position::rope,
          .tied_head = false};
}

std::vector<int32_t> tokens(int64_t n) {
  const Rng rng(3, Stream::test);
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < n; ++i)
    ids.push_back(static_cast<int32_t>(rng.below(static_cast<uint64_t>(i), 9)));
  return ids;
}

std::vector<float> last_logits(Gpt& gpt, kernels::Kernels& kernels, std::span<const int32_t> ids) {
  const int64_t T = std::ssize(ids), V = gpt.config().V;
  Arena arena(T * V * 4);
  const Tensor all = arena.allocate(DType::f32, {T, V});
  gpt.logits(kernels, {ids, {}, 1, T}, all);
  const auto row = all.row_range(T - 1, T).span<float>();
  return {row.begin(), row.end()};
}

class DecoderOf : public testing::TestWithParam<GptConfig> {};

TEST_P(DecoderOf, EqualsTheFullForwardPassAtEveryPosition) {
  const auto kernels = kernels::make_reference_kernels();
  Gpt gpt(GetParam()), same(GetParam());
  gpt.initialize(1, 0.3, 1);
  same.initialize(1, 0.3, 1);
  Decoder decoder(gpt, *kernels);
  const std::vector<int32_t> ids = tokens(12);
  decoder.append(std::span(ids).first(4));
  for (size_t n = 5; n <= ids.size(); ++n) {
    const auto logits = decoder.append(ids[n - 1]);
    const auto expected = last_logits(same, *kernels, std::span(ids).first(n));
    for (size_t v = 0; v < expected.size(); ++v)
      EXPECT_NEAR(logits[v], expected[v], 1e-5) << n << " " << v;
  }
}

TEST_P(DecoderOf, AFullContextGoesOnFromItsLaterHalf) {
  const auto kernels = kernels::make_reference_kernels();
  Gpt gpt(GetParam()), same(GetParam());
  gpt.initialize(1, 0.3, 1);
  same.initialize(1, 0.3, 1);
  Decoder decoder(gpt, *kernels);
  const std::vector<int32_t> ids = tokens(15);
  std::vector<float> got;
  for (const int32_t id : ids) {
    const auto logits = decoder.append(id);
    got.assign(logits.begin(), logits.end());
  }
  // Position 13 did not fit: tokens 8..13 (half of 12) were kept, then two more came.
  const auto expected = last_logits(same, *kernels, std::span(ids).subspan(7));
  for (size_t v = 0; v < expected.size(); ++v) EXPECT_NEAR(got[v], expected[v], 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Architectures, DecoderOf, testing::Values(gpt2(), llama()));

TEST(Decoder, PromptsLongerThanTheContextKeepTheirEnd) {
  const auto kernels = kernels::make_reference_kernels();
  Gpt gpt(gpt2()), same(gpt2());
  gpt.initialize(1, 0.3, 1);
  same.initialize(1, 0.3, 1);
  const std::vector<int32_t> ids = tokens(30);
  Decoder decoder(gpt, *kernels);
  const auto logits = decoder.append(ids);
  const auto expected = last_logits(same, *kernels, std::span(ids).last(6));
  for (size_t v = 0; v < expected.size(); ++v) EXPECT_NEAR(logits[v], expected[v], 1e-5);
}

}  // namespace
}  // namespace coldstart::model
