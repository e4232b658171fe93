// The shape of a classifier, its parameters in order, and its cost. Dimensions are named in
// classifier.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/model/gpt_config.h"
#include "coldstart/model/initialize.h"
#include "coldstart/model/model.h"

namespace coldstart::model {

enum class Net : uint8_t { mlp, residual };

struct ClassifierConfig {
  Net net = Net::mlp;
  int64_t T = 64;              // numbers of an example, each 0 to V-1
  int64_t V = 256;             // 256: they are bytes
  int64_t classes = 2;         // K
  int64_t L = 2;               // hidden layers of an mlp, blocks of a residual network
  int64_t C = 128;             // width
  int64_t F = 256;             // hidden width of a residual block
  int64_t E = 8;               // width of each number's embedding; 0: it is scaled to -1 .. 1
  Mlp activation = Mlp::relu;  // not swiglu
  kernels::NormKind norm = kernels::NormKind::layer;  // of a residual network
  bool bias = true;

  int64_t inputs() const { return E > 0 ? T * E : T; }  // of the first layer
  bool operator==(const ClassifierConfig&) const = default;
};

inline SequenceShape sequence_shape(const ClassifierConfig& config) { return {config.T, 1}; }

// Throws ConfigError for shapes that make no sense.
void validate(const ClassifierConfig& config);

// The parameters in the order of the forward pass; names as in docs/formats.md.
std::vector<ParamSpec> param_specs(const ClassifierConfig& config);
// "mlp of 3 hidden layers x 128 wide, relu, biases, on 64 bytes embedded in 8, 7 classes"
std::string describe(const ClassifierConfig& config);
InitShape init_shape(const ClassifierConfig& config);

// Model FLOPs of training on an example, divided by its T numbers: 6 per weight of a matrix.
double train_flops_per_token(const ClassifierConfig& config);

}  // namespace coldstart::model

template <>
struct coldstart::EnumText<coldstart::model::Net> {
  using E = model::Net;
  static constexpr auto names = enum_names<E>({{E::mlp, "mlp"}, {E::residual, "residual"}});
};
