// Resume is exact for every optimizer: a run that stops at a checkpoint and goes on in a new
// trainer ends in the same bytes as one that did not. (tests/train/resume_test.cpp shows for AdamW
// that the comparison can fail.)
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "coldstart/optim/registry.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string name;
  optim::OptimizerOptions options;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const std::string& name : optim::optimizer_names()) all.push_back({name, {.name = name}});
  all.push_back({"lion_ar_with_everything",
                 {.name = "lion_ar",
                  .nesterov = true,
                  .inverse_bias_correction = optim::InverseBiasCorrection::linear,
                  .rotation_center = true,
                  .row_gain = true}});
  all.push_back({"rotational_adamw_with_gains", {.name = "rotational_adamw", .row_gain = true}});
  all.push_back({"adamw_hyperball", {.name = "adamw", .hyperball = true}});
  all.push_back({"adamw_gi", {.name = "adamw", .v_init = optim::VInit::gradient}});
  return all;
}

class OptimizerResume : public testing::TestWithParam<Case> {};

TEST_P(OptimizerResume, IsExact) {
  const data::TempDir temp;
  RunConfig config = small_config(temp / "whole");
  config.optimizer = GetParam().options;
  // Angles go with the root of the rate: rotation takes rates a decade or two above AdamW's.
  const bool rotates = optim::group_rules(optim::resolve_options(config.optimizer).options).rotates;
  config.optimizer.lr = rotates && !config.optimizer.hyperball ? 0.5 : 0.01;
  config.train.trunk_at = {8};
  ASSERT_EQ(run_small(config).outcome, Outcome::finished);

  fs::copy(temp / "whole", temp / "stopped", fs::copy_options::recursive);
  for (const char* late : {"step_00000010", "step_00000012"})
    fs::remove_all(temp / "stopped/checkpoints" / late);
  ASSERT_TRUE(fs::exists(temp / "stopped/checkpoints/step_00000008"));
  ASSERT_EQ(run_small(config_of_run(temp / "stopped"), true).outcome, Outcome::finished);
  EXPECT_TRUE(state_of(temp / "whole", "step_00000012") ==
              state_of(temp / "stopped", "step_00000012"));

  const auto steps = metrics_of(temp / "whole", "train");
  EXPECT_LT(steps.back().number("loss").value(), steps.front().number("loss").value());
}

INSTANTIATE_TEST_SUITE_P(All, OptimizerResume, testing::ValuesIn(cases()),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace coldstart::train
