#include "coldstart/metrics/sums_metric.h"

namespace coldstart::metrics {

namespace {

class SumsMetric : public Metric {
 public:
  explicit SumsMetric(std::vector<SumsPart> parts) : parts_(std::move(parts)) {}

  void after_update(const StepView& view, MetricSink& sink) override {
    for (const SumsPart& part : parts_) {
      if (part.of_group == OfGroup::sums) {
        put_groups(part, view.measured, sink);
      } else {
        put_combined(part, view.measured, sink);
      }
      if (sink.wants(Level::rows)) put_rows(part, view.measured, sink);
    }
  }

 private:
  static void put_groups(const SumsPart& part, const StepMeasurements& measured, MetricSink& sink) {
    const Layout& layout = sink.layout();
    const auto put = [&](const Group& group) {
      sink.put(part.suffix, group.where, part.formula(measured.group(group)));
    };
    if (sink.wants(Level::model)) put(layout.model);
    if (sink.wants(Level::role)) {
      for (const Group& role : layout.roles) put(role);
    }
    if (!sink.wants(Level::tensor)) return;
    for (size_t i = 0; i < layout.params.size(); ++i)
      sink.put(part.suffix, layout.params[i].name, part.formula(measured.tensor(i)));
  }

  void put_combined(const SumsPart& part, const StepMeasurements& measured, MetricSink& sink) {
    const ParamList& params = sink.layout().params;
    values_.assign(params.size(), std::nullopt);
    for (size_t i = 0; i < params.size(); ++i) {
      if (params[i].is_matrix() || part.of_group != OfGroup::rms_of_matrices)
        values_[i] = part.formula(measured.tensor(i));
    }
    sink.put_tensors(part.suffix, values_,
                     part.of_group == OfGroup::mean_of_tensors ? Combine::mean : Combine::rms);
  }

  void put_rows(const SumsPart& part, const StepMeasurements& measured, MetricSink& sink) {
    const Layout& layout = sink.layout();
    for (size_t i = 0; i < layout.params.size(); ++i) {
      values_.clear();
      for (const int64_t row : layout.rows[i])
        values_.push_back(part.formula(measured.row(i, row)));
      sink.put_rows(part.suffix, i, values_);
    }
  }

  std::vector<SumsPart> parts_;
  std::vector<std::optional<double>> values_;
};

}  // namespace

MetricInfo sums_metric(std::string name, std::string meaning, std::vector<SumsPart> parts) {
  MetricInfo info{.name = std::move(name),
                  .meaning = std::move(meaning),
                  .cost = "none: from the update's own pass",
                  .on_by_default = true,
                  .costs_nothing = true,
                  .interval = {.steps = 1}};
  for (const SumsPart& part : parts) info.parts.push_back({part.suffix, part.meaning});
  info.make = [parts = std::move(parts)](const MetricSetup&) {
    return std::make_unique<SumsMetric>(parts);
  };
  return info;
}

MetricInfo sums_metric(std::string name, std::string meaning, Formula formula, OfGroup of_group) {
  std::string part = meaning;
  return sums_metric(std::move(name), std::move(meaning),
                     {{"", std::move(part), std::move(formula), of_group}});
}

}  // namespace coldstart::metrics
