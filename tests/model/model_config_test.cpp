#include "coldstart/model/model_config.h"

#include <gtest/gtest.h>

#include "coldstart/model/activations.h"
#include "coldstart/model/gpt.h"

namespace coldstart::model {
namespace {

const GptConfig kGpt{.L = 2, .C = 16, .H = 2, .H_kv = 2, .T = 8, .V = 11, .F = 32};

TEST(ModelConfig, SaysOfAGptWhatTheGptSays) {
  const ModelConfig config = kGpt;
  EXPECT_EQ(sequence_shape(config), (SequenceShape{.T = 8, .targets = 8}));
  EXPECT_EQ(param_count(config), param_count(kGpt));
  EXPECT_EQ(param_specs(config).size(), param_specs(kGpt).size());
  EXPECT_EQ(train_flops_per_token(config), train_flops_per_token(kGpt, 8));
  EXPECT_EQ(training_bytes(config, 3, DType::f32),
            activation_bytes(kGpt, 3, 8, Keep::everything, DType::f32));
  EXPECT_EQ(describe(config), describe(kGpt));
  EXPECT_EQ(&require_gpt(config, "sample"), std::get_if<GptConfig>(&config));
}

TEST(ModelConfig, MakesTheModelThatItDescribes) {
  const std::unique_ptr<Model> model = make_model(kGpt);
  EXPECT_NE(dynamic_cast<Gpt*>(model.get()), nullptr);
  EXPECT_EQ(model->sequence(), sequence_shape(ModelConfig(kGpt)));
  EXPECT_EQ(model->params().size(), param_specs(kGpt).size());
}

}  // namespace
}  // namespace coldstart::model
