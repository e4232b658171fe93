// Sampler: which values the points of a study have. Point i is a function of the specification and
// i alone: any order, any machine, and a longer study begins with the points of a shorter one; so
// the next point of a study is always that after its highest trial (playbook QR-01, QR-03, DS-08).
// Tests: tests/study/sampler_test.cpp, tests/study/halton_test.cpp.
#pragma once

#include <cstdint>
#include <memory>

#include "coldstart/plan/trial.h"
#include "coldstart/study/spec.h"

namespace coldstart::study {

class Sampler {
 public:
  virtual ~Sampler() = default;
  // Values of the hyperparameters that exist at point i, fixed ones included; 0 <= i < size().
  virtual Values point(int64_t i) const = 0;
  virtual int64_t size() const = 0;
};

plan::Sampling sampling_of(SamplerKind kind);  // as the planner calls it

// The spec must outlive the sampler.
std::unique_ptr<Sampler> make_sampler(const Spec& spec);

std::unique_ptr<Sampler> make_halton(const Spec& spec);
std::unique_ptr<Sampler> make_random(const Spec& spec);
std::unique_ptr<Sampler> make_grid(const Spec& spec);
std::unique_ptr<Sampler> make_list(const Spec& spec);

// The values of a point of the unit cube, one coordinate an axis; also those of axes that are fixed
// or do not exist at this point, which are not used.
Values values_of(const Spec& spec, const std::vector<double>& u);

}  // namespace coldstart::study
