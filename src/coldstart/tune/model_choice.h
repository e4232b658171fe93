// The model: the largest of a ladder that this budget can train on this text.
//
//   tokens a parameter = tokens the production run sees / parameters    at least
//   kTokensPerParameter passes             = tokens the production run sees / tokens of the text
// A smaller model sees more text in the same time, a larger one learns more from each token; the
// balance is ours, for byte models trained for minutes to hours on a CPU. A text that is read more
// than four times may be overfitted, which is said. Test: tests/tune/model_choice_test.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "coldstart/train/config.h"
#include "coldstart/tune/budget.h"

namespace coldstart::tune {

inline constexpr double kTokensPerParameter = 3;
inline constexpr double kManyPasses = 4;

struct Size {
  const char* name;
  int64_t layers, width, heads, context, batch_tokens;
};
std::span<const Size> ladder();  // from small to large

void set_size(train::RunConfig& config, const Size& size);

// What is known of a size before it is trained.
struct Candidate {
  Size size;
  int64_t parameters = 0;
  double flops_per_token = 0, tokens_per_s = 0;
  double tokens = 0;  // of a production run that has `share` of the budget
  double passes = 0;  // over the text
  double tokens_per_parameter() const { return tokens / static_cast<double>(parameters); }
};

struct ModelChoice {
  Candidate chosen;
  std::vector<Candidate> ladder;     // all that were looked at
  std::vector<std::string> reasons;  // in words
  std::vector<std::string> risks;    // of overfitting, of too few steps
};

// speed(size): tokens a second of training; asked for the chosen size and its neighbours alone.
ModelChoice choose_model(const Budget& budget, double share, int64_t text_tokens, int64_t vocab,
                         const std::function<double(const Size&)>& speed);

Candidate candidate(const Size& size, const Budget& budget, double share, int64_t text_tokens,
                    int64_t vocab, double tokens_per_s);

}  // namespace coldstart::tune
