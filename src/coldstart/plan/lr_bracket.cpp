#include "coldstart/plan/lr_bracket.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::plan {

LrBracket lr_bracket(const LrQuestion& q) {
  if (!(q.lr > 0) || !(q.times > 0) || q.runs < 1)
    throw ConfigError("lr bracket",
                      fmt::format("got lr {}, {}x the length, {} runs; expected numbers above 0",
                                  q.lr, q.times, q.runs),
                      "");
  LrBracket b;
  if (q.times != 1)
    b.notes.push_back(
        fmt::format("SHORT_HORIZON: the rate {:.4g} was chosen at another length", q.lr));
  if (q.batch_grows || q.times == 1) {
    b.candidates = b.chosen = {q.lr};
    if (q.batch_grows)
      b.notes.emplace_back(
          "the batch grows with the length: studies disagree on the sign, so the base rate alone");
    return b;
  }
  constexpr double kHalf = 0.16, kFull = 0.32;
  b.candidates = {q.lr, q.lr * std::pow(q.times, -kHalf), q.lr * std::pow(q.times, -kFull)};
  if (q.runs == 1) {
    b.chosen = {b.candidates[q.upper_edge ? 1 : 0]};
    b.notes.push_back(
        q.upper_edge
            ? "the rate stood at the edge of stability: the middle candidate instead of it"
            : fmt::format("the others, {:.3g} and {:.3g}, are not tried: a longer run may want a "
                          "lower rate",
                          b.candidates[1], b.candidates[2]));
  } else if (q.runs == 2) {
    b.chosen = {b.candidates[0], b.candidates[2]};
  } else {
    b.chosen = b.candidates;
  }
  return b;
}

double keep_timescale(double weight_decay, double times) { return weight_decay / times; }

}  // namespace coldstart::plan
