// The sampler `random`: independent uniform points, Philox of (seed, dimension, index).
// Test: tests/study/sampler_test.cpp.
#include "coldstart/core/error.h"
#include "coldstart/core/random.h"
#include "coldstart/study/halton.h"
#include "coldstart/study/sampler.h"

namespace coldstart::study {

namespace {

class RandomSampler : public Sampler {
 public:
  explicit RandomSampler(const Spec& spec) : spec_(spec) {}

  Values point(int64_t i) const override {
    std::vector<double> u;
    for (size_t j = 0; j < spec_.space.size(); ++j)
      u.push_back(Rng(spec_.sampler_seed, kStudyStream, narrow<uint32_t>(j))
                      .uniform(static_cast<uint64_t>(i)));
    return values_of(spec_, u);
  }
  int64_t size() const override { return spec_.points; }

 private:
  const Spec& spec_;
};

}  // namespace

std::unique_ptr<Sampler> make_random(const Spec& spec) {
  return std::make_unique<RandomSampler>(spec);
}

}  // namespace coldstart::study
