#include "coldstart/optim/sign_momentum.h"

namespace coldstart::optim {

SignMomentum::SignMomentum(const ParamList& params, const MomentumForm& form, bool cautious)
    : form_(form), cautious_(cautious), dtype_(params.dtype()), m_(params.make_companion()) {}

kernels::Direction SignMomentum::direction(const StepScope& step) const {
  kernels::Direction direction{.kind = kernels::DirectionKind::sign,
                               .grad_scale = step.context.grad_scale,
                               .cautious = cautious_};
  form_.apply_to(direction);
  return direction;
}

kernels::UpdateTensors SignMomentum::tensors(const ParamList& params, size_t i) const {
  const Param& param = params[i];
  return {.w = param.weight, .g = param.grad, .m = params.slice(m_, param)};
}

std::vector<NamedTensor> SignMomentum::states() { return {{"m", m_.flat(dtype_)}}; }

}  // namespace coldstart::optim
