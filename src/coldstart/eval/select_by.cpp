#include "coldstart/eval/select_by.h"

namespace coldstart::eval {

std::optional<double> rank_by(SelectBy measure, const Evaluation& validation) {
  if (measure == SelectBy::val_loss) return validation.loss;
  for (const auto& [name, value] : validation.scores)
    if (name == enum_name(measure)) return -value;
  return std::nullopt;
}

}  // namespace coldstart::eval
