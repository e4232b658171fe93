// dead_relu: share of the hidden units of an MLP that are off at every position of the probe. A
// ReLU is dead when its output is 0 everywhere; a leaky ReLU when its input is never positive.
// Large early updates push units there, from where no gradient brings them back (Kosson et al.
// 2024, appendix A).
// dead_relu.near_zero, for GELU and SwiGLU, which have no such edge: share of the units whose
// output stays below 1e-3 in size everywhere.
//
// A unit is a row of mlp.in, and it is named so. The probe has at least metrics.probe_tokens
// positions, if the validation data has. Of a role or the model: the mean over its layers.
// Test: tests/metrics/dead_relu_test.cpp.
#include <cmath>

#include "coldstart/core/parallel.h"
#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/probe.h"

namespace coldstart::metrics {

namespace {

constexpr double kNearZero = 1e-3;
constexpr int64_t kUnitsAtOnce = 16;

// What a unit has done so far at any position.
struct Unit {
  bool positive = false, large = false;
};

void look_at(Tensor hidden, std::vector<Unit>& units) {
  const int64_t N = hidden.rows(), F = hidden.cols();
  units.resize(static_cast<size_t>(F));
  parallel_for(F, kUnitsAtOnce, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t n = 0; n < N; ++n) {
      for (int64_t f = begin; f < end; ++f) {
        const double value = hidden.at(n * F + f);
        Unit& unit = units[static_cast<size_t>(f)];
        unit.positive = unit.positive || value > 0;
        unit.large = unit.large || std::abs(value) >= kNearZero;
      }
    }
  });
}

class DeadRelu : public Metric {
 public:
  DeadRelu(const Layout& layout, const Probe& probe) : layout_(layout), probe_(probe) {}

  void observe(const ModelView& view, MetricSink& sink) override {
    const size_t params = layout_.params.size();
    units_.assign(params, {});
    for (int64_t batch = 0; batch < probe_.batches(); ++batch) {
      view.model.forward(view.kernels, probe_.batch(batch));
      view.model.visit_linears(view.kernels, [&](const model::LinearSite& site) {
        if (layout_.params[site.first_param].role == Role::mlp_out)
          look_at(site.input, units_[site.first_param]);
      });
    }
    dead_.assign(params, std::nullopt);
    near_zero_.assign(params, std::nullopt);
    const model::Mlp mlp = view.model.config().mlp;
    const bool relu = mlp == model::Mlp::relu || mlp == model::Mlp::leaky_relu;
    for (size_t out = 0; out < params; ++out) {
      if (units_[out].empty()) continue;
      double dead = 0, near_zero = 0;
      for (const Unit& unit : units_[out]) {
        dead += unit.positive ? 0 : 1;
        near_zero += unit.large ? 0 : 1;
      }
      const size_t in = input_projection(layout_.params[out].layer);
      const auto units = static_cast<double>(units_[out].size());
      if (relu) {
        dead_[in] = dead / units;
      } else {
        near_zero_[in] = near_zero / units;
      }
    }
    sink.put_tensors("", dead_, Combine::mean);
    sink.put_tensors(".near_zero", near_zero_, Combine::mean);
  }

 private:
  size_t input_projection(int layer) const {
    for (size_t i = 0; i < layout_.params.size(); ++i) {
      if (layout_.params[i].role == Role::mlp_in && layout_.params[i].layer == layer) return i;
    }
    COLDSTART_CHECK(false, "layer {} has no MLP", layer);
  }

  const Layout& layout_;
  const Probe& probe_;
  std::vector<std::vector<Unit>> units_;  // by the parameter that reads them
  std::vector<std::optional<double>> dead_, near_zero_;
};

}  // namespace

MetricInfo dead_relu_metric() {
  return {
      .name = "dead_relu",
      .meaning = "share of MLP units that are off at every position of a held-out probe",
      .cost = "a forward pass over the probe (metrics.probe_tokens)",
      .observes_model = true,
      .parts = {{"", "share of units never above zero; relu and leaky_relu only"},
                {".near_zero", "share of units never above 0.001 in size; gelu and swiglu only"}},
      .make = [](const MetricSetup& setup) {
        return std::make_unique<DeadRelu>(setup.layout, *setup.probe);
      }};
}

}  // namespace coldstart::metrics
