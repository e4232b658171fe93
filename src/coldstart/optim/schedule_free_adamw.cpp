#include "coldstart/optim/schedule_free_adamw.h"

#include <cstring>

#include "coldstart/core/parallel.h"

namespace coldstart::optim {

namespace {

void copy(Tensor to, Tensor from) {
  std::memcpy(to.raw(), from.raw(), static_cast<size_t>(from.bytes()));
}

// w = (y - (1-b1) z) / b1
template <class Real>
void write_average(std::span<Real> w, std::span<const Real> y, std::span<const Real> z, double b1) {
  constexpr int64_t kChunk = 1 << 15;
  parallel_for(std::ssize(w), kChunk, [&](int64_t begin, int64_t end, int64_t) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i)
      w[i] = static_cast<Real>((static_cast<double>(y[i]) - (1 - b1) * static_cast<double>(z[i])) /
                               b1);
  });
}

}  // namespace

GroupRules ScheduleFreeAdamW::groups(const OptimizerOptions& options) {
  return {.weight_decay = options.weight_decay.value()};
}

ScheduleFreeAdamW::ScheduleFreeAdamW(const ParamList& params, const OptimizerOptions& options)
    : beta1_(options.beta1.value()),
      beta2_(options.beta2.value()),
      eps_(options.eps),
      correction_v_(options.bias_correction_v),
      groups_(group_params(params, groups(options))),
      dtype_(params.dtype()),
      z_(params.make_companion()),
      v_(params.make_companion()),
      y_(params.make_companion()),
      lr_square_sum_(1) {}

void ScheduleFreeAdamW::step(ParamList& params, const StepContext& context,
                             kernels::Kernels& kernels, StepReport& report) {
  const StepScope scope{params, context, kernels, report};
  double& sum = lr_square_sum_[0];
  if (sum == 0) copy(z_.flat(dtype_), params.weights());  // x = y = z until something moves
  const double square = context.lr * context.lr;
  sum += square;
  kernels::ScheduleFreeStep step{
      .grad_scale = context.grad_scale,
      .beta1 = beta1_,
      .beta2 = beta2_,
      .correction2 = 1 / correction_factor(correction_v_, beta2_, scope.t()),
      .eps = eps_,
      .k = sum > 0 ? square / sum : 1};
  COLDSTART_CHECK(context.row_scale.empty(), "schedule-free takes factors of parameters only");
  for (size_t i = 0; i < params.size(); ++i) {
    ParamReport& its = report[i];
    its = {};
    its.factor = scope.param_scale(i);
    its.step_size = scope.lr(i) * its.factor;
    step.lr = its.step_size;
    // z moves by lr (factor u + decay y): the factor stays off the decay.
    step.weight_decay =
        its.factor > 0 ? groups_[i].weight_decay * scope.decay_factor(i) / its.factor : 0;
    kernels.schedule_free_update(params[i].weight, params.slice(z_, params[i]),
                                 params.slice(v_, params[i]), params[i].grad, step, report.rows(i));
  }
}

void ScheduleFreeAdamW::enter_evaluation(ParamList& params, kernels::Kernels& /*kernels*/) {
  const Tensor w = params.weights(), y = y_.flat(dtype_), z = z_.flat(dtype_);
  copy(y, w);
  if (lr_square_sum_[0] == 0) return;
  if (dtype_ == DType::f32) {
    write_average<float>(w.span<float>(), y.span<float>(), z.span<float>(), beta1_);
  } else {
    write_average<double>(w.span<double>(), y.span<double>(), z.span<double>(), beta1_);
  }
}

void ScheduleFreeAdamW::leave_evaluation(ParamList& params, kernels::Kernels& /*kernels*/) {
  copy(params.weights(), y_.flat(dtype_));
}

std::vector<NamedTensor> ScheduleFreeAdamW::states() {
  return {{"z", z_.flat(dtype_)},
          {"v", v_.flat(dtype_)},
          {"y", y_.flat(dtype_)},
          {"lr_square_sum", Tensor(lr_square_sum_.data(), DType::f64, {1}),
           NamedTensor::Layout::whole}};
}

}  // namespace coldstart::optim
