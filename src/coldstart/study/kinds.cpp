#include "coldstart/study/kinds.h"

#include <utility>

namespace coldstart::study {

namespace {

using plan::Kind;

constexpr std::pair<std::string_view, Kind> kKeys[] = {
    {"lr", Kind::base_lr},
    {"learning_rate", Kind::base_lr},
    {"base_lr", Kind::base_lr},
    {"peak_lr", Kind::base_lr},
    {"warmup", Kind::warmup},
    {"warmup_steps", Kind::warmup},
    {"warmup_ratio", Kind::warmup},
    {"warmup_fraction", Kind::warmup},
    {"cooldown", Kind::decay_length},
    {"decay_steps", Kind::decay_length},
    {"final_ratio", Kind::final_ratio},
    {"min_lr", Kind::final_ratio},
    {"min_lr_ratio", Kind::final_ratio},
    {"shape", Kind::schedule},
    {"schedule", Kind::schedule},
    {"lr_schedule", Kind::schedule},
    {"weight_decay", Kind::weight_decay},
    {"wd", Kind::weight_decay},
    {"dropout", Kind::dropout},
    {"batch_size", Kind::batch},
    {"batch_tokens", Kind::batch},
    {"micro_batch", Kind::batch},
    {"optimizer", Kind::optimizer},
    {"init_std", Kind::init},
    {"init_residual_scale", Kind::init},
    {"beta1", Kind::optimizer_hyper},
    {"beta2", Kind::optimizer_hyper},
    {"beta", Kind::optimizer_hyper},
    {"momentum", Kind::optimizer_hyper},
    {"eps", Kind::optimizer_hyper},
    {"epsilon", Kind::optimizer_hyper},
    {"grad_clip", Kind::optimizer_hyper},
};

constexpr std::pair<std::string_view, Kind> kTables[] = {
    {"model.", Kind::architecture},
    {"init.", Kind::init},
    {"data.", Kind::data},
    {"schedule.", Kind::schedule},
    {"optimizer.", Kind::optimizer_hyper},
    {"groups.", Kind::optimizer_hyper},
    {"clip.", Kind::optimizer_hyper},
    {"rrc.", Kind::optimizer_hyper},
};

}  // namespace

plan::Kind kind_of(std::string_view hyperparameter) {
  if (hyperparameter == "optimizer.name") return Kind::optimizer;
  const std::string_view key = hyperparameter.substr(hyperparameter.rfind('.') + 1);
  for (const auto& [name, kind] : kKeys)
    if (key == name) return kind;
  for (const auto& [prefix, kind] : kTables)
    if (hyperparameter.starts_with(prefix)) return kind;
  return Kind::other;
}

}  // namespace coldstart::study
