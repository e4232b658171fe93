#include "coldstart/optim/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/optim/lab.h"

namespace coldstart::optim {
namespace {

using testing::Contains;
using testing::HasSubstr;

class Still : public Optimizer {
 public:
  std::string_view name() const override { return "still"; }
  void step(ParamList&, const StepContext&, kernels::Kernels&, StepReport&) override {}
  std::vector<NamedTensor> states() override { return {}; }
};

std::unique_ptr<Optimizer> make_still(const ParamList&, const OptimizerOptions&) {
  return std::make_unique<Still>();
}

TEST(Registry, NamesTheNearestOptimizer) {
  try {
    find_optimizer("lionar");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.message(), HasSubstr("got 'lionar'"));
    EXPECT_THAT(error.message(), HasSubstr("did you mean 'lion_ar'?"));
  }
}

TEST(Registry, MakesEveryOptimizerUnderItsName) {
  const ParamList params({matrix_spec(4, 3), vector_spec(3)}, DType::f32);
  for (const std::string& name : optimizer_names())
    EXPECT_EQ(make_optimizer(params, {.name = name})->name(), name);
}

TEST(Registry, CountsTheArenasOfEveryOptimizer) {
  const std::vector<ParamSpec> specs = {matrix_spec(4, 3), vector_spec(3)};
  ParamList params(specs, DType::f32);
  for (const std::string& name : optimizer_names()) {
    const auto optimizer = make_optimizer(params, {.name = name});
    const auto states = optimizer->states();
    const auto arenas = std::ranges::count_if(states, [](const NamedTensor& state) {
      return state.layout == NamedTensor::Layout::elements;
    });
    EXPECT_EQ(find_optimizer(name).state_arenas, arenas) << name;
    const OptimizerOptions options = resolve_options({.name = name}).options;
    EXPECT_GE(state_bytes(specs, options, DType::f32), arenas * arena_bytes(specs, DType::f32));
  }
}

TEST(Registry, TakesAnOptimizerOfTheUsers) {
  static const bool once = [] {
    register_optimizer({.name = "still",
                        .summary = "does nothing",
                        .options = {"weight_decay", "beta"},
                        .make = make_still});
    return true;
  }();
  EXPECT_TRUE(once);
  EXPECT_THAT(optimizer_names(), Contains("still"));
  const OptimizerOptions options = resolve_options({.name = "still", .beta = 0.5}).options;
  EXPECT_EQ(options.weight_decay.value(), 0.1) << "auto is closed for it, too";
  EXPECT_EQ(group_rules(options).weight_decay, 0.1);
  EXPECT_THROW(resolve_options({.name = "still", .beta1 = 0.5}), ConfigError);
  EXPECT_EQ(describe(options), "still: weight_decay 0.1, beta 0.5");
}

TEST(Registry, RefusesANameThatIsTakenAndAnOptionThatDoesNotExist) {
  EXPECT_THROW(register_optimizer({.name = "adamw", .make = make_still}), ConfigError);
  EXPECT_THROW(register_optimizer({.name = "mine", .options = {"bta"}, .make = make_still}),
               ConfigError);
}

TEST(Registry, KnowsWhereFactorsOfRowsHaveNoPlace) {
  const auto takes = [](const OptimizerOptions& options) {
    return takes_row_factors(resolve_options(options).options);
  };
  EXPECT_TRUE(takes({}));
  EXPECT_TRUE(takes({.name = "lion_ar"}));
  EXPECT_FALSE(takes({.name = "lion_ar", .rotation_granularity = Granularity::tensor}));
  EXPECT_FALSE(takes({.hyperball = true}));
  EXPECT_FALSE(takes({.name = "schedule_free_adamw"}));
}

TEST(Registry, DescribesAnOptimizerByWhatItReads) {
  EXPECT_EQ(describe(resolve_options({.name = "lion_ar", .beta = 0.98, .nesterov = true}).options),
            "lion_ar: weight_decay 0.1, beta 0.98, nesterov true, rotation_center false, "
            "rotation_angle adamw");
  EXPECT_EQ(describe(resolve_options({}).options),
            "adamw: weight_decay 0.1, beta1 0.9, beta2 0.95");
}

}  // namespace
}  // namespace coldstart::optim
