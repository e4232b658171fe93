#include "coldstart/adapt/pace.h"

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::adapt {

double Pace::share(int64_t position) const {
  COLDSTART_CHECK(position >= 0 && stages >= 1, "position {}, {} stages", position, stages);
  return position >= length ? 1 : share_of_stage(position * stages / length);
}

double Pace::share_of_stage(int64_t stage) const {
  if (stage >= stages) return 1;
  const double grown = static_cast<double>(stage) / static_cast<double>(stages);
  if (shape == PaceShape::linear) return start + (1 - start) * grown;
  return std::sqrt(start * start + (1 - start * start) * grown);
}

int64_t Pace::first_position(int64_t stage) const { return div_up(stage * length, stages); }

}  // namespace coldstart::adapt
