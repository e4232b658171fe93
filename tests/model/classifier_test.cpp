// Gradients of whole classifiers against finite differences in double, for every option; the fast
// kernels against the reference; the same bytes for any number of threads.
#include "coldstart/model/classifier.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "coldstart/core/error.h"
#include "coldstart/core/random.h"
#include "tests/kernels/compare.h"
#include "tests/kernels/finite_difference.h"

namespace coldstart::model {
namespace {

ClassifierConfig small() {
  return {.T = 5, .V = 11, .classes = 4, .L = 2, .C = 12, .F = 20, .E = 3};
}

struct Variant {
  const char* name;
  ClassifierConfig config;
};

std::vector<Variant> variants() {
  std::vector<Variant> all = {{"mlp", small()},          {"one_layer", small()},
                              {"gelu_no_bias", small()}, {"leaky_numbers", small()},
                              {"residual", small()},     {"residual_rms", small()}};
  all[1].config.L = 1;
  all[2].config.activation = Mlp::gelu;
  all[2].config.bias = false;
  all[3].config.activation = Mlp::leaky_relu;
  all[3].config.E = 0;
  all[4].config.net = Net::residual;
  all[4].config.activation = Mlp::gelu;
  all[5].config.net = Net::residual;
  all[5].config.norm = kernels::NormKind::rms;
  all[5].config.E = 0;
  return all;
}

struct Data {
  std::vector<int32_t> tokens, targets;
  Batch batch;
  Data(const ClassifierConfig& c, int64_t B) {
    const Rng rng(5, Stream::test);
    for (int64_t i = 0; i < B * c.T; ++i)
      tokens.push_back(
          static_cast<int32_t>(rng.below(static_cast<uint64_t>(i), static_cast<uint64_t>(c.V))));
    for (int64_t b = 0; b < B; ++b)
      targets.push_back(b == 1 ? -1 : static_cast<int32_t>(b % c.classes));
    batch = {tokens, targets, B, c.T};
  }
};

// Every number away from 0 and 1, so that a mistake in any of them shows.
void randomise(ParamList& params) {
  for (size_t i = 0; i < params.size(); ++i) {
    const Rng rng(17, Stream::test, static_cast<uint32_t>(i));
    const Param& p = params[i];
    for (int64_t j = 0; j < p.size(); ++j) {
      const double value =
          (p.role == Role::norm_gain ? 1 : 0) + 0.3 * rng.normal(static_cast<uint64_t>(j));
      if (params.dtype() == DType::f32) {
        p.weight.data<float>()[j] = static_cast<float>(value);
      } else {
        p.weight.data<double>()[j] = value;
      }
    }
  }
}

class EveryClassifier : public testing::TestWithParam<Variant> {};

TEST_P(EveryClassifier, GradientsMatchFiniteDifferences) {
  const auto kernels = kernels::make_reference_kernels();
  Classifier model(GetParam().config, DType::f64);
  randomise(model.params());
  const Data data(model.config(), 6);
  const double scale = 0.125;
  model.forward_backward(*kernels, data.batch, scale);
  for (const Param& p : model.params()) {
    std::vector<double> gradient(p.grad.span<double>().begin(), p.grad.span<double>().end());
    expect_gradient(
        p.name, p.weight, Tensor(gradient.data(), DType::f64, p.grad.shape()),
        [&] { return scale * model.evaluate(*kernels, data.batch); }, 1e-5, 3);
  }
}

TEST_P(EveryClassifier, FastKernelsAgreeWithTheReference) {
  const auto reference = kernels::make_reference_kernels(), fast = kernels::make_cpu_kernels();
  Classifier exact(GetParam().config, DType::f64), quick(GetParam().config);
  randomise(exact.params());
  randomise(quick.params());
  const Data data(exact.config(), 9);
  const double loss = exact.forward_backward(*reference, data.batch, 1);
  EXPECT_NEAR(quick.forward_backward(*fast, data.batch, 1), loss, 1e-5 * loss);
  for (size_t i = 0; i < exact.params().size(); ++i) {
    const Tensor want = exact.params()[i].grad, got = quick.params()[i].grad;
    double largest = 0;
    for (int64_t j = 0; j < want.size(); ++j) largest = std::max(largest, std::abs(want.at(j)));
    for (int64_t j = 0; j < want.size(); ++j)
      ASSERT_NEAR(got.at(j), want.at(j), 2e-5 * largest) << exact.params()[i].name;
  }
}

TEST_P(EveryClassifier, TheSameBytesForAnyNumberOfThreads) {
  const kernels::ThreadCountGuard guard;
  ClassifierConfig config = GetParam().config;
  config.C = 48;
  const Data data(config, 130);
  std::vector<std::string> results;
  for (const int threads : {1, 2, 5}) {
    set_thread_count(threads);
    const auto kernels = kernels::make_cpu_kernels();
    Classifier model(config);
    randomise(model.params());
    model.forward_backward(*kernels, data.batch, 1);
    const Tensor grads = model.params().grads();
    results.emplace_back(static_cast<const char*>(grads.raw()), static_cast<size_t>(grads.bytes()));
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST_P(EveryClassifier, EvaluationLogitsAndVisitBelongToOnePass) {
  const auto kernels = kernels::make_reference_kernels();
  Classifier model(GetParam().config);
  randomise(model.params());
  const Data data(model.config(), 5);
  const double loss = model.forward_backward(*kernels, data.batch, 1);
  EXPECT_EQ(model.evaluate(*kernels, data.batch), loss);
  std::vector<float> room(static_cast<size_t>(5 * model.config().classes));
  const Tensor logits(room.data(), DType::f32, {5, model.config().classes});
  model.logits(*kernels, data.batch, logits);
  double sum = 0;
  for (int64_t b = 0; b < 5; ++b) {
    if (data.targets[static_cast<size_t>(b)] < 0) continue;
    double total = 0;
    for (int64_t k = 0; k < logits.cols(); ++k) total += std::exp(logits.at(b * logits.cols() + k));
    sum += std::log(total) - logits.at(b * logits.cols() + data.targets[static_cast<size_t>(b)]);
  }
  EXPECT_NEAR(sum, loss, 1e-5);

  std::vector<LinearSite> sites;
  model.visit_linears(*kernels, [&](const LinearSite& site) { sites.push_back(site); });
  const bool residual = model.config().net == Net::residual;
  EXPECT_EQ(std::ssize(sites), residual ? 2 + 2 * model.config().L : 1 + model.config().L);
  int64_t with_units = 0;
  for (const LinearSite& site : sites) {
    EXPECT_EQ(site.weight.cols(), site.input.cols());
    EXPECT_EQ(site.input.rows(), 5);
    if (!site.units) continue;
    ++with_units;
    EXPECT_EQ(model.params()[*site.units].rows(), site.input.cols());
  }
  EXPECT_EQ(with_units, model.config().L) << "every hidden layer is seen once";
  EXPECT_EQ(sites.back().weight.rows(), model.config().classes) << "the head comes last";
  EXPECT_EQ(model.final_activation().raw(), sites.back().input.raw());
}

INSTANTIATE_TEST_SUITE_P(Classifier, EveryClassifier, testing::ValuesIn(variants()),
                         [](const auto& variant) { return variant.param.name; });

TEST(Classifier, RefusesWhatIsOutOfRange) {
  const auto kernels = kernels::make_reference_kernels();
  Classifier model(small());
  Data data(model.config(), 3);
  data.targets[0] = 4;
  EXPECT_THROW(model.evaluate(*kernels, data.batch), DataError);
  data.targets[0] = 0;
  data.tokens[2] = 11;
  EXPECT_THROW(model.evaluate(*kernels, data.batch), DataError);
  ClassifierConfig gated = small();
  gated.activation = Mlp::swiglu;
  EXPECT_THROW(Classifier{gated}, ConfigError);
  ClassifierConfig one = small();
  one.classes = 1;
  EXPECT_THROW(Classifier{one}, ConfigError);
}

TEST(Classifier, CountsMemoryAndFlops) {
  const ClassifierConfig c = small();
  // Matrices: 12 x 15, 12 x 12, 4 x 12.
  EXPECT_DOUBLE_EQ(train_flops_per_token(c) * 5, 6.0 * (180 + 144 + 48));
  EXPECT_GT(activation_bytes(c, 64, DType::f32), activation_bytes(c, 32, DType::f32));
}

}  // namespace
}  // namespace coldstart::model
