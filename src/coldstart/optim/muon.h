// Muon (Jordan et al. 2024) with the scale of Liu et al., "Muon is Scalable for LLM Training"
// (2025):
//
//   M = b M + (1-b) g;   c = M, with Nesterov b M + (1-b) g;   O = Newton-Schulz(c)
//   w = w - lr decay w - lr 0.2 sqrt(max(rows, cols)) O
//
// for hidden matrices; embeddings, the output head and vectors follow AdamW with its own betas. The
// scale gives an update whose root mean square is about 0.2, that of AdamW in equilibrium, so both
// parts share one rate. A momentum of zeros, or one that is not finite, leaves the matrix as it is
// and counts its rows. hyperball: MuonH (sphere.h). Test: tests/optim/muon_test.cpp.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "coldstart/optim/adam_moments.h"
#include "coldstart/optim/newton_schulz.h"
#include "coldstart/optim/rotation_options.h"

namespace coldstart::optim {

class Muon : public Optimizer {
 public:
  static constexpr double kScale = 0.2;

  Muon(const ParamList& params, const OptimizerOptions& options);

  std::string_view name() const override { return "muon"; }
  void step(ParamList& params, const StepContext& context, kernels::Kernels& kernels,
            StepReport& report) override;
  std::vector<NamedTensor> states() override;

  static GroupRules groups(const OptimizerOptions& options);
  static bool orthogonalizes(Role role, bool is_matrix);
  static int64_t scratch_bytes(std::span<const ParamSpec> specs, DType dtype);

 private:
  struct Largest {  // of the matrices that are orthogonalised
    int64_t size = 0, side = 0, rows = 0;
    void include(int64_t its_rows, int64_t cols);
  };
  static Largest largest_of(const ParamList& params);
  void orthogonal_step(const StepScope& step, size_t i);
  void move(const StepScope& step, size_t i, const ParamGroup& group,
            const kernels::UpdateTensors& tensors, const kernels::Direction& direction,
            double scale);

  MomentumForm form_;
  std::vector<ParamGroup> groups_;
  AdamMoments moments_;  // m is the momentum of the hidden matrices, too
  Largest largest_;
  Arena direction_;
  std::vector<kernels::UpdateSums> momentum_sums_;
  NewtonSchulz newton_schulz_;
  std::optional<Sphere> sphere_;  // with hyperball
};

}  // namespace coldstart::optim
