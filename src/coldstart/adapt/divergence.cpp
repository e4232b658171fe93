#include "coldstart/adapt/divergence.h"

#include <cmath>

namespace coldstart::adapt {

namespace {

std::string kind_of(double value) { return std::isnan(value) ? "NaN" : "infinite"; }

}  // namespace

std::optional<std::string> DivergenceDetector::observe(double loss, double grad_norm) {
  if (!std::isfinite(loss)) return "the loss is " + kind_of(loss);
  if (!std::isfinite(grad_norm)) return "the gradient norm is " + kind_of(grad_norm);
  if (!state_.first_loss) state_.first_loss = loss;
  const double limit = *state_.first_loss + rule_.margin;
  if (rule_.patience_steps == 0) return std::nullopt;
  state_.steps_above = loss > limit ? state_.steps_above + 1 : 0;
  if (state_.steps_above < rule_.patience_steps) return std::nullopt;
  return fmt::format("the loss stayed above {:.4f} (first loss {:.4f} + {}) for {} steps", limit,
                     *state_.first_loss, rule_.margin, state_.steps_above);
}

std::string locate_nonfinite(const model::Model& model, kernels::Kernels& kernels) {
  const auto bad = [&](Tensor x) { return !std::isfinite(kernels.sum_squares(x)); };
  for (const Param& param : model.params()) {
    if (bad(param.weight)) return "weight " + param.name;
  }
  for (const model::NamedActivation& activation : model.named_activations()) {
    if (bad(activation.value)) return "activation " + activation.name;
  }
  // The backward pass runs from the last parameter to the first. (Clang 14 refuses views::reverse.)
  for (size_t i = model.params().size(); i-- > 0;) {
    const Param& param = model.params()[i];
    if (bad(param.grad)) return "gradient of " + param.name;
  }
  return "";
}

}  // namespace coldstart::adapt
