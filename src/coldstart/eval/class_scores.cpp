#include "coldstart/eval/class_scores.h"

#include <algorithm>
#include <numeric>

#include "coldstart/core/error.h"

namespace coldstart::eval {

namespace {

// What a class was taken for, and what was taken for it.
struct Counts {
  int64_t hits = 0, occurs = 0, predicted = 0;
};

ClassScores scores_of(const Counts& counts) {
  if (counts.occurs == 0) return {};
  const auto hits = static_cast<double>(counts.hits);
  ClassScores scores;
  scores.precision = counts.predicted == 0 ? 0 : hits / static_cast<double>(counts.predicted);
  scores.recall = hits / static_cast<double>(counts.occurs);
  scores.f1 = 2 * hits / static_cast<double>(counts.predicted + counts.occurs);
  return scores;
}

// U = sum of the mean ranks of the class's examples - n (n + 1) / 2; AUC = U / (n others).
std::optional<double> roc_auc(std::span<const double> probabilities,
                              std::span<const int32_t> labels, int64_t classes, int64_t which) {
  const auto N = std::ssize(labels);
  std::vector<int64_t> order(labels.size());
  std::iota(order.begin(), order.end(), 0);
  const auto score = [&](int64_t n) {
    return probabilities[static_cast<size_t>(n * classes + which)];
  };
  std::ranges::stable_sort(order, {}, score);
  double rank_sum = 0;
  int64_t inside = 0;
  for (int64_t begin = 0; begin < N;) {
    int64_t end = begin, here = 0;
    for (; end < N &&
           score(order[static_cast<size_t>(end)]) == score(order[static_cast<size_t>(begin)]);
         ++end)
      here += labels[static_cast<size_t>(order[static_cast<size_t>(end)])] == which ? 1 : 0;
    const double mean_rank = (static_cast<double>(begin + 1) + static_cast<double>(end)) / 2;
    rank_sum += mean_rank * static_cast<double>(here);
    inside += here;
    begin = end;
  }
  if (inside == 0 || inside == N) return std::nullopt;
  const auto n = static_cast<double>(inside), others = static_cast<double>(N - inside);
  return (rank_sum - n * (n + 1) / 2) / (n * others);
}

std::optional<double> mean_over(const std::vector<ClassScores>& classes,
                                std::optional<double> ClassScores::*value) {
  double sum = 0;
  int64_t defined = 0;
  for (const ClassScores& scores : classes) {
    if (!(scores.*value)) continue;
    sum += *(scores.*value);
    ++defined;
  }
  if (defined == 0) return std::nullopt;
  return sum / static_cast<double>(defined);
}

constexpr std::pair<const char*, std::optional<double> ClassScores::*> kNames[] = {
    {"precision", &ClassScores::precision},
    {"recall", &ClassScores::recall},
    {"f1", &ClassScores::f1},
    {"roc_auc", &ClassScores::roc_auc}};

}  // namespace

Scores class_scores(std::span<const double> probabilities, std::span<const int32_t> labels,
                    int64_t classes) {
  COLDSTART_CHECK(!labels.empty() && std::ssize(probabilities) == std::ssize(labels) * classes,
                  "{} probabilities of {} examples, {} classes", probabilities.size(),
                  labels.size(), classes);
  std::vector<Counts> counts(static_cast<size_t>(classes));
  int64_t hits = 0;
  for (size_t n = 0; n < labels.size(); ++n) {
    const auto row = probabilities.subspan(n * counts.size(), counts.size());
    const auto guess = static_cast<size_t>(std::ranges::max_element(row) - row.begin());
    const auto label = static_cast<size_t>(labels[n]);
    ++counts.at(label).occurs;
    ++counts[guess].predicted;
    if (guess != label) continue;
    ++counts[label].hits;
    ++hits;
  }
  Scores scores;
  scores.accuracy = static_cast<double>(hits) / static_cast<double>(labels.size());
  for (int64_t c = 0; c < classes; ++c) {
    scores.classes.push_back(scores_of(counts[static_cast<size_t>(c)]));
    scores.classes.back().roc_auc = roc_auc(probabilities, labels, classes, c);
  }
  for (const auto& [name, value] : kNames) scores.macro.*value = mean_over(scores.classes, value);
  return scores;
}

std::vector<std::pair<std::string, double>> named_scores(const Scores& scores,
                                                         const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, double>> named = {{"accuracy", scores.accuracy}};
  for (const auto& [name, value] : kNames)
    if (scores.macro.*value) named.emplace_back(name, *(scores.macro.*value));
  for (size_t c = 0; c < scores.classes.size(); ++c) {
    for (const auto& [name, value] : kNames)
      if (scores.classes[c].*value)
        named.emplace_back(std::string(name) + "." + names.at(c), *(scores.classes[c].*value));
  }
  return named;
}

}  // namespace coldstart::eval
