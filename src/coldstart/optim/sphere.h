// Sphere: what a rotational optimizer keeps of every rotational tensor, and how it turns one.
//
// At the first step rows are centered where wanted and rescaled to the norm they had; that norm, of
// each row or of the whole tensor, is the radius, constant from then on. A step turns the weights
// by about `angle` and puts them back on the sphere (kernels::Rotation). Weight decay has no other
// part in it. With hyperball the step is angle = lr without projection (Wen et al.): W' = R
// normalise(W - lr R normalise(u)). With replayed angles both project: W' is in the plane of W and
// u anyway, where the angle alone says where.
//
// With row gains (row_gain.h) the sphere is that of V in W = gain V; W is what is stored.
// A row of zero norm, or one without a direction, stays where it is and is counted.
// Test: tests/optim/sphere_test.cpp.
#pragma once

#include <span>
#include <vector>

#include "coldstart/optim/apply.h"
#include "coldstart/optim/options.h"
#include "coldstart/optim/row_gain.h"

namespace coldstart::optim {

struct SphereRules {
  Granularity granularity = Granularity::row;
  bool center = false;
  bool project = true;
  double norm_decay = 0;
  double eps = 0;
  bool replay = false;  // angles come with every step
};

inline constexpr SphereRules kHyperball{.granularity = Granularity::tensor, .project = false};

class Sphere {
 public:
  // groups and gains must outlive the sphere; null: no gains.
  Sphere(const ParamList& params, const std::vector<ParamGroup>& groups, const SphereRules& rules,
         RowGain* gains = nullptr);

  // Before the first update: centers and measures.
  void begin(ParamList& params);
  // angle without the factors: of the first steps (f_t), and those of the context.
  void turn(const StepScope& step, size_t i, const kernels::UpdateTensors& tensors,
            const kernels::Direction& direction, double angle, double factor);
  void add_states(std::vector<NamedTensor>& states);

 private:
  std::span<double> rows(std::vector<double>& numbers, size_t i) const;
  std::span<double> slots(std::vector<double>& numbers, size_t i) const;
  void wear_gains(kernels::Rotation& rotation, size_t i);

  const std::vector<ParamGroup>& groups_;
  SphereRules rules_;
  RowGain* gains_;
  std::vector<double> radius_;        // of a row; of a whole tensor in its first row
  std::vector<double> norm_average_;  // s of kernels::Rotation, likewise
  std::vector<double> effective_radius_, signed_scale_;  // of the step at hand, with row gains
  std::vector<size_t> rows_of_;                          // each parameter
};

}  // namespace coldstart::optim
