// ModelConfig: the shape of any model here, and what is known of it before it is built: parameters,
// memory, FLOPs. Adding a model is one alternative of the variant with these functions of its own,
// and a line in make_model. Test: tests/model/model_config_test.cpp.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "coldstart/model/classifier_config.h"
#include "coldstart/model/gpt_config.h"
#include "coldstart/model/initialize.h"
#include "coldstart/model/model.h"

namespace coldstart::model {

using ModelConfig = std::variant<GptConfig, ClassifierConfig>;

SequenceShape sequence_shape(const ModelConfig& config);
std::string describe(const ModelConfig& config);  // without the number of parameters
std::vector<ParamSpec> param_specs(const ModelConfig& config);
int64_t param_count(const ModelConfig& config);
InitShape init_shape(const ModelConfig& config);
// Memory of a training pass over B whole sequences, beside weights and gradients.
int64_t training_bytes(const ModelConfig& config, int64_t B, DType dtype);
double train_flops_per_token(const ModelConfig& config);  // a token of a whole sequence

std::unique_ptr<Model> make_model(const ModelConfig& config, DType dtype = DType::f32);

// For what only a GPT can do; ConfigError that names `what` ("sample") for any other model.
const GptConfig& require_gpt(const ModelConfig& config, std::string_view what);

}  // namespace coldstart::model
