// The sampler `list`: the points that the specification lists as [[trial]].
// Test: tests/study/sampler_test.cpp.
#include "coldstart/study/sampler.h"

namespace coldstart::study {

namespace {

class ListSampler : public Sampler {
 public:
  explicit ListSampler(const Spec& spec) : spec_(spec) {}
  Values point(int64_t i) const override { return spec_.list.at(static_cast<size_t>(i)); }
  int64_t size() const override { return std::ssize(spec_.list); }

 private:
  const Spec& spec_;
};

}  // namespace

std::unique_ptr<Sampler> make_list(const Spec& spec) { return std::make_unique<ListSampler>(spec); }

}  // namespace coldstart::study
