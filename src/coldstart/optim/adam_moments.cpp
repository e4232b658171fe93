#include "coldstart/optim/adam_moments.h"

#include <cmath>

#include "coldstart/core/random.h"

namespace coldstart::optim {

namespace {

// Fixed, so that v_0 does not change between the runs of a comparison.
constexpr uint64_t kSeed = 0;

}  // namespace

AdamMoments::AdamMoments(const ParamList& params, const OptimizerOptions& options)
    : beta1_(options.beta1.value()),
      beta2_(options.beta2.value()),
      eps_(options.eps),
      correction_m_(options.bias_correction_m),
      correction_v_(options.bias_correction_v),
      v_init_(options.v_init),
      v_init_scale_(options.v_init_scale),
      dtype_(params.dtype()),
      m_(params.make_companion()),
      v_(params.make_companion()) {}

kernels::UpdateTensors AdamMoments::tensors(const ParamList& params, size_t i, bool with_v) const {
  const Param& param = params[i];
  return {.w = param.weight,
          .g = param.grad,
          .m = params.slice(m_, param),
          .v = with_v ? params.slice(v_, param) : Tensor()};
}

kernels::Direction AdamMoments::direction(const StepScope& step) const {
  kernels::Direction direction{
      .kind = kernels::DirectionKind::adam,
      .grad_scale = step.context.grad_scale,
      .beta2 = beta2_,
      .correction2 = 1 / correction_factor(correction_v_, beta2_, step.t()),
      .eps = eps_};
  ema(beta1_).apply_to(direction);
  const double correction = correction_factor(correction_m_, beta1_, step.t());
  direction.mix_m *= correction;
  direction.mix_g *= correction;
  return direction;
}

void AdamMoments::begin(const StepScope& step) {
  if (step.context.step > 0 || v_init_ == VInit::zero) return;
  if (v_init_ == VInit::random) return draw_v(step.params);
  for (size_t i = 0; i < step.params.size(); ++i) {
    update_v_only(step, i, 0);
    step.kernels.scale(step.params.slice(v_, step.params[i]), v_init_scale_);
  }
}

void AdamMoments::update_v_only(const StepScope& step, size_t i, double beta2) const {
  // m stays (keep 1, add 0), c = 0 and so u = 0: only v is left to change.
  const kernels::Direction direction{.kind = kernels::DirectionKind::adam,
                                     .grad_scale = step.context.grad_scale,
                                     .keep = 1,
                                     .add = 0,
                                     .mix_m = 0,
                                     .mix_g = 0,
                                     .beta2 = beta2,
                                     .eps = eps_};
  step.kernels.plain_update(tensors(step.params, i), direction, {}, step.report.rows(i));
}

void AdamMoments::draw_v(const ParamList& params) {
  for (size_t i = 0; i < params.size(); ++i) {
    const Param& param = params[i];
    const double scale =
        v_init_scale_ / static_cast<double>((param.is_matrix() ? param.rows() : 0) + param.cols());
    const Rng rng(kSeed, Stream::optimizer, narrow<uint32_t>(i));
    const Tensor v = params.slice(v_, param);
    for (int64_t k = 0; k < v.size(); ++k) {
      const double value = scale * std::pow(rng.normal(static_cast<uint64_t>(k)), 2);
      if (v.dtype() == DType::f32) {
        v.f32()[k] = static_cast<float>(value);
      } else {
        v.data<double>()[k] = value;
      }
    }
  }
}

std::vector<NamedTensor> AdamMoments::states() {
  return {{"m", m_.flat(dtype_)}, {"v", v_.flat(dtype_)}};
}

}  // namespace coldstart::optim
