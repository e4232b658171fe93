// Gradients of whole models against finite differences in double, for every architecture option;
// recomputation equals keeping; evaluation equals training's loss.
#include "coldstart/model/gpt.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "coldstart/core/random.h"

namespace coldstart::model {
namespace {

using kernels::NormKind;

GptConfig small() { return {.L = 2, .C = 12, .H = 2, .H_kv = 2, .T = 7, .V = 11, .F = 20}; }

struct Variant {
  const char* name;
  GptConfig config;
};

std::vector<Variant> variants() {
  std::vector<Variant> all = {{"gpt2", small()},  {"gpt2_bias", small()},
                              {"relu", small()},  {"leaky", small()},
                              {"llama", small()}, {"untied_learned_rms", small()}};
  all[1].config.bias = true;
  all[2].config.mlp = Mlp::relu;
  all[3].config.mlp = Mlp::leaky_relu;
  all[4].config = {.L = 2,
                   .C = 16,
                   .H = 4,
                   .H_kv = 2,
                   .T = 7,
                   .V = 11,
                   .F = 24,
                   .norm = NormKind::rms,
                   .mlp = Mlp::swiglu,
                   .position = Position::rope,
                   .tied_head = false};
  all[5].config.norm = NormKind::rms;
  all[5].config.tied_head = false;
  return all;
}

struct Data {
  std::vector<int32_t> tokens, targets;
  Batch batch;
  Data(const GptConfig& c, int64_t B, int64_t T) {
    const Rng rng(5, Stream::test);
    for (int64_t i = 0; i < B * T; ++i) {
      tokens.push_back(static_cast<int32_t>(
          rng.below(static_cast<uint64_t>(2 * i), static_cast<uint64_t>(c.V))));
      targets.push_back(i == 3 ? -1
                               : static_cast<int32_t>(rng.below(static_cast<uint64_t>(2 * i + 1),
                                                                static_cast<uint64_t>(c.V))));
    }
    batch = {tokens, targets, B, T};
  }
};

void randomise_vectors(
    Gpt& gpt) {  // gains and biases away from 1 and 0, so that a mistake in them shows
  for (size_t i = 0; i < gpt.params().size(); ++i) {
    const Param& p = gpt.params()[i];
    if (p.is_matrix()) continue;
    const Rng rng(17, Stream::test, static_cast<uint32_t>(i));
    for (int64_t j = 0; j < p.size(); ++j) {
      p.weight.data<double>()[j] += 0.2 * rng.normal(static_cast<uint64_t>(j));
    }
  }
}

class EveryVariant : public testing::TestWithParam<Variant> {};

TEST_P(EveryVariant, GradientsMatchFiniteDifferences) {
  const GptConfig c = GetParam().config;
  const auto kernels = kernels::make_reference_kernels();
  Gpt gpt(c, DType::f64);
  gpt.initialize(1, 0.3, 0.7);
  randomise_vectors(gpt);
  const Data data(c, 2, 6);
  const double scale = 0.125;
  gpt.forward_backward(*kernels, data.batch, scale);
  const std::vector<double> gradient(gpt.params().grads().span<double>().begin(),
                                     gpt.params().grads().span<double>().end());
  for (const Param& p : gpt.params()) {
    double* w = p.weight.data<double>();
    for (const int64_t i : {int64_t{0}, p.size() / 3, p.size() / 2, p.size() - 1}) {
      const double h = 1e-5, original = w[i];
      w[i] = original + h;
      const double up = gpt.evaluate(*kernels, data.batch);
      w[i] = original - h;
      const double down = gpt.evaluate(*kernels, data.batch);
      w[i] = original;
      const double numeric = scale * (up - down) / (2 * h);
      const double analytic = gradient[static_cast<size_t>(p.offset + i)];
      EXPECT_NEAR(analytic, numeric, 1e-7 + 1e-6 * std::abs(numeric)) << p.name << "[" << i << "]";
    }
  }
}

TEST_P(EveryVariant, RecomputationGivesTheSameBytes) {
  GptConfig c = GetParam().config;
  const auto kernels = kernels::make_reference_kernels();
  const Data data(c, 2, 6);
  Gpt kept(c), recomputed([&] {
    auto r = c;
    r.recompute = true;
    return r;
  }());
  kept.initialize(1, 0.2, 0.5);
  recomputed.initialize(1, 0.2, 0.5);
  EXPECT_EQ(kept.forward_backward(*kernels, data.batch, 1),
            recomputed.forward_backward(*kernels, data.batch, 1));
  EXPECT_EQ(0, std::memcmp(kept.params().grads().raw(), recomputed.params().grads().raw(),
                           static_cast<size_t>(kept.params().grads().bytes())));
}

constexpr Regularization kNoise{
    .dropout = 0.3, .attention_dropout = 0.2, .label_smoothing = 0.1, .seed = 9};

// The masks stand still while a weight moves, so the loss is a smooth function of it.
TEST_P(EveryVariant, GradientsMatchFiniteDifferencesWithDropoutAndSmoothing) {
  const GptConfig c = GetParam().config;
  const auto kernels = kernels::make_reference_kernels();
  Gpt gpt(c, DType::f64);
  gpt.initialize(1, 0.3, 0.7);
  randomise_vectors(gpt);
  Data data(c, 2, 6);
  data.batch.first_sequence = 4;
  const double scale = 0.125;
  const double noisy = gpt.forward_backward(*kernels, data.batch, scale, kNoise);
  EXPECT_NE(noisy, gpt.evaluate(*kernels, data.batch)) << "evaluation is plain";
  gpt.forward_backward(*kernels, data.batch, scale, kNoise);
  const std::vector<double> gradient(gpt.params().grads().span<double>().begin(),
                                     gpt.params().grads().span<double>().end());
  for (const Param& p : gpt.params()) {
    double* w = p.weight.data<double>();
    for (const int64_t i : {int64_t{1}, p.size() / 2}) {
      const double h = 1e-5, original = w[i];
      w[i] = original + h;
      const double up = gpt.forward_backward(*kernels, data.batch, scale, kNoise);
      w[i] = original - h;
      const double down = gpt.forward_backward(*kernels, data.batch, scale, kNoise);
      w[i] = original;
      const double numeric = scale * (up - down) / (2 * h);
      EXPECT_NEAR(gradient[static_cast<size_t>(p.offset + i)], numeric,
                  1e-7 + 1e-6 * std::abs(numeric))
          << p.name << "[" << i << "]";
    }
  }
}

// Training through the fast kernels: recomputation, and batches cut into micro-batches.
TEST_P(EveryVariant, DropoutIsTheSameRecomputedAndInMicroBatches) {
  const GptConfig c = GetParam().config;
  const auto kernels = kernels::make_cpu_kernels();
  GptConfig again = c;
  again.recompute = true;
  Gpt kept(c), recomputed(again), parts(c);
  for (Gpt* gpt : {&kept, &recomputed, &parts}) gpt->initialize(1, 0.2, 0.5);
  const int64_t T = 6;
  Data data(c, 4, T);
  data.batch.first_sequence = 8;
  const double loss = kept.forward_backward(*kernels, data.batch, 1, kNoise);
  EXPECT_EQ(loss, recomputed.forward_backward(*kernels, data.batch, 1, kNoise));
  EXPECT_EQ(0, std::memcmp(kept.params().grads().raw(), recomputed.params().grads().raw(),
                           static_cast<size_t>(kept.params().grads().bytes())));

  std::vector<double> sum(static_cast<size_t>(kept.params().grads().size()));
  double part_loss = 0;
  for (int64_t b = 0; b < 4; ++b) {
    const auto part = [&](const std::vector<int32_t>& all) {
      return std::span(all).subspan(static_cast<size_t>(b * T), static_cast<size_t>(T));
    };
    part_loss += parts.forward_backward(*kernels,
                                        {.tokens = part(data.tokens),
                                         .targets = part(data.targets),
                                         .B = 1,
                                         .T = T,
                                         .first_sequence = 8 + b},
                                        1, kNoise);
    for (size_t i = 0; i < sum.size(); ++i)
      sum[i] += parts.params().grads().at(static_cast<int64_t>(i));
  }
  EXPECT_NEAR(part_loss, loss, 1e-4);
  double error = 0, size = 0;
  for (size_t i = 0; i < sum.size(); ++i) {
    const double whole = kept.params().grads().at(static_cast<int64_t>(i));
    error += (sum[i] - whole) * (sum[i] - whole);
    size += whole * whole;
  }
  EXPECT_LT(std::sqrt(error), 1e-5 * std::sqrt(size));

  data.batch.first_sequence = 9;
  EXPECT_NE(loss, kept.forward_backward(*kernels, data.batch, 1, kNoise)) << "other masks";
}

TEST(Gpt, EveryPlaceOfDropoutHasMasksOfItsOwn) {
  const GptConfig c = small();
  const auto kernels = kernels::make_reference_kernels();
  Gpt gpt(c, DType::f64);
  gpt.initialize(1, 0.3, 0.7);
  const Data data(c, 2, 6);
  const auto loss = [&](const Regularization& r) {
    return gpt.forward_backward(*kernels, data.batch, 1, r);
  };
  const double plain = loss({});
  EXPECT_EQ(plain, loss({.seed = 5})) << "a seed alone does nothing";
  const double branches = loss({.dropout = 0.2}), weights = loss({.attention_dropout = 0.2});
  EXPECT_NE(plain, branches);
  EXPECT_NE(plain, weights);
  EXPECT_NE(branches, loss({.dropout = 0.2, .seed = 1}));
  EXPECT_NE(weights, loss({.attention_dropout = 0.2, .seed = 1}));
  // Half of the embeddings' elements, about, and what is left twice as large.
  gpt.forward_backward(*kernels, data.batch, 1, {.dropout = 0.5});
  const Tensor embedded = gpt.named_activations().front().value;
  int64_t zero = 0;
  for (int64_t i = 0; i < embedded.size(); ++i) zero += embedded.at(i) == 0 ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(zero) / static_cast<double>(embedded.size()), 0.5, 0.2);
}

TEST_P(EveryVariant, EvaluationGivesTheLossOfTraining) {
  const GptConfig c = GetParam().config;
  const auto kernels = kernels::make_reference_kernels();
  const Data data(c, 3, 7);
  Gpt gpt(c);
  gpt.initialize(3, 0.2, 0.5);
  const double training = gpt.forward_backward(*kernels, data.batch, 1);
  EXPECT_EQ(training, gpt.evaluate(*kernels, data.batch));
}

// The gradient is that of the chosen targets, the loss that of all.
TEST_P(EveryVariant, TargetsChosenByTheirLossesAreThoseThatAreLearned) {
  const GptConfig c = GetParam().config;
  const auto kernels = kernels::make_reference_kernels();
  const Data data(c, 2, 6);
  Gpt chosen(c), masked(c);
  chosen.initialize(1, 0.2, 0.5);
  masked.initialize(1, 0.2, 0.5);
  std::vector<int32_t> fewer = data.targets;
  std::fill(fewer.begin(), fewer.begin() + 6, -1);
  double seen = 0;
  const ChooseTargets choose = [&](Tensor losses) {
    for (int64_t n = 0; n < losses.size(); ++n) seen += losses.at(n);
    return std::span<const int32_t>(fewer);
  };
  const double sum = chosen.forward_backward_chosen(*kernels, data.batch, 0.5, {}, choose);
  EXPECT_EQ(sum, seen);
  EXPECT_EQ(sum, masked.evaluate(*kernels, data.batch));
  Batch rest = data.batch;
  rest.targets = fewer;
  EXPECT_LT(masked.forward_backward(*kernels, rest, 0.5), sum);
  EXPECT_EQ(0, std::memcmp(chosen.params().grads().raw(), masked.params().grads().raw(),
                           static_cast<size_t>(chosen.params().grads().bytes())));
}

INSTANTIATE_TEST_SUITE_P(Gpt, EveryVariant, testing::ValuesIn(variants()),
                         [](const auto& variant) { return variant.param.name; });

TEST(Gpt, InitialLossIsThatOfAUniformGuess) {
  GptConfig c = small();
  const auto kernels = kernels::make_reference_kernels();
  Gpt gpt(c);
  gpt.initialize(1, 0.002, 0.5);
  const Data data(c, 2, 7);
  EXPECT_NEAR(gpt.evaluate(*kernels, data.batch) / 13, std::log(11.0), 0.005);
}

TEST(Gpt, InitialisationIsAFunctionOfSeedAndHasTheStatedDeviation) {
  const GptConfig c = {.L = 2, .C = 64, .H = 2, .H_kv = 2, .T = 8, .V = 50, .F = 256};
  Gpt a(c), b(c), other(c);
  a.initialize(7, 0.02, 0.5);
  b.initialize(7, 0.02, 0.5);
  other.initialize(8, 0.02, 0.5);
  const auto bytes = static_cast<size_t>(a.params().weights().bytes());
  EXPECT_EQ(0, std::memcmp(a.params().weights().raw(), b.params().weights().raw(), bytes));
  EXPECT_NE(0, std::memcmp(a.params().weights().raw(), other.params().weights().raw(), bytes));
  const auto rms = [&](const char* name) {
    const Tensor w = a.params().named(name).weight;
    double square = 0;
    for (int64_t i = 0; i < w.size(); ++i) square += w.at(i) * w.at(i);
    return std::sqrt(square / static_cast<double>(w.size()));
  };
  EXPECT_NEAR(rms("h.1.mlp.in.weight"), 0.02, 0.0005);
  EXPECT_NEAR(rms("h.1.mlp.out.weight"), 0.01, 0.00025);
  EXPECT_EQ(rms("h.0.norm1.gain"), 1);
}

TEST(Gpt, VisitShowsEveryLinearLayerWithItsInput) {
  std::vector<std::vector<double>> first_inputs;  // of every site, kept or computed again
  for (const bool recompute : {false, true}) {
    GptConfig c = variants()[4].config;
    c.recompute = recompute;
    const auto kernels = kernels::make_reference_kernels();
    Gpt gpt(c);
    gpt.initialize(1, 0.2, 1);
    const Data data(c, 1, 5);
    for (const bool backward : {true, false}) {
      if (backward) {
        gpt.forward_backward(*kernels, data.batch, 1);
      } else {
        gpt.forward(*kernels, data.batch);
      }
      std::vector<std::string> seen;
      std::vector<double>& inputs = first_inputs.emplace_back();
      gpt.visit_linears(*kernels, [&](const LinearSite& site) {
        seen.push_back(gpt.params()[site.first_param].name);
        for (int64_t i = 0; i < site.input.size(); ++i) inputs.push_back(site.input.at(i));
      });
      EXPECT_EQ(seen, (std::vector<std::string>{
                          "h.0.attn.q.weight", "h.0.attn.out.weight", "h.0.mlp.gate.weight",
                          "h.0.mlp.out.weight", "h.1.attn.q.weight", "h.1.attn.out.weight",
                          "h.1.mlp.gate.weight", "h.1.mlp.out.weight", "head.weight"}));
      EXPECT_EQ(inputs, first_inputs.front()) << recompute << backward;
    }
    // The last input is what the head reads: its first logit by hand.
    std::vector<float> logits(static_cast<size_t>(5 * c.V));
    const Tensor head = gpt.params().named("head.weight").weight, x = gpt.final_activation();
    double sum = 0;
    for (int64_t i = 0; i < x.cols(); ++i) sum += x.at(i) * head.at(i);
    gpt.logits(*kernels, data.batch, Tensor(logits.data(), DType::f32, {5, c.V}));
    EXPECT_NEAR(logits[0], sum, 1e-5);
  }
}

TEST(Gpt, TokensOutsideTheVocabularyAreRefused) {
  const GptConfig c = small();
  const auto kernels = kernels::make_reference_kernels();
  Gpt gpt(c);
  Data data(c, 1, 5);
  data.tokens[2] = 11;
  EXPECT_THROW(gpt.evaluate(*kernels, {data.tokens, data.targets, 1, 5}), DataError);
  data.tokens[2] = 0;
  data.targets[2] = -2;
  EXPECT_THROW(gpt.evaluate(*kernels, {data.tokens, data.targets, 1, 5}), DataError);
}

TEST(GptConfig, NonsenseIsRefusedWithAHint) {
  GptConfig c = small();
  c.H = 5;
  EXPECT_THROW(Gpt{c}, ConfigError);
  c = small();
  c.H_kv = 3;
  EXPECT_THROW(Gpt{c}, ConfigError);
  c = {.L = 1, .C = 6, .H = 2, .H_kv = 2, .T = 4, .V = 4, .F = 8, .position = Position::rope};
  EXPECT_THROW(Gpt{c}, ConfigError);
}

TEST(GptConfig, CountsParametersAndFlopsOfGpt2) {
  const GptConfig c = {
      .L = 12, .C = 768, .H = 12, .H_kv = 12, .T = 1024, .V = 50257, .F = 3072, .bias = true};
  EXPECT_EQ(param_count(c), 124439808);  // the published size of GPT-2 small
  GptConfig plain = c;
  plain.bias = false;
  const double per_token =
      6.0 * static_cast<double>(param_count(plain) - 1024 * 768) + 6.0 * 12 * 768 * 1024;
  EXPECT_DOUBLE_EQ(train_flops_per_token(plain, 1024), per_token);
}

TEST(Activations, EvaluationNeedsLessThanRecomputationNeedsLessThanTraining) {
  const GptConfig c = {.L = 12, .C = 64, .H = 2, .H_kv = 2, .T = 32, .V = 50, .F = 256};
  const auto bytes = [&](Keep keep) { return activation_bytes(c, 4, 32, keep, DType::f32); };
  EXPECT_LT(bytes(Keep::nothing), bytes(Keep::residual));
  EXPECT_LT(bytes(Keep::residual), bytes(Keep::everything) / 3);
  EXPECT_NEAR(static_cast<double>(activation_bytes(c, 8, 32, Keep::everything, DType::f32)),
              2.0 * static_cast<double>(bytes(Keep::everything)), 1e4);
}

}  // namespace
}  // namespace coldstart::model
