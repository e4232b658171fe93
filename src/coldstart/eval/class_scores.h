// How well a classifier does on a set of examples, beside its loss.
//
// With TP, FP, FN of a class, where the predicted class is the most probable one (the first of
// several that are equally so):
//   precision = TP / (TP + FP), 0 when it was never predicted     recall = TP / (TP + FN)
//   F1 = 2 TP / (2 TP + FP + FN)                                   accuracy = share of hits
//   ROC AUC, one class against the rest: the chance that a random example of the class gets a
//   higher probability of it than a random other one, ties counting half (Mann-Whitney U from mean
//   ranks; Fawcett 2006).
// Of a class that does not occur in the set none of these is defined, and of the only one that
// occurs no ROC AUC; macro values are plain means over the classes where they are defined. What is
// not defined is left out. Test: tests/eval/class_scores_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace coldstart::eval {

struct ClassScores {
  std::optional<double> precision, recall, f1, roc_auc;
};

struct Scores {
  double accuracy = 0;
  ClassScores macro;
  std::vector<ClassScores> classes;
};

// probabilities (N, K), finite; labels (N), 0 to K-1; N of 1 or more.
Scores class_scores(std::span<const double> probabilities, std::span<const int32_t> labels,
                    int64_t classes);

// As records name them: accuracy, precision, recall, f1, roc_auc (macro), then f1.NAME of a class.
std::vector<std::pair<std::string, double>> named_scores(const Scores& scores,
                                                         const std::vector<std::string>& names);

}  // namespace coldstart::eval
