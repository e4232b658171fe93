#include "coldstart/optim/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "coldstart/core/error.h"
#include "coldstart/optim/registry.h"

namespace coldstart::optim {
namespace {

using testing::Contains;
using testing::HasSubstr;

std::string error_of(const OptimizerOptions& options) {
  try {
    resolve_options(options);
    return "";
  } catch (const ConfigError& error) {
    return error.message();
  }
}

TEST(OptimizerOptions, DefaultsThatDependOnTheOptimizerAreFilledInWithAReason) {
  const ResolvedOptions lion = resolve_options({.name = "lion"});
  EXPECT_EQ(lion.options.beta1.value(), 0.9);
  EXPECT_EQ(lion.options.beta2.value(), 0.99);
  EXPECT_THAT(lion.reasons, Contains("beta2 0.99 = default of lion"));
  EXPECT_EQ(resolve_options({}).options.beta2.value(), 0.95);
  EXPECT_EQ(resolve_options({.name = "muon"}).options.momentum.value(), 0.95);
  EXPECT_TRUE(resolve_options({.name = "muon"}).options.nesterov.value());
  EXPECT_FALSE(resolve_options({.name = "lion_a"}).options.nesterov.value());
  EXPECT_EQ(resolve_options({.name = "sgd"}).options.momentum.value(), 0.9);
  EXPECT_FALSE(resolve_options({.name = "lion_ar"}).options.rotation_center.value());
  const OptimizerOptions rotational = resolve_options({.name = "rotational_lion"}).options;
  EXPECT_TRUE(rotational.rotation_center.value());
  EXPECT_EQ(rotational.rotation_norm_decay.value(), 0.9);
  EXPECT_EQ(rotational.rotation_angle, AngleRule::sibling_lion);
  EXPECT_TRUE(resolve_options({.name = "lion_a"}).options.beta1.is_open()) << "not its option";
}

TEST(OptimizerOptions, AreStableUnderASecondResolution) {
  for (const std::string& name : optimizer_names()) {
    const ResolvedOptions once = resolve_options({.name = name});
    EXPECT_TRUE(resolve_options(once.options).reasons.empty()) << name;
  }
}

TEST(OptimizerOptions, AnOptionOfAnotherOptimizerIsRefusedAndItsReadersAreNamed) {
  const std::string error = error_of({.name = "lion_a", .beta2 = 0.9});
  EXPECT_THAT(error, HasSubstr("[optimizer.beta2] lion_a does not have this option; got 0.9"));
  EXPECT_THAT(error, HasSubstr("adamw, lion, rotational_adamw, rotational_lion, muon"));
  EXPECT_THAT(error_of({.name = "adamw", .beta = 0.98}), HasSubstr("lion_a, lion_ar"));
  EXPECT_THAT(error_of({.name = "sgd", .row_gain = true}), HasSubstr("lion_ar"));
}

TEST(OptimizerOptions, ValuesOutOfRangeAreRefusedBeforeTheFirstStep) {
  EXPECT_THAT(error_of({.name = "lion_a", .beta = 1.0}), HasSubstr("at least 0, below 1"));
  EXPECT_THAT(error_of({.name = "lion_a", .beta = -0.1}), HasSubstr("optimizer.beta"));
  EXPECT_THAT(error_of({.name = "sgd", .momentum = 1.0}), HasSubstr("optimizer.momentum"));
  EXPECT_THAT(error_of({.lr = -1e-3}), HasSubstr("optimizer.lr"));
  EXPECT_THAT(error_of({.lr = 0}), HasSubstr("above 0"));
  EXPECT_THAT(error_of({.weight_decay = -0.1}), HasSubstr("optimizer.weight_decay"));
}

TEST(OptimizerOptions, CombinationsWithoutMeaningAreRefused) {
  EXPECT_THAT(error_of({.weight_decay = 0.1, .hyperball = true}),
              HasSubstr("[optimizer.weight_decay] decay has no meaning"));
  EXPECT_THAT(error_of({.name = "lion_ar", .hyperball = true}), HasSubstr("rotational_adamw"));
  EXPECT_THAT(error_of({.name = "lion_a", .nesterov_form = NesterovForm::heavy_ball}),
              HasSubstr("Nesterov"));
  EXPECT_THAT(error_of({.v_init_scale = 3}), HasSubstr("v_init is zero"));
  EXPECT_THAT(error_of({.rotate_embeddings = false}), HasSubstr("without hyperball"));
  EXPECT_THAT(error_of({.beta2 = 0.5, .radam_mode = RadamMode::factor}), HasSubstr("above 0.6"));
  EXPECT_THAT(
      error_of({.name = "lion_ar", .rotation_granularity = Granularity::tensor, .row_gain = true}),
      HasSubstr("rows of fixed norm"));
  EXPECT_THAT(error_of({.name = "lion_ar", .weight_decay = 0.0, .row_gain = true}),
              HasSubstr("nothing is rotational"));
  EXPECT_THAT(error_of({.name = "rotational_adamw", .rotation_angle = AngleRule::sign}),
              HasSubstr("adamw or linear"));
  EXPECT_THAT(error_of({.name = "rotational_lion", .rotation_center = true, .hyperball = true}),
              HasSubstr("beside hyperball"));
  EXPECT_THAT(error_of({.name = "schedule_free_adamw", .beta1 = 0.0}), HasSubstr("beta1"));
}

TEST(OptimizerOptions, HyperballSettlesDecayAndRotation) {
  const OptimizerOptions options =
      resolve_options({.name = "rotational_adamw", .hyperball = true}).options;
  EXPECT_EQ(options.weight_decay.value(), 0);
  EXPECT_FALSE(options.rotation_center.value());
  EXPECT_EQ(options.rotation_granularity, Granularity::tensor);
}

// An option that nobody reads would be parsed and ignored.
TEST(OptimizerOptions, EveryOptionHasAReader) {
  std::set<std::string> read = {"name", "lr"};
  for (const std::string& name : optimizer_names())
    for (const std::string& option : find_optimizer(name).options) read.insert(option);
  OptimizerOptions options;
  for (const Field& field : option_fields(options))
    EXPECT_TRUE(read.contains(field.key)) << field.key;
}

}  // namespace
}  // namespace coldstart::optim
