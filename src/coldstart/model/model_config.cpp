#include "coldstart/model/model_config.h"

#include "coldstart/core/error.h"
#include "coldstart/model/activations.h"
#include "coldstart/model/classifier.h"
#include "coldstart/model/gpt.h"

namespace coldstart::model {

namespace {

std::unique_ptr<Model> make(const GptConfig& config, DType dtype) {
  return std::make_unique<Gpt>(config, dtype);
}

int64_t bytes_of(const GptConfig& config, int64_t B, DType dtype) {
  return activation_bytes(config, B, config.T, kept_in_training(config), dtype);
}

double flops_of(const GptConfig& config) { return train_flops_per_token(config, config.T); }
InitShape init_of(const GptConfig& config) { return config; }

std::unique_ptr<Model> make(const ClassifierConfig& config, DType dtype) {
  return std::make_unique<Classifier>(config, dtype);
}

int64_t bytes_of(const ClassifierConfig& config, int64_t B, DType dtype) {
  return activation_bytes(config, B, dtype);
}

double flops_of(const ClassifierConfig& config) { return train_flops_per_token(config); }
InitShape init_of(const ClassifierConfig& config) { return init_shape(config); }

}  // namespace

SequenceShape sequence_shape(const ModelConfig& config) {
  return std::visit([](const auto& c) { return sequence_shape(c); }, config);
}

std::string describe(const ModelConfig& config) {
  return std::visit([](const auto& c) { return describe(c); }, config);
}

std::vector<ParamSpec> param_specs(const ModelConfig& config) {
  return std::visit([](const auto& c) { return param_specs(c); }, config);
}

int64_t param_count(const ModelConfig& config) {
  int64_t count = 0;
  for (const ParamSpec& spec : param_specs(config))
    count += (spec.rows == 0 ? 1 : spec.rows) * spec.cols;
  return count;
}

InitShape init_shape(const ModelConfig& config) {
  return std::visit([](const auto& c) { return init_of(c); }, config);
}

int64_t training_bytes(const ModelConfig& config, int64_t B, DType dtype) {
  return std::visit([&](const auto& c) { return bytes_of(c, B, dtype); }, config);
}

double train_flops_per_token(const ModelConfig& config) {
  return std::visit([](const auto& c) { return flops_of(c); }, config);
}

std::unique_ptr<Model> make_model(const ModelConfig& config, DType dtype) {
  return std::visit([&](const auto& c) { return make(c, dtype); }, config);
}

const GptConfig& require_gpt(const ModelConfig& config, std::string_view what) {
  if (const auto* gpt = std::get_if<GptConfig>(&config)) return *gpt;
  throw ConfigError(what, fmt::format("needs a GPT; got a model of {}", describe(config)),
                    "a classifier is looked at with: coldstart eval RUN");
}

}  // namespace coldstart::model
