// dead_relu: share of the hidden units of an MLP that are off at every position of the probe. A
// ReLU is dead when its output is 0 everywhere; a leaky ReLU when its input is never positive.
// Large early updates push units there, from where no gradient brings them back (Kosson et al.
// 2024, appendix A).
// dead_relu.near_zero, for GELU and SwiGLU, which have no such edge: share of the units whose
// output stays below 1e-3 in size everywhere.
//
// A layer whose share of dead units has grown by kGrowth since it was first seen, or since the last
// warning, is named in a warning: such units rarely come back.
//
// A unit is a row of mlp.in, and it is named so. The probe has at least metrics.probe_tokens
// positions, if the validation data has. Of a role or the model: the mean over its layers.
// Test: tests/metrics/dead_relu_test.cpp.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "coldstart/core/parallel.h"
#include "coldstart/metrics/formulas.h"
#include "coldstart/metrics/probe.h"

namespace coldstart::metrics {

namespace {

constexpr double kNearZero = 1e-3;
constexpr double kGrowth = 0.05;  // of the units of a layer
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
  DeadRelu(const Layout& layout, const Probe& probe)
      : layout_(layout),
        probe_(probe),
        known_(layout.params.size(), std::numeric_limits<double>::quiet_NaN()) {}

  void observe(const ModelView& view, MetricSink& sink) override {
    const size_t params = layout_.params.size();
    units_.assign(params, {});
    dead_.assign(params, std::nullopt);
    near_zero_.assign(params, std::nullopt);
    std::vector<bool> relu(params);
    for (int64_t batch = 0; batch < probe_.batches(); ++batch) {
      view.model.forward(view.kernels, probe_.batch(batch));
      view.model.visit_linears(view.kernels, [&](const model::LinearSite& site) {
        if (!site.units) return;
        look_at(site.input, units_[*site.units]);
        relu[*site.units] = site.activation == kernels::Activation::relu ||
                            site.activation == kernels::Activation::leaky_relu;
      });
    }
    for (size_t i = 0; i < params; ++i) {
      if (units_[i].empty()) continue;
      double dead = 0, near_zero = 0;
      for (const Unit& unit : units_[i]) {
        dead += unit.positive ? 0 : 1;
        near_zero += unit.large ? 0 : 1;
      }
      const double share = (relu[i] ? dead : near_zero) / static_cast<double>(units_[i].size());
      (relu[i] ? dead_ : near_zero_)[i] = share;
      if (relu[i]) watch(i, share, sink);
    }
    sink.put_tensors("", dead_, Combine::mean);
    sink.put_tensors(".near_zero", near_zero_, Combine::mean);
  }

  std::vector<MetricState> states() override {
    return {{"known", Tensor(known_.data(), DType::f64, {std::ssize(known_)})}};
  }

 private:
  void watch(size_t unit_rows, double share, MetricSink& sink) {
    double& known = known_[unit_rows];
    const Param& param = layout_.params[unit_rows];
    if (share >= known + kGrowth) {
      sink.warn(fmt::format(
          "layer {}: {:.0f}% of its {} units are dead (off at every one of {} "
          "probe positions), {:.0f}% before; large updates do that, a lower "
          "rate, leaky_relu or clip.rule = update avoids it",
          param.layer, 100 * share, param.rows(), std::ssize(probe_.tokens), 100 * known));
    }
    if (!(share < known + kGrowth)) known = share;  // the first time too: it is NaN
  }

  const Layout& layout_;
  const Probe& probe_;
  std::vector<std::vector<Unit>> units_;  // by the parameter whose rows they are
  std::vector<std::optional<double>> dead_, near_zero_;
  std::vector<double> known_;  // share that a warning has to exceed; by parameter, NaN: none yet
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
