// The phases of the autopilot, in order. Each settles its decisions through settle(), so that in a
// later sitting it gives the same answers at once. Tests: tests/tune/autopilot_test.cpp,
// tests/e2e/tune_test.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coldstart/tune/trials.h"
#include "coldstart/tune/work.h"

namespace coldstart::tune {

// The run that is made where there is no room for trials: documented defaults.
Idea default_idea(const Work& work);

// The trunk that an idea has from the check that the set-up learns, for a trial of so many steps
// to go on from; none for other ideas than a contender's first, or when it is as long already.
std::optional<Trial> begun(const Work& work, const Idea& idea, int64_t length);

// 1. Prepares the data, chooses the model, checks that it learns, times the steps; fills work.base.
// ConfigError when the budget is too small for any run. False: the set-up does not learn (said in
// the decision "learns").
bool measure(Work& work);

// 2. What the budget buys: fills work.outline.
void share_out(Work& work);

// The optimizer, where there is room for trials; writes DIR/base.toml.
void choose_optimizer(Work& work);

// The learning rate in cooled rungs of L steps; where training becomes unstable. Best first.
std::vector<Trial> find_rate(Work& work);

// 3. "No warmup needed", checked against warmed-up runs of the same length. Returns the warmed-up
// trial that should go on as well, if there is one.
std::vector<Trial> check_warmup(Work& work, const std::vector<Trial>& rates);

// 4. Can the text be fitted, or is compute the limit? Steps of the production run at most; 0: no
// limit but the budget.
int64_t judge_workload(Work& work, const std::vector<Trial>& rates);

// 5. The bridge: the best ideas at 20 % of the production length. Returns the one to go on with.
Trial bridge(Work& work, const std::vector<Trial>& ideas);

// 6. The production run, from the winner's trunk: constant rate as long as the budget allows, then
// the cooldown. Returns the name of its last run.
std::string produce(Work& work, const Trial& winner, int64_t most_steps);

// 7. Scores the best checkpoints of all runs on text that no choice has seen. Returns the chosen
// checkpoint's directory.
std::filesystem::path choose_checkpoint(Work& work);

// What a longer run would buy (longer_run.h). round1: the cooled run that the production run goes
// on from; nullptr where the bridge was not asked.
void look_ahead(Work& work, const Trial& production, const Trial* round1);

}  // namespace coldstart::tune
