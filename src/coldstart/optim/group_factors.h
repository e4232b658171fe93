// Group factors: learning rates and weight decays that differ by role, name or depth.
//
// The one schedule drives all: a parameter's rate is lr(step) * its factor, its decay weight_decay
// * its factor; the angle of a rotational matrix goes with the root of both, as its rule has it.
//   lr_factors = "embedding=0.5, layers 0-3=0.1, /h\.\d+\.mlp\..*/=2"
// A rule names a kind (embedding, attention, mlp, gains, biases, head), a role as the tables print
// it (attention_query), blocks (layers 2, layers 0-3), or a regular expression between slashes that
// the whole tensor name has to match. The first rule that matches wins; a parameter that none
// matches has factor 1. layer_decay d comes on top, with L blocks: d^(L+1) at the embeddings,
// d^(L-l) in block l, 1 at final norm and head (Clark et al. 2020, BEiT's numbering).
// Test: tests/optim/group_factors_test.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/core/fields.h"
#include "coldstart/optim/groups.h"
#include "coldstart/optim/trust_ratio.h"
#include "coldstart/tensor/param.h"

namespace coldstart::optim {

struct GroupOptions {
  std::string lr_factors = {};
  std::string decay_factors = {};
  double layer_decay = 1;
  TrustRatio trust_ratio = TrustRatio::none;

  template <class V>
  void fields(V&& v) {
    v("lr_factors", lr_factors,
      {"factors of the learning rate: embedding, attention, mlp, gains, biases, head, a role, "
       "layers A-B or /regular expression of the tensor's name/, each with =factor, separated by "
       "commas; the first that matches wins"});
    v("decay_factors", decay_factors, {"factors of the weight decay, written likewise"});
    v("layer_decay", layer_decay,
      {"factor of the learning rate from each block to the one below it", between(1e-3, 1)});
    v("trust_ratio", trust_ratio,
      {"rate of every matrix times its norm over that of its gradient (lars: sgd) or of its step "
       "(lamb: adamw, sgd, lion, lion_a, muon)"});
  }
};

// One factor a parameter, in order; empty: all are 1.
struct GroupFactors {
  std::vector<double> lr, decay;
};

// ConfigError for a rule that cannot be read, or that matches no parameter.
GroupFactors group_factors(const GroupOptions& options, std::span<const ParamSpec> specs);

// ConfigError for what cannot work with these groups: a rotational matrix without decay stands
// still.
void check_group_factors(const GroupOptions& options, std::span<const ParamSpec> specs,
                         const GroupRules& rules);

// One line for each pair of factors, none when all are 1:
// "lr x 0.5, decay x 0: token_embedding, attention_query (layers 0-2)".
std::vector<std::string> describe_group_factors(const GroupOptions& options,
                                                std::span<const ParamSpec> specs);

}  // namespace coldstart::optim
