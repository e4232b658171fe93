#include "coldstart/adapt/early_phase.h"

#include <fmt/ranges.h>

#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/core/random.h"

namespace coldstart::adapt {

namespace {

constexpr int64_t kChunk = 1 << 12;

bool is_bias(Role role) { return role == Role::linear_bias || role == Role::norm_bias; }

template <class Real>
void draw(Tensor grad, const Rng& rng, int64_t step) {
  Real* g = grad.data<Real>();
  const int64_t size = grad.size();
  parallel_for(size, kChunk, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t i = begin; i < end; ++i)
      g[i] = static_cast<Real>(rng.normal(static_cast<uint64_t>(step * size + i)));
  });
}

}  // namespace

void check_early(const EarlyOptions& o) {
  const bool rules = o.lr_factor != 1 || o.freeze_biases || o.random_directions;
  if (o.steps > 0 && !rules)
    throw ConfigError("early.phase_steps", "the initial phase has no rule of its own",
                      "set early.phase_lr_factor, early.freeze_biases or early.random_directions");
  if (o.steps == 0 && rules)
    throw ConfigError("early.phase_steps",
                      "rules of an initial phase are given, but it has no length",
                      "set early.phase_steps");
}

std::string describe(const EarlyOptions& o) {
  if (o.steps == 0) return "";
  std::vector<std::string> rules;
  if (o.lr_factor != 1) rules.push_back(fmt::format("learning rate x {}", o.lr_factor));
  if (o.freeze_biases) rules.emplace_back("biases frozen");
  if (o.random_directions) rules.emplace_back("random gradient directions");
  return fmt::format("the first {} steps: {}", o.steps, fmt::join(rules, ", "));
}

EarlyPhase::EarlyPhase(const EarlyOptions& options, const ParamList& params,
                       std::span<const double> lr_factors, uint64_t seed)
    : options_(options), lr_factors_(lr_factors.begin(), lr_factors.end()), seed_(seed) {
  if (!options.freeze_biases) return;
  lr_factors_.resize(params.size(), 1);
  for (size_t i = 0; i < params.size(); ++i)
    if (is_bias(params[i].role)) lr_factors_[i] = 0;
}

void EarlyPhase::change_gradients(ParamList& params, kernels::Kernels& kernels,
                                  int64_t step) const {
  if (!options_.random_directions || !holds(step)) return;
  for (size_t i = 0; i < params.size(); ++i) {
    const Tensor grad = params[i].grad;
    const double norm = std::sqrt(kernels.sum_squares(grad));
    const Rng rng(seed_, Stream::random_direction, static_cast<uint32_t>(i));
    if (params.dtype() == DType::f32) {
      draw<float>(grad, rng, step);
    } else {
      draw<double>(grad, rng, step);
    }
    kernels.scale(grad, norm / std::sqrt(kernels.sum_squares(grad)));
  }
}

}  // namespace coldstart::adapt
