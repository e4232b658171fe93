#include "coldstart/optim/group_factors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/optim/builtin.h"
#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<ParamSpec> kSpecs = {{"token_embedding.weight", Role::token_embedding, -1, 9, 4},
                                       {"h.0.norm1.gain", Role::norm_gain, 0, 0, 4},
                                       {"h.0.attn.q.weight", Role::attention_query, 0, 4, 4},
                                       {"h.0.mlp.in.weight", Role::mlp_in, 0, 6, 4},
                                       {"h.1.attn.q.weight", Role::attention_query, 1, 4, 4},
                                       {"h.1.mlp.in.weight", Role::mlp_in, 1, 6, 4},
                                       {"norm_f.gain", Role::norm_gain, -1, 0, 4},
                                       {"head.weight", Role::head, -1, 9, 4}};

std::vector<double> lr_of(const std::string& rules) {
  return group_factors({.lr_factors = rules}, kSpecs).lr;
}

TEST(GroupFactors, NothingSaidIsNothingToDo) {
  const GroupFactors none = group_factors({}, kSpecs);
  EXPECT_THAT(none.lr, IsEmpty());
  EXPECT_THAT(none.decay, IsEmpty());
  EXPECT_THAT(lr_of("mlp=1"), IsEmpty());
  EXPECT_THAT(describe_group_factors({}, kSpecs), IsEmpty());
}

TEST(GroupFactors, KindsRolesLayersAndExpressions) {
  EXPECT_THAT(lr_of("embedding=0.5"), ElementsAre(0.5, 1, 1, 1, 1, 1, 1, 1));
  EXPECT_THAT(lr_of("gains=2, head=3"), ElementsAre(1, 2, 1, 1, 1, 1, 2, 3));
  EXPECT_THAT(lr_of("attention_query=2,mlp = 0"), ElementsAre(1, 1, 2, 0, 2, 0, 1, 1));
  EXPECT_THAT(lr_of("layers 1=4"), ElementsAre(1, 1, 1, 1, 4, 4, 1, 1));
  EXPECT_THAT(lr_of("layers 0-1=4"), ElementsAre(1, 4, 4, 4, 4, 4, 1, 1));
  EXPECT_THAT(lr_of(R"(/h\.\d+\.mlp.{1,9}in\.weight/=5)"), ElementsAre(1, 1, 1, 5, 1, 5, 1, 1))
      << "a comma within the slashes does not end the rule";
  EXPECT_THAT(group_factors({.decay_factors = "head=0"}, kSpecs).decay,
              ElementsAre(1, 1, 1, 1, 1, 1, 1, 0));
}

TEST(GroupFactors, TheFirstRuleThatMatchesWins) {
  EXPECT_THAT(lr_of("/h.0.mlp.*/=2, layers 0=3, mlp=4"), ElementsAre(1, 3, 3, 2, 1, 4, 1, 1));
}

TEST(GroupFactors, LayerDecayFallsFromTheHeadToTheEmbedding) {
  EXPECT_THAT(group_factors({.layer_decay = 0.5}, kSpecs).lr,
              ElementsAre(0.125, 0.25, 0.25, 0.25, 0.5, 0.5, 1, 1));
  EXPECT_THAT(group_factors({.lr_factors = "embedding=8", .layer_decay = 0.5}, kSpecs).lr,
              ElementsAre(1, 0.25, 0.25, 0.25, 0.5, 0.5, 1, 1));
}

TEST(GroupFactors, MistakesAreRefused) {
  const auto refused = [](const GroupOptions& options) -> std::string {
    try {
      group_factors(options, kSpecs);
    } catch (const ConfigError& error) {
      return error.message();
    }
    return "accepted";
  };
  EXPECT_THAT(refused({.lr_factors = "mlp"}), HasSubstr("[groups.lr_factors] a rule is"));
  EXPECT_THAT(refused({.lr_factors = "mlp=x"}), HasSubstr("a factor is a number"));
  EXPECT_THAT(refused({.lr_factors = "mlp=-1"}), HasSubstr("a factor is a number"));
  EXPECT_THAT(refused({.lr_factors = "mpl=1"}), HasSubstr("'mpl' matches no parameter"));
  EXPECT_THAT(refused({.decay_factors = "layers 2=1"}),
              HasSubstr("[groups.decay_factors] 'layers 2' matches no parameter"));
  EXPECT_THAT(refused({.lr_factors = "layers 3-1=1"}), HasSubstr("a range such as 0-3"));
  EXPECT_THAT(refused({.lr_factors = "/(/=1"}), HasSubstr("cannot be read"));
}

TEST(GroupFactors, DecayThatHasNoMeaningIsRefused) {
  const auto check = [](const char* rules, const GroupRules& groups) {
    check_group_factors({.decay_factors = rules}, kSpecs, groups);
  };
  EXPECT_NO_THROW(check("head=0, mlp=2", {.weight_decay = 0.1}));
  EXPECT_NO_THROW(check("head=0.5", {.weight_decay = 0.1, .rotates = true}));
  EXPECT_THROW(check("head=0", {.weight_decay = 0.1, .rotates = true}), ConfigError);
  EXPECT_THROW(check("gains=2", {.weight_decay = 0.1}), ConfigError);
  EXPECT_THROW(check("head=2", {}), ConfigError);
}

TEST(GroupFactors, OneLineForEachPairOfFactors) {
  EXPECT_THAT(
      describe_group_factors({.lr_factors = "layers 0=0.5", .decay_factors = "head=0"}, kSpecs),
      ElementsAre(
          "lr x 1, decay x 1: token_embedding, attention_query (layers 1), mlp_in (layers 1), "
          "norm_gain (outside the blocks)",
          "lr x 0.5, decay x 1: norm_gain (layers 0), attention_query (layers 0), mlp_in "
          "(layers 0)",
          "lr x 1, decay x 0: head"));
}

// The definition, for every optimizer: a parameter with factors moves as under a rate and a decay
// that were set to the products, and the others as if nobody had factors.
TEST(GroupFactors, EveryOptimizerMovesEveryGroupAtItsOwnRate) {
  constexpr double kLr = 0.5, kDecay = 3;
  const std::vector<ParamSpec> specs = {matrix_spec(5, 4), matrix_spec(4, 5, Role::head),
                                        vector_spec(4)};
  for (const OptimizerEntry& entry : builtin_optimizers()) {
    SCOPED_TRACE(entry.name);
    OptimizerOptions options{.name = entry.name, .lr = 0.01, .weight_decay = 0.1};
    OptimizerOptions scaled = options;
    scaled.lr *= kLr;
    scaled.weight_decay = 0.1 * kDecay;
    Lab factors(specs, options), plain(specs, options), products(specs, scaled);
    const std::vector<double> lr = {kLr, 1, kLr}, decay = {kDecay, 1, 1};
    for (int64_t t = 0; t < 3; ++t) {
      for (Lab* lab : {&factors, &plain, &products}) lab->draw_gradients(static_cast<uint64_t>(t));
      factors.step(
          {.step = t, .lr = 0.01, .peak_lr = 0.01, .lr_factors = lr, .decay_factors = decay});
      plain.step();
      products.step();
    }
    const auto expect_equal = [](const std::vector<double>& a, const std::vector<double>& b) {
      for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-12) << i;
    };
    expect_equal(factors.weights(0), products.weights(0));
    expect_equal(factors.weights(1), plain.weights(1));
    expect_equal(factors.weights(2), products.weights(2));
    EXPECT_GT(norm(difference(factors.weights(0), plain.weights(0))), 1e-6);
  }
}

}  // namespace
}  // namespace coldstart::optim
