// Trace: one measure of a training run at one place, over its steps, such as the angle by which
// h.0.attn.q.weight turned at each update (docs/metrics.md names them).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coldstart::plan {

struct Trace {
  std::string measure;  // "angular_update"
  std::string place;    // "model", "role/mlp_in", "h.0.attn.q.weight"
  std::vector<int64_t> step;
  std::vector<double> value;
};

}  // namespace coldstart::plan
