// The sampler `halton`: the default (playbook QR-01, QR-04). A dimension for each hyperparameter
// that varies, so that a fixed one wastes none of the small primes. Test:
// tests/study/sampler_test.cpp.
#include "coldstart/core/error.h"
#include "coldstart/study/halton.h"
#include "coldstart/study/sampler.h"
#include "coldstart/study/space_of.h"

namespace coldstart::study {

namespace {

class HaltonSampler : public Sampler {
 public:
  explicit HaltonSampler(const Spec& spec) : spec_(spec) {
    for (const Axis& axis : spec.space) dimensions_ += is_varied(axis);
    if (dimensions_ > kMaxDimensions)
      throw ConfigError(
          "space",
          fmt::format("{} hyperparameters vary; got more than {}", dimensions_, kMaxDimensions),
          "fix some of them, or use the sampler random");
  }

  Values point(int64_t i) const override {
    const auto drawn = halton_point(spec_.sampler_seed, i, dimensions_);
    std::vector<double> u;
    size_t next = 0;
    for (const Axis& axis : spec_.space) u.push_back(is_varied(axis) ? drawn[next++] : 0);
    return values_of(spec_, u);
  }
  int64_t size() const override { return spec_.points; }

 private:
  const Spec& spec_;
  int64_t dimensions_ = 0;
};

}  // namespace

std::unique_ptr<Sampler> make_halton(const Spec& spec) {
  return std::make_unique<HaltonSampler>(spec);
}

}  // namespace coldstart::study
