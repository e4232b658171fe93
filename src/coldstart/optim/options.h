// OptimizerOptions: everything a user can say about an optimizer, the table [optimizer] of a run.
//
// One flat table for all optimizers. Which of them an optimizer reads is said once, where it is
// registered (registry.cpp); an option that was set and is not read is an error, not silence. What
// is `auto` here has a default that depends on the optimizer; resolve_options() fills it in.
// Test: tests/optim/options_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/core/auto.h"
#include "coldstart/core/enum_text.h"
#include "coldstart/core/fields.h"
#include "coldstart/optim/bias_correction.h"
#include "coldstart/optim/momentum_forms.h"
#include "coldstart/optim/rotation.h"

namespace coldstart::optim {

enum class RadamMode : uint8_t { off, original, factor };
enum class VInit : uint8_t { zero, gradient, random };
enum class LionAScale : uint8_t { gamma, gamma_nesterov, one };
enum class Granularity : uint8_t { row, tensor };

struct OptimizerOptions {
  std::string name = "adamw";
  double lr = 1e-3;
  Auto<double> weight_decay = {};
  Auto<double> beta = {}, beta1 = {}, beta2 = {};
  Auto<double> momentum = {};
  double eps = 1e-8;
  Auto<bool> nesterov = {};
  NesterovForm nesterov_form = NesterovForm::ema;
  bool sgd_decoupled = false;
  BiasCorrectionM bias_correction_m = BiasCorrectionM::standard;
  BiasCorrectionV bias_correction_v = BiasCorrectionV::standard;
  RadamMode radam_mode = RadamMode::off;
  VInit v_init = VInit::zero;
  double v_init_scale = 1;
  bool cautious = false;
  LionAScale lion_a_scale = LionAScale::gamma;
  InverseBiasCorrection inverse_bias_correction = InverseBiasCorrection::none;
  Granularity rotation_granularity = Granularity::row;
  Auto<bool> rotation_center = {};
  AngleRule rotation_angle = AngleRule::automatic;
  Auto<double> rotation_norm_decay = {};
  bool rotate_embeddings = true;
  bool row_gain = false;
  bool hyperball = false;
  std::string rotation_replay = {};

  template <class V>
  void fields(V&& v) {
    v("name", name, {"optimizer"});
    v("lr", lr, {"peak learning rate", above(0)});
    v("weight_decay", weight_decay,
      {"decay of matrices; of rotational ones it sets the angle", at_least(0)});
    v("beta", beta, {"the one momentum coefficient of LionA and LionAR", from_to_below(0, 1)});
    v("beta1", beta1, {"decay of the first moment", from_to_below(0, 1)});
    v("beta2", beta2, {"decay of the second moment; of Lion's momentum", from_to_below(0, 1)});
    v("momentum", momentum, {"momentum coefficient", from_to_below(0, 1)});
    v("eps", eps, {"added to the root of the second moment", above(0)});
    v("nesterov", nesterov, {"step along the momentum as it will be with this gradient again"});
    v("nesterov_form", nesterov_form, {"how Nesterov mixes: the same direction, another length"});
    v("sgd_decoupled", sgd_decoupled, {"decay the weights themselves, not through the momentum"});
    v("bias_correction_m", bias_correction_m, {"correction of the first moment's start"});
    v("bias_correction_v", bias_correction_v, {"correction of the second moment's start"});
    v("radam_mode", radam_mode,
      {"RAdam's rectification: original steps along the momentum until the second moment is "
       "reliable, factor stands still"});
    v("v_init", v_init,
      {"second moment before the first step: zero, the first gradient's squares, "
       "or random"});
    v("v_init_scale", v_init_scale, {"factor of that second moment", above(0)});
    v("cautious", cautious, {"only coordinates where update and gradient agree move"});
    v("lion_a_scale", lion_a_scale, {"length of LionA's signs: gamma matches AdamW's updates"});
    v("inverse_bias_correction", inverse_bias_correction,
      {"factor of the first steps: linear 1-b^t, rms sqrt(1-b^(2t))"});
    v("rotation_granularity", rotation_granularity, {"what keeps its norm and turns as one"});
    v("rotation_center", rotation_center, {"keep the mean of every row at 0"});
    v("rotation_angle", rotation_angle, {"rule of the angle that a step turns by"});
    v("rotation_norm_decay", rotation_norm_decay,
      {"average of the update's norm over steps; 0 = each step on its own", from_to_below(0, 1)});
    v("rotate_embeddings", rotate_embeddings, {"embeddings are rotational as well"});
    v("row_gain", row_gain, {"a learnable gain for every row of a rotational matrix"});
    v("hyperball", hyperball,
      {"whole matrices of fixed norm; lr is the relative step, without decay"});
    v("rotation_replay", rotation_replay,
      {"a run, or its metrics.jsonl: every rotational matrix turns by the angular_update recorded "
       "there for that matrix and step"});
  }
};

// The fields as a user names them: "optimizer.lr". The list refers to options.
FieldList option_fields(OptimizerOptions& options);

}  // namespace coldstart::optim

template <>
struct coldstart::EnumText<coldstart::optim::RadamMode> {
  using E = optim::RadamMode;
  static constexpr auto names =
      enum_names<E>({{E::off, "off"}, {E::original, "original"}, {E::factor, "factor"}});
};
template <>
struct coldstart::EnumText<coldstart::optim::VInit> {
  using E = optim::VInit;
  static constexpr auto names =
      enum_names<E>({{E::zero, "zero"}, {E::gradient, "gradient"}, {E::random, "random"}});
};
template <>
struct coldstart::EnumText<coldstart::optim::LionAScale> {
  using E = optim::LionAScale;
  static constexpr auto names =
      enum_names<E>({{E::gamma, "gamma"}, {E::gamma_nesterov, "gamma_nesterov"}, {E::one, "one"}});
};
template <>
struct coldstart::EnumText<coldstart::optim::Granularity> {
  using E = optim::Granularity;
  static constexpr auto names = enum_names<E>({{E::row, "row"}, {E::tensor, "tensor"}});
};
