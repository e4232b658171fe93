#include "coldstart/model/initialize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/parallel.h"
#include "coldstart/core/random.h"
#include "coldstart/model/orthogonal.h"

namespace coldstart::model {

namespace {

constexpr int64_t kChunk = 1 << 14;

// 1 / E[act(z)^2], z ~ N(0, 1), by numerical integration.
double squared_gain(Mlp mlp) {
  switch (mlp) {
    case Mlp::relu:
      break;
    case Mlp::gelu:
      return 2.351869216433841;
    case Mlp::leaky_relu:
      return 2 / 1.01;  // slope 0.1
    case Mlp::swiglu:
      return 2.8107611240745;  // of silu, the gate
  }
  return 2;
}

bool is_mlp(Role role) {
  return role == Role::mlp_gate || role == Role::mlp_in || role == Role::mlp_out;
}

double width_factor(const ParamSpec& spec, const InitShape& shape, const InitOptions& rules) {
  if (rules.base_width == 0 || rule_of(spec.role, rules) != InitRule::gpt2) return 1;
  const double m = static_cast<double>(shape.C) / static_cast<double>(rules.base_width);
  if (spec.role == Role::head) return 1 / m;
  return spec.layer >= 0 ? 1 / std::sqrt(m) : 1;
}

bool is_uniform(InitRule rule) {
  return rule == InitRule::xavier_uniform || rule == InitRule::kaiming_uniform;
}

// Elements [begin, end) with this root mean square; a uniform number has bound / sqrt(3).
template <class Real>
void draw(Real* weight, int64_t begin, int64_t end, const Rng& rng, bool uniform, double rms) {
  const double bound = std::sqrt(3.0) * rms;
  for (int64_t i = begin; i < end; ++i) {
    const auto k = static_cast<uint64_t>(i);
    weight[i] = static_cast<Real>(uniform ? bound * (2 * rng.uniform(k) - 1) : rms * rng.normal(k));
  }
}

template <class Real>
void set(const Param& p, const Rng& rng, InitRule rule, double rms) {
  Real* weight = p.weight.data<Real>();
  parallel_for(p.size(), kChunk, [&](int64_t begin, int64_t end, int64_t) {
    if (!p.is_matrix() || rms == 0) {
      const Real value = p.role == Role::norm_gain ? 1 : 0;
      std::fill(weight + begin, weight + end, value);
    } else {
      draw(weight, begin, end, rng, is_uniform(rule), rule == InitRule::orthogonal ? 1 : rms);
    }
  });
  if (rule != InitRule::orthogonal || !p.is_matrix() || rms == 0) return;
  const double orthonormal = 1 / std::sqrt(static_cast<double>(std::max(p.rows(), p.cols())));
  orthogonalize(p.weight, rms / orthonormal);
}

}  // namespace

bool is_residual_projection(Role role) {
  return role == Role::attention_output || role == Role::mlp_out;
}

InitRule rule_of(Role role, const InitOptions& rules) {
  if (role == Role::token_embedding || role == Role::position_embedding) return rules.embedding;
  if (role == Role::head) return rules.head;
  return is_mlp(role) ? rules.mlp : rules.attention;
}

double initial_rms(const ParamSpec& spec, const InitShape& shape, const Init& init) {
  if (spec.rows == 0) return spec.role == Role::norm_gain ? 1 : 0;
  const auto K = static_cast<double>(spec.rows), C = static_cast<double>(spec.cols);
  double rms = 0;
  switch (rule_of(spec.role, init.rules)) {
    case InitRule::gpt2:
      rms = init.std * width_factor(spec, shape, init.rules);
      break;
    case InitRule::xavier_uniform:
    case InitRule::xavier_normal:
      rms = std::sqrt(2 / (C + K));
      break;
    case InitRule::kaiming_uniform:
    case InitRule::kaiming_normal:
      rms = std::sqrt((is_mlp(spec.role) ? squared_gain(shape.mlp) : 1) / C);
      break;
    case InitRule::orthogonal:
      rms = 1 / std::sqrt(std::max(K, C));
      break;
  }
  if (!is_residual_projection(spec.role) || init.rules.residual == ResidualInit::plain) return rms;
  return init.rules.residual == ResidualInit::zero ? 0 : rms * init.residual_scale;
}

void initialize(ParamList& params, const InitShape& shape, const Init& init, uint64_t seed) {
  for (size_t i = 0; i < params.size(); ++i) {
    const Param& p = params[i];
    const Rng rng(seed, Stream::init, static_cast<uint32_t>(i));
    const ParamSpec spec{p.name, p.role, p.layer, p.is_matrix() ? p.rows() : 0, p.cols()};
    const double rms = initial_rms(spec, shape, init);
    const InitRule rule = rule_of(p.role, init.rules);
    if (params.dtype() == DType::f32) {
      set<float>(p, rng, rule, rms);
    } else {
      set<double>(p, rng, rule, rms);
    }
  }
}

void check_init(const InitOptions& rules, const InitShape& shape) {
  if (shape.tied_head && rules.head != InitRule::gpt2)
    throw ConfigError("init.head_rule",
                      "the head is tied to the embedding and has no weights of its own",
                      "set init.embedding_rule, or model.tied_head = false");
  const bool scales = rules.attention == InitRule::gpt2 || rules.mlp == InitRule::gpt2;
  if (rules.base_width > 0 && !scales)
    throw ConfigError("init.base_width",
                      fmt::format("it scales the rule gpt2; got attention {} and mlp {}, which "
                                  "follow the width by themselves",
                                  enum_name(rules.attention), enum_name(rules.mlp)),
                      "leave it out");
}

}  // namespace coldstart::model
