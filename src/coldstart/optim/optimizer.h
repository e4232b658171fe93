// Optimizer: the one interface of all optimizers. The trainer never asks which one it has.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/kernels/kernels.h"
#include "coldstart/optim/step_report.h"
#include "coldstart/tensor/param.h"

namespace coldstart::optim {

// How the rate of a matrix goes with its norm (trust_ratio.h).
enum class TrustRatio : uint8_t { none, lars, lamb };

// What the trainer tells an optimizer about a step.
struct StepContext {
  int64_t step = 0;       // 0-based: `it`; formulas use t = step + 1
  double lr = 0;          // from the schedule, absolute
  double peak_lr = 0;     // the schedule's maximum (rotation_angle = linear)
  double grad_scale = 1;  // clipping factor, applied by the update's own pass
  // RRC factors s_t: one a parameter, or one a row of all parameters in order; empty: 1.
  std::span<const double> param_scale = {};
  std::span<const double> row_scale = {};
  // Factors of lr and of weight decay, one a parameter (group_factors.h); empty: 1.
  std::span<const double> lr_factors = {};
  std::span<const double> decay_factors = {};
  TrustRatio trust_ratio = TrustRatio::none;
  // Angles of the rotational matrices at this step, radians below pi/2, one a parameter, in place
  // of the optimizer's rule (optimizer.rotation_replay); empty: the rule.
  std::span<const double> angles = {};
};

// A state, saved as "<name>/<parameter>".
struct NamedTensor {
  enum class Layout : uint8_t {
    elements,  // a companion arena, in ParamList order and offsets
    rows,      // one number a row of every parameter, in ParamList order, without gaps
    whole,     // numbers of the optimizer as a whole, saved as "<name>"
  };
  std::string name;  // "m", "v", "radius"
  Tensor flat;
  Layout layout = Layout::elements;
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;
  virtual std::string_view name() const = 0;

  // Updates every weight of params from its gradient and fills the report, which is one made for
  // these params.
  virtual void step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
                    StepReport& report) = 0;

  // All that a checkpoint needs beside the step number, and nothing else.
  virtual std::vector<NamedTensor> states() = 0;

  // Where the model is evaluated, sampled and saved, if that is not where it is trained
  // (schedule-free: the average x instead of y). leave restores the training weights exactly, also
  // after a checkpoint that was written in between has been loaded.
  virtual void enter_evaluation(ParamList& /*params*/, kernels::Kernels& /*kernels*/) {}
  virtual void leave_evaluation(ParamList& /*params*/, kernels::Kernels& /*kernels*/) {}
};

}  // namespace coldstart::optim
