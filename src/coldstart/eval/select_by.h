// SelectBy: the measure of an evaluation that decides which checkpoints are the best.
// Test: tests/eval/select_by_test.cpp.
#pragma once

#include <cstdint>
#include <optional>

#include "coldstart/core/enum_text.h"
#include "coldstart/eval/evaluate.h"

namespace coldstart::eval {

// All but val_loss are a classifier's (class_scores.h), macro, and higher is better.
enum class SelectBy : uint8_t { val_loss, accuracy, precision, recall, f1, roc_auc };

// A number that is lower for the better evaluation: the loss, or minus the score. Nothing where the
// score is not defined (a single class has no ROC AUC): such a checkpoint is not among the best.
std::optional<double> rank_by(SelectBy measure, const Evaluation& validation);

}  // namespace coldstart::eval

template <>
struct coldstart::EnumText<coldstart::eval::SelectBy> {
  using E = eval::SelectBy;
  static constexpr auto names = enum_names<E>({{E::val_loss, "val_loss"},
                                               {E::accuracy, "accuracy"},
                                               {E::precision, "precision"},
                                               {E::recall, "recall"},
                                               {E::f1, "f1"},
                                               {E::roc_auc, "roc_auc"}});
};
