#include "coldstart/train/init_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::train {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(InitTable, SaysTheRmsAndTheFirstAngleOfEveryRole) {
  RunConfig config;
  config.model.layers = 2;
  EXPECT_THAT(describe_init(resolve(config, 256)),
              ElementsAre("RMS 0.02, first step about 0.05 rad: token_embedding, "
                          "position_embedding, attention_query, attention_key, attention_value, "
                          "mlp_in",
                          "RMS 0.01, first step about 0.0997 rad: attention_output, mlp_out"));
  config.schedule.warmup = 10;
  config.groups.lr_factors = "mlp_out=10";
  config.init.residual = model::ResidualInit::plain;
  EXPECT_THAT(describe_init(resolve(config, 256)),
              ElementsAre("RMS 0.02, first step about 0.005 rad: token_embedding, "
                          "position_embedding, attention_query, attention_key, attention_value, "
                          "attention_output, mlp_in",
                          "RMS 0.02, first step about 0.05 rad: mlp_out"));
}

TEST(InitTable, SaysWhereItDoesNotKnow) {
  RunConfig config;
  config.optimizer.name = "sgd";
  EXPECT_THAT(describe_init(resolve(config, 256)), Each(HasSubstr("depends on the gradients")));
  config.optimizer.name = "lion_ar";
  EXPECT_THAT(describe_init(resolve(config, 256)), Each(HasSubstr("turns by its set angle")));
  config.optimizer.name = "adamw";
  config.init.residual = model::ResidualInit::zero;
  EXPECT_THAT(describe_init(resolve(config, 256)).back(),
              HasSubstr("RMS 0, no direction yet: attention_output, mlp_out"));
}

TEST(InitTable, ATrustRatioSetsTheFirstAngle) {
  RunConfig config;
  config.optimizer.lr = 0.01;
  config.groups.trust_ratio = optim::TrustRatio::lamb;
  EXPECT_THAT(describe_init(resolve(config, 256)), Each(HasSubstr("first step about 0.01 rad")));
}

// Width 512 from a base of 128: hidden matrices by 1/2, an untied head by 1/4.
TEST(InitTable, ShowsTheWidthScalingOfMup) {
  RunConfig config;
  config.model.width = 512;
  config.model.tied_head = false;
  config.init.base_width = 128;
  config.init.residual = model::ResidualInit::zero;
  EXPECT_THAT(describe_init(resolve(config, 256)),
              ElementsAre(HasSubstr("RMS 0.02, first step about 0.05 rad: token_embedding"),
                          HasSubstr("RMS 0.01, first step about 0.0997 rad: attention_query"),
                          HasSubstr("RMS 0, no direction yet: attention_output, mlp_out"),
                          HasSubstr("RMS 0.005, first step about 0.197 rad: head")));
}

TEST(InitTable, NothingRotationalStartsAtZero) {
  RunConfig config;
  config.init.residual = model::ResidualInit::zero;
  EXPECT_NO_THROW(resolve(config, 256));
  config.optimizer.name = "lion_ar";
  EXPECT_THROW(resolve(config, 256), ConfigError);
}

}  // namespace
}  // namespace coldstart::train
