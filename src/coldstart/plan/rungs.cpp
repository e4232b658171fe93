#include "coldstart/plan/rungs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/random.h"
#include "coldstart/plan/rounds.h"

namespace coldstart::plan {

namespace {

constexpr const char* kBaseline = "baseline";

void check(const RungOptions& o) {
  if (o.production < 1 || o.rungs < 1 || !(o.cooldown > 0 && o.cooldown < 1) || !(o.sigma > 0) ||
      o.promote.empty())
    throw ConfigError("pipeline",
                      fmt::format("got production {}, {} rungs, cooldown {}, sigma {}",
                                  o.production, o.rungs, o.cooldown, o.sigma),
                      "measure sigma with coldstart noise; the cooldown is a share of a rung");
}

int64_t trunk_end(const RungOptions& o, int rung) {
  const int64_t length = rung_lengths(o.production, o.rungs)[static_cast<size_t>(rung - 1)];
  return length - std::llround(o.cooldown * static_cast<double>(length));
}

RungTask task_of(const RungOptions& o, const std::string& id, int rung, bool shares_trunk) {
  RungTask task{.id = id, .rung = rung};
  task.end = rung_lengths(o.production, o.rungs)[static_cast<size_t>(rung - 1)];
  task.trunk_to = trunk_end(o, rung);
  if (rung > 1 && shares_trunk) task.from = trunk_end(o, rung - 1);
  task.cost = static_cast<double>(task.end - task.from) / static_cast<double>(o.production);
  return task;
}

bool in_rung(const Idea& idea, int rung) {
  return idea.rung == rung && (idea.state == IdeaState::proposed || idea.control);
}

double score_of(const std::map<std::string, double>& scores, const std::string& id) {
  const auto found = scores.find(id);
  if (found == scores.end())
    throw ConfigError("pipeline", fmt::format("no score for '{}'", id),
                      "every idea of the rung and the baseline need one");
  return found->second;
}

int most_promoted(const RungOptions& o, int rung) {
  return o.promote[std::min(o.promote.size() - 1, static_cast<size_t>(rung - 1))];
}

// One of the ideas that this rung rejected goes on, drawn by seed and rung.
void draw_control(Pipeline& p, int rung) {
  std::vector<Idea*> rejected;
  for (Idea& idea : p.ideas)
    if (idea.state == IdeaState::rejected && idea.rung == rung && !idea.control)
      rejected.push_back(&idea);
  if (rejected.empty() || rung == p.options.rungs) return;
  const Rng rng(p.options.seed, Stream::probe, 1);
  Idea& control = *rejected[rng.below(static_cast<uint64_t>(rung), rejected.size())];
  control.control = true;
  control.rung = rung + 1;
  control.evidence.push_back(fmt::format("runs on at rung {} as a control", rung + 1));
}

}  // namespace

std::vector<RungTask> rung_tasks(const Pipeline& p) {
  check(p.options);
  std::vector<RungTask> tasks;
  if (p.rung > p.options.rungs) return tasks;
  bool any = false;
  for (const Idea& idea : p.ideas) any = any || in_rung(idea, std::max(1, p.rung));
  if (!any) return tasks;
  tasks.push_back(task_of(p.options, kBaseline, p.rung, true));
  for (const Idea& idea : p.ideas)
    if (in_rung(idea, p.rung))
      tasks.push_back(task_of(p.options, idea.id, p.rung, idea.shares_trunk));
  return tasks;
}

Pipeline advance(const Pipeline& before, const std::map<std::string, double>& scores) {
  check(before.options);
  Pipeline p = before;
  if (rung_tasks(p).empty()) return p;
  const double baseline = score_of(scores, kBaseline);
  if (!std::isfinite(baseline))
    throw ConfigError("pipeline", "the baseline is infeasible", "repair it first");
  const double needed = p.options.z * std::sqrt(2.0) * p.options.sigma;
  const int64_t length =
      rung_lengths(p.options.production, p.options.rungs)[static_cast<size_t>(p.rung - 1)];
  std::vector<std::pair<double, Idea*>> ranked;
  for (Idea& idea : p.ideas)
    if (in_rung(idea, p.rung)) ranked.emplace_back(score_of(scores, idea.id), &idea);
  std::ranges::stable_sort(ranked, [](const auto& a, const auto& b) {
    return std::isfinite(a.first) && (!std::isfinite(b.first) || a.first < b.first);
  });
  int passed = 0;
  for (auto& [score, idea] : ranked) {
    const double gain = baseline - score;
    const bool good = gain > needed;  // false for NaN
    const bool place = passed < most_promoted(p.options, p.rung);
    idea->evidence.push_back(fmt::format("rung {} ({} steps): gain {:.4g}, needed {:.4g}: {}",
                                         p.rung, length, gain, needed,
                                         !good   ? "no"
                                         : place ? "passed"
                                                 : "good, but not among the best"));
    if (idea->control) {
      idea->control = false;  // its result is recorded, its rejection stands
      if (good) idea->evidence.emplace_back("a false rejection");
      continue;
    }
    if (!good || !place) {
      idea->state = IdeaState::rejected;
      continue;
    }
    ++passed;
    if (p.rung < p.options.rungs) {
      idea->rung = p.rung + 1;
    } else {
      idea->state = idea->complexity_note.empty() ? IdeaState::held : IdeaState::adopted;
    }
  }
  draw_control(p, p.rung);
  ++p.rung;
  // Ideas that came in later are still at rung 1: the pipeline goes back to the lowest one.
  int lowest = p.options.rungs + 1;
  for (const Idea& idea : p.ideas)
    if (idea.state == IdeaState::proposed || idea.control) lowest = std::min(lowest, idea.rung);
  p.rung = lowest;
  return p;
}

Pipeline add_idea(const Pipeline& before, Idea idea) {
  Pipeline p = before;
  if (idea.id.empty() || idea.id == kBaseline ||
      std::ranges::any_of(p.ideas, [&](const Idea& other) { return other.id == idea.id; }))
    throw ConfigError("pipeline", fmt::format("the id '{}' is taken or empty", idea.id),
                      "choose another id");
  idea.rung = 1;
  idea.state = IdeaState::proposed;
  p.ideas.push_back(std::move(idea));
  p.rung = 1;
  return p;
}

}  // namespace coldstart::plan
