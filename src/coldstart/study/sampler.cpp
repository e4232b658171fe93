#include "coldstart/study/sampler.h"

#include "coldstart/core/error.h"
#include "coldstart/study/axis_values.h"

namespace coldstart::study {

plan::Sampling sampling_of(SamplerKind kind) {
  switch (kind) {
    case SamplerKind::halton:
      return plan::Sampling::quasi_random;
    case SamplerKind::random:
      return plan::Sampling::random;
    case SamplerKind::grid:
      return plan::Sampling::grid;
    case SamplerKind::list:
      break;
  }
  return plan::Sampling::manual;
}

std::unique_ptr<Sampler> make_sampler(const Spec& spec) {
  switch (spec.sampler) {
    case SamplerKind::halton:
      return make_halton(spec);
    case SamplerKind::random:
      return make_random(spec);
    case SamplerKind::grid:
      return make_grid(spec);
    case SamplerKind::list:
      return make_list(spec);
  }
  COLDSTART_CHECK(false, "no such sampler");
}

Values values_of(const Spec& spec, const std::vector<double>& u) {
  Values values;
  for (size_t j = 0; j < spec.space.size(); ++j) {
    const Axis& axis = spec.space[j];
    if (is_active(axis.param, values)) values[axis.param.name] = value_at(axis, u[j]);
  }
  return values;
}

}  // namespace coldstart::study
