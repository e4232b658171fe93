// RrcOptions: automatic warmup from the measured signal-to-noise ratio of the gradient; the table
// [rrc]. What the control does with them: rrc_control.h. Test: tests/adapt/rrc_control_test.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "coldstart/core/enum_text.h"
#include "coldstart/core/fields.h"
#include "coldstart/metrics/snr_estimator.h"
#include "coldstart/optim/rrc_scale.h"

namespace coldstart::adapt {

enum class SnrScope : uint8_t { matrix, global, row };
enum class RrcReference : uint8_t { noise_limit, run };
enum class SnrSample : uint8_t { sequence, token };

struct RrcOptions {
  optim::RrcForm rrc_scaling = optim::RrcForm::none;
  SnrScope snr_scope = SnrScope::matrix;
  double snr_ema = 0.95;
  double rrc_min = 0.01;
  bool rrc_scale_1d = false;
  RrcReference rrc_reference = RrcReference::noise_limit;
  std::string rrc_reference_run = {};
  metrics::SnrMethod snr_estimator = metrics::SnrMethod::micro;
  SnrSample snr_sample = SnrSample::sequence;

  template <class V>
  void fields(V&& v) {
    v("rrc_scaling", rrc_scaling,
      {"factor on every update from the gradient's signal-to-noise ratio phi (automatic warmup): "
       "exact sqrt((1+phi)/(1+B phi)), simple 1/sqrt(1+B phi), dimension with the fan-in; needs "
       "two micro-batches a step and splits the batch if there is one"});
    v("snr_scope", snr_scope, {"what has a phi and a factor of its own"});
    v("snr_ema", snr_ema, {"decay of the averages behind phi", from_to_below(0, 1)});
    v("rrc_min", rrc_min, {"smallest factor", between(0, 1)});
    v("rrc_scale_1d", rrc_scale_1d, {"gains and biases get a factor too"});
    v("rrc_reference", rrc_reference,
      {"where the factor is 1: without any signal, or at the last phi of another run"});
    v("rrc_reference_run", rrc_reference_run,
      {"directory of that run, which has recorded snr; rrc_reference = run only"});
    v("snr_estimator", snr_estimator,
      {"phi from the norms of micro-batches and batch, or from two half batches"});
    v("snr_sample", snr_sample,
      {"what counts as a sample; the tokens of a sequence are correlated, which token ignores"});
  }
};

}  // namespace coldstart::adapt

template <>
struct coldstart::EnumText<coldstart::adapt::SnrScope> {
  using E = adapt::SnrScope;
  static constexpr auto names =
      enum_names<E>({{E::matrix, "matrix"}, {E::global, "global"}, {E::row, "row"}});
};
template <>
struct coldstart::EnumText<coldstart::adapt::RrcReference> {
  using E = adapt::RrcReference;
  static constexpr auto names = enum_names<E>({{E::noise_limit, "noise_limit"}, {E::run, "run"}});
};
template <>
struct coldstart::EnumText<coldstart::adapt::SnrSample> {
  using E = adapt::SnrSample;
  static constexpr auto names = enum_names<E>({{E::sequence, "sequence"}, {E::token, "token"}});
};
template <>
struct coldstart::EnumText<coldstart::metrics::SnrMethod> {
  using E = metrics::SnrMethod;
  static constexpr auto names = enum_names<E>({{E::micro, "micro"}, {E::half_batch, "half_batch"}});
};
