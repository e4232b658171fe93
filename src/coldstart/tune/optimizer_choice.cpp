#include "coldstart/tune/optimizer_choice.h"

#include <fmt/format.h>

#include "coldstart/core/error.h"

namespace coldstart::tune {

namespace {

std::string answer_of(const OptimizerChoice& choice, const Trial& taken, const Trial& next) {
  const std::string text = taken.idea.optimizer + (choice.changes() ? "" : ", the default");
  if (!taken.trained()) return text + ", because none of them trains";
  if (!next.trained()) return fmt::format("{}; {} diverged", text, next.idea.optimizer);
  if (choice.ahead >= 0)
    return fmt::format("{}, {:.3f} nats below {}", text, choice.ahead, next.idea.optimizer);
  return fmt::format("{}, though {} came out {:.3f} nats lower: less than {} % of the loss", text,
                     next.idea.optimizer, -choice.ahead, 100 * kWorthChanging);
}

}  // namespace

OptimizerChoice choose_of(const std::vector<Trial>& trials) {
  COLDSTART_CHECK(trials.size() >= 2, "{} optimizers", trials.size());
  const auto best_but = [&](size_t left_out) {
    size_t best = left_out == 0 ? 1 : 0;
    for (size_t i = best + 1; i < trials.size(); ++i)
      if (i != left_out && trials[i].rank() < trials[best].rank()) best = i;
    return best;
  };
  const Trial& usual = trials.front();
  OptimizerChoice choice;
  if (const size_t other = best_but(0); trials[other].rank() < (1 - kWorthChanging) * usual.rank())
    choice.taken = other;
  choice.next = best_but(choice.taken);
  choice.ahead = trials[choice.next].loss - trials[choice.taken].loss;
  choice.answer = answer_of(choice, trials[choice.taken], trials[choice.next]);
  return choice;
}

}  // namespace coldstart::tune
