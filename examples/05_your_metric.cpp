// A measure of one's own, a class of twenty lines: by how much the largest neuron of a matrix
// exceeds the usual one. Once registered it is a name like any other: a run records it at the
// levels that are asked for.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "coldstart/metrics/registry.h"
#include "coldstart/train/run.h"

using namespace coldstart;

class LargestRow : public metrics::Metric {
 public:
  void after_update(const metrics::StepView& view, metrics::MetricSink& sink) override {
    const ParamList& params = sink.layout().params;
    std::vector<std::optional<double>> values(params.size());  // missing where there is none
    for (const size_t i : sink.layout().matrices.params) {
      double largest = 0;
      for (int64_t row = 0; row < params[i].rows(); ++row)  // squared norms: the update's own sums
        largest = std::max(largest, view.measured.row(i, row).sums.weight_sq);
      const double mean = view.measured.tensor(i).sums.weight_sq / double(params[i].rows());
      if (mean > 0) values[i] = std::sqrt(largest / mean);
    }
    sink.put_tensors("", values,
                     metrics::Combine::mean);  // a role, the model: mean of its matrices
  }
};

class Printer : public train::RunObserver {
  void on_metrics(const io::JsonRecord& record) override {
    if (const auto value = record.number("largest_row/role/mlp_in"))
      fmt::print("step {:>3}  {:.3f}\n", record.integer("step").value_or(0), last_ = *value);
  }

 public:
  double last_ = 0;
};

int main() {
  metrics::register_metric(
      {.name = "largest_row",
       .meaning = "norm of the largest row over the rms of all",
       .cost = "none: from the update's own pass",
       .interval = {.steps = 20},
       .make = [](const metrics::MetricSetup&) { return std::make_unique<LargestRow>(); }});
  const auto place =
      std::filesystem::temp_directory_path() / fmt::format("coldstart-example-{}", getpid());
  train::RunRequest request;
  request.config.model = {.layers = 2, .width = 64, .heads = 2, .context = 64};
  request.config.data.path = "builtin:stories";
  request.config.metrics.measure = "default,largest_row";
  request.config.train.steps = 100;
  request.config.train.batch_tokens = 1024;
  request.config.train.out = (place / "run").string();
  Printer printer;
  const auto kernels = kernels::make_cpu_kernels();
  train::run_training(request, *kernels, printer);
  std::filesystem::remove_all(place);
  return printer.last_ >= 1 ? 0 : 1;  // a maximum is no less than a mean
}
