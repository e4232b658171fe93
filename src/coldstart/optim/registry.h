// The registry: every optimizer by name, with all that is known about one before it exists: which
// options it reads, their defaults, its memory, its groups.
//
// The built-in ones are the table in builtin.cpp. A user's program adds its own with
// register_optimizer() before it reads a configuration, and `optimizer.name` then accepts it
// (docs/adding_an_optimizer.md, examples/04_your_optimizer.cpp). Not for use by several threads at
// once. Test: tests/optim/registry_test.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/optim/groups.h"
#include "coldstart/optim/optimizer.h"
#include "coldstart/optim/options.h"

namespace coldstart::optim {

// What `auto` stands for in the options that an optimizer reads.
struct AutoDefaults {
  double weight_decay = 0.1;  // 0 with hyperball
  double beta = 0.9, beta1 = 0.9, beta2 = 0.95;
  double momentum = 0.9;
  bool nesterov = false;
  bool rotation_center = false;
  AngleRule rotation_angle = AngleRule::adamw;
  double rotation_norm_decay = 0.9;
};

struct OptimizerEntry {
  std::string name = {};
  std::string summary = {};                   // one line, for lists
  std::vector<std::string> options = {};      // fields of OptimizerOptions it reads; name and lr go
                                              // without saying
  int64_t state_arenas = 0;                   // states as large as all weights
  bool weights_alone = true;                  // a step moves nothing that has to fit the weights
  bool row_factors = true;                    // obeys StepContext::row_scale; all obey param_scale
  bool sign_steps = false;                    // along signs: of a gradient's length little is left
  std::vector<TrustRatio> trust_ratios = {};  // it obeys, beside none
  std::function<std::unique_ptr<Optimizer>(const ParamList&, const OptimizerOptions&)> make = {};

  AutoDefaults defaults = {};
  // Refuses what does not go together, by ConfigError. Options are complete.
  std::function<void(const OptimizerOptions&)> check = {};
  // Empty: matrices are decayed when weight_decay is among the options.
  std::function<GroupRules(const OptimizerOptions&)> groups = {};
  // Memory beside the arenas that is worth a line; empty: none.
  std::function<int64_t(std::span<const ParamSpec>, DType)> scratch_bytes = {};
};

// The factory of a class that is made from parameters and resolved options.
template <class T>
std::unique_ptr<Optimizer> make(const ParamList& params, const OptimizerOptions& options) {
  return std::make_unique<T>(params, options);
}

void register_optimizer(OptimizerEntry entry);  // ConfigError when the name or an option is wrong
std::vector<std::string> optimizer_names();     // built-in ones first, in order of registration
const OptimizerEntry& find_optimizer(std::string_view name);  // ConfigError with the nearest name

// Options with nothing left open, and why each has its value; ConfigError for a value out of range,
// an option that the optimizer does not read, or a combination without meaning.
struct ResolvedOptions {
  OptimizerOptions options;
  std::vector<std::string> reasons;
};
ResolvedOptions resolve_options(OptimizerOptions options);

// Resolves the options first.
std::unique_ptr<Optimizer> make_optimizer(const ParamList& params, OptimizerOptions options);

// For resolved options. A tensor that turns as one has no factors of its rows.
bool takes_row_factors(const OptimizerOptions& options);
// A part of its step can be taken back by the weights alone.
bool moves_weights_alone(const OptimizerOptions& options);
bool steps_along_signs(const OptimizerOptions& options);
// Whether it obeys StepContext::trust_ratio.
bool takes_trust_ratio(const OptimizerOptions& options, TrustRatio ratio);
// beta2 where it decays a second moment; nothing for an optimizer without one (Lion's is of its
// momentum).
std::optional<double> second_moment_decay(const OptimizerOptions& options);
GroupRules group_rules(const OptimizerOptions& options);
int64_t state_bytes(std::span<const ParamSpec> specs, const OptimizerOptions& options, DType dtype);
std::string describe(const OptimizerOptions& options);  // "lion_ar: beta 0.98, nesterov true"

}  // namespace coldstart::optim
