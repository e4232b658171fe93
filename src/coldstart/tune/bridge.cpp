// Phase 5, round 1: the bridge check. What won at 5 % of the production length is tried against its
// neighbour at 20 % before the long run is paid for (playbook CB-03, CB-05, R2-01).
//
// Both go on from their trunks, so only the new steps and the cooldowns are paid. Whether the order
// of the two holds is what is asked: HELD, or FAILED, and then the other one goes on. A longer run
// wants a lower rate or the same (R1-06), so a higher one is no rival; where no other lies within
// kInReach, nothing is asked (CLEAR) and the steps go to the production run. Between cooled runs of
// 68, 300 and 1560 steps the order of two rates was seen to turn where up to 2.1 % of the loss lay
// between them (two texts, two optimizers, five rates each), and always to the lower rate.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/plan/rounds.h"
#include "coldstart/plan/transfer.h"
#include "coldstart/tune/phases.h"

namespace coldstart::tune {

namespace {

constexpr const char* kRung = "bridge";
constexpr double kInReach = 0.03;  // of the loss

std::string idea_text(const Idea& idea) {
  return idea.warmup > 0 ? fmt::format("{:.4g} with {} warmup steps", idea.lr, idea.warmup)
                         : fmt::format("{:.4g}", idea.lr);
}

double behind(const Trial& trial, const Trial& first) { return trial.loss / first.loss - 1; }

// The best of the others that may overtake the first in a longer run; null: none.
const Trial* rival(const std::vector<Trial>& ideas) {
  const Trial& first = ideas.front();
  const auto found = std::find_if(ideas.begin() + 1, ideas.end(), [&](const Trial& trial) {
    return trial.trained() && behind(trial, first) <= kInReach && trial.idea.lr <= first.idea.lr;
  });
  return found == ideas.end() ? nullptr : &*found;
}

Decision without_bridge(const std::vector<Trial>& ideas) {
  Decision d{.phase = "round 1", .question = "Does the short trials' winner hold at 20 %?"};
  const Trial& first = ideas.front();
  d.label = "CLEAR";
  d.answer = fmt::format("not asked: {} goes on, no lower rate lies within {:.0f} % of its loss",
                         idea_text(first.idea), 100 * kInReach);
  for (const Trial& trial : ideas)
    if (trial.trained() && trial.idea.lr < first.idea.lr)
      d.evidence.push_back(fmt::format("{} lies {:.1f} % behind", idea_text(trial.idea),
                                       100 * behind(trial, first)));
  d.caveats = {
      "the order of two rates was seen to turn over up to 2.1 %, and always to the lower rate; "
      "farther apart, or the other way, is taken for settled"};
  d.numbers = {{"winner", 0}};
  return d;
}

Decision compare(const Work& work, const std::vector<Trial>& before,
                 const std::vector<Trial>& after) {
  const Outline& o = work.outline;
  Decision d{.phase = "round 1", .question = "Does the short trials' winner hold at 20 %?"};
  const bool held = after.front().trained() && !(after.back().loss < after.front().loss);
  const size_t winner = held ? 0 : 1;
  d.label = held ? "HELD" : "FAILED";
  d.answer =
      fmt::format("{}: at {} steps {} has {:.4f} and {} has {:.4f}; {} goes on",
                  held ? "it holds" : "it does not", o.bridge_steps, idea_text(after.front().idea),
                  after.front().loss, idea_text(after.back().idea), after.back().loss,
                  idea_text(after[winner].idea));
  for (size_t i = 0; i < after.size(); ++i)
    d.evidence.push_back(fmt::format("{}: {:.4f} nats at {} steps, {:.4f} at {}",
                                     idea_text(before[i].idea), before[i].loss, o.trial_steps,
                                     after[i].loss, o.bridge_steps));
  d.evidence.push_back(fmt::format(
      "a result at {} steps is {} at {} (CB-03)", o.bridge_steps,
      plan::length_comparability(o.bridge_steps, o.production_steps, true), o.production_steps));
  const plan::TransferRow& row = plan::transfer_of(plan::Kind::base_lr);
  d.caveats = {fmt::format(
      "that a rate carries over to a longer run is {}: {}",
      row.transfer == plan::Transfer::might ? "possible, no more" : enum_name(row.transfer),
      row.action)};
  for (const Trial& trial : after)
    d.commands.push_back(command_of(work, trial.idea, o.bridge_steps));
  d.numbers = {{"winner", static_cast<double>(winner)}};
  return d;
}

}  // namespace

Trial bridge(Work& work, const std::vector<Trial>& ideas) {
  const Trial* other = rival(ideas);
  if (other == nullptr) {
    settle(work, "bridge", [&] { return without_bridge(ideas); });
    return ideas.front();
  }
  const std::vector<Trial> before = {ideas.front(), *other};
  std::vector<Trial> after;
  const auto run = [&] {
    if (!after.empty()) return;
    for (const Trial& trial : before)
      after.push_back(cooled_rung(work, kRung, trial.idea, work.outline.bridge_steps,
                                  fmt::format("does it hold at 20 %? {}", idea_text(trial.idea)),
                                  &trial));
  };
  const Decision d = settle(work, "bridge", [&] {
    run();
    return compare(work, before, after);
  });
  run();  // from the journal, when the decision came from there
  const auto winner = static_cast<size_t>(d.integer("winner"));
  work.runs.drop_checkpoints(after[1 - winner].trunks.back());
  return after[winner];
}

}  // namespace coldstart::tune
