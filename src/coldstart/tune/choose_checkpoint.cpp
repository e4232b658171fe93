// Phase 7: which checkpoint, chosen afterwards, and what it is worth.
//
// The best by validation loss, of the production run or of round 1, are scored again on the test
// text, which nothing has looked at until now (ME-01, CK-01). The winner there is taken; that it is
// another one than validation said is reported. The chosen checkpoint is copied to DIR/model.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/shell_word.h"
#include "coldstart/train/load_run.h"
#include "coldstart/tune/finalists.h"
#include "coldstart/tune/phases.h"

namespace coldstart::tune {

namespace fs = std::filesystem;

namespace {

constexpr int64_t kFewestTestTokens = 4096, kMostTestTokens = 262144;
constexpr double kScoreShare = 0.5;  // of the time that is kept for the end

// What can be scored in time: a forward pass is a third of a training step.
int64_t test_tokens(const Work& work, size_t checkpoints) {
  if (work.options.budget.unit != BudgetUnit::seconds) return kMostTestTokens;
  const double tokens_per_s =
      3 * static_cast<double>(work.base.train.batch_tokens) / work.units_per_step();
  const double each_s = kScoreShare * work.finish_reserve() / static_cast<double>(checkpoints);
  return std::clamp(static_cast<int64_t>(each_s * tokens_per_s), kFewestTestTokens,
                    kMostTestTokens);
}

struct Scored : Finalist {
  double test_loss = NAN, test_bits_per_byte = NAN;
};

void score(Work& work, Scored& scored, int64_t tokens) {
  train::LoadedRun run = train::load_run(scored.checkpoint);
  run.config.data.path = fs::absolute(work.test()).string();
  const eval::Evaluation result = train::evaluate_run(run, work.kernels, tokens);
  scored.test_loss = result.loss;
  scored.test_bits_per_byte = result.bits_per_byte;
  work.ledger.tick();
}

std::string place_of(const Scored& scored) {
  return fmt::format("step {} of {}", scored.step, scored.run);
}

void keep_model(const fs::path& checkpoint, const fs::path& model) {
  fs::path aside = model;
  aside += ".tmp";
  std::error_code error;
  fs::remove_all(aside, error);
  fs::copy(checkpoint, aside, fs::copy_options::recursive, error);
  if (!error) fs::remove_all(model, error);
  if (!error) fs::rename(aside, model, error);
  if (error)
    throw ResourceError(model.string(), fmt::format("cannot copy the model: {}", error.message()),
                        "make room on the disk and start the same command again");
}

}  // namespace

fs::path choose_checkpoint(Work& work) {
  fs::path model = work.directory() / "model";
  settle(work, "checkpoint", [&] {
    Decision d{.phase = "choice", .question = "Which checkpoint, and what is it worth?"};
    std::vector<Scored> all;
    for (const Finalist& finalist : finalists(work.runs)) all.push_back({finalist});
    if (all.empty())
      throw DataError("tune", "no run has left a checkpoint", "choose another --out");
    const int64_t tokens = test_tokens(work, all.size());
    for (Scored& scored : all) score(work, scored, tokens);
    const Scored& by_validation = all.front();
    const Scored& best = *std::ranges::min_element(all, {}, &Scored::test_loss);
    keep_model(best.checkpoint, model);
    d.answer =
        fmt::format("{}: {:.4f} nats a byte, {:.4f} bits a byte, on text that no choice has seen",
                    place_of(best), best.test_loss, best.test_bits_per_byte);
    const bool same = best.checkpoint == by_validation.checkpoint;
    d.label = same ? "SAME_CHOICE" : "OTHER_CHOICE";
    for (const Scored& scored : all)
      d.evidence.push_back(fmt::format("{}: validation {:.4f}, test {:.4f} nats", place_of(scored),
                                       scored.val_loss, scored.test_loss));
    if (!same)
      d.evidence.push_back(
          fmt::format("the validation loss would have chosen {}", place_of(by_validation)));
    d.caveats = {
        fmt::format("the lowest of {} test losses, on at most {} bytes: it flatters by less "
                    "than their spread",
                    all.size(), tokens)};
    for (const Scored& scored : all)
      d.commands.push_back(fmt::format("coldstart eval {} --data {} --tokens {}",
                                       shell_word(scored.checkpoint.string()),
                                       shell_word(work.test().string()), tokens));
    d.numbers = {{"step", static_cast<double>(best.step)},
                 {"test_loss", best.test_loss},
                 {"test_bits_per_byte", best.test_bits_per_byte},
                 {"val_loss", best.val_loss}};
    d.words = {{"model", model.string()}, {"run", best.run}};
    return d;
  });
  return model;
}

}  // namespace coldstart::tune
