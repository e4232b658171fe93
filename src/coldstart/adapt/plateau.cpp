#include "coldstart/adapt/plateau.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/error.h"

namespace coldstart::adapt {

bool Plateau::observe(double val_loss) {
  if (!active()) return false;
  if (!state_.best || val_loss < *state_.best - options_.plateau_threshold) {
    state_.best = val_loss;
    state_.not_better = 0;
    return false;
  }
  if (++state_.not_better < options_.plateau_patience) return false;
  state_.not_better = 0;
  const double reduced = std::max(options_.plateau_floor, state_.factor * options_.plateau_factor);
  // Rounding may leave it a hair above the floor already.
  if (reduced > state_.factor * (1 - 1e-9)) return false;
  state_.factor = reduced;
  return true;
}

std::string describe(const PlateauOptions& o) {
  return fmt::format(
      "rate x {} after {} evaluations without {} nats less, down to {} of the schedule's",
      o.plateau_factor, o.plateau_patience, o.plateau_threshold, o.plateau_floor);
}

void check_plateau(const PlateauOptions& options, int64_t evaluations) {
  if (options.plateau_patience == 0) {
    PlateauOptions off;
    if (options.plateau_factor == off.plateau_factor &&
        options.plateau_threshold == off.plateau_threshold &&
        options.plateau_floor == off.plateau_floor)
      return;
    throw ConfigError("plateau.plateau_patience",
                      "another option of [plateau] is set, and patience 0 turns it all off",
                      "set plateau.plateau_patience, for example to 3");
  }
  if (evaluations <= options.plateau_patience)
    throw ConfigError(
        "plateau.plateau_patience",
        fmt::format("the run has too few evaluations for it ever to act; got {}, with "
                    "{} evaluations",
                    options.plateau_patience, evaluations),
        "evaluate more often (train.eval_every), or lower the patience");
}

}  // namespace coldstart::adapt
