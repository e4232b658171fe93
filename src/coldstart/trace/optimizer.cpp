#include "coldstart/trace/optimizer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <list>
#include <map>
#include <set>

#include "coldstart/core/files.h"
#include "coldstart/core/text.h"
#include "coldstart/io/safetensors.h"
#include "coldstart/optim/registry.h"
#include "coldstart/trace/layout.h"
#include "coldstart/train/angle_replay.h"

namespace coldstart::trace {

namespace {

std::vector<double> read_numbers(const io::SafetensorsReader& file,
                                 const io::StoredTensor& stored) {
  std::vector<double> numbers(static_cast<size_t>(stored.size()));
  file.read(stored, Tensor(numbers.data(), DType::f64, {stored.size()}));
  return numbers;
}

struct Steps {
  int64_t first = 0, count = 0;
};

// The steps that the names of G count, the same for every tensor of W.
Steps steps_of(const io::SafetensorsReader& gradients, const std::string& source,
               const TraceLayout& layout) {
  std::map<std::string, std::set<int64_t>> steps;
  std::vector<std::string> names;
  for (const TraceTensor& tensor : layout.tensors) {
    steps[tensor.name] = {};
    names.push_back(tensor.name);
  }
  for (const io::StoredTensor& stored : gradients.tensors()) {
    const size_t dot = stored.name.rfind('.');
    const auto step =
        dot == std::string::npos ? std::nullopt : parse_int(stored.name.substr(dot + 1));
    const auto found = steps.find(stored.name.substr(0, dot));
    if (!step || found == steps.end()) {
      const std::string nearest = nearest_name(stored.name.substr(0, dot), names);
      throw DataError(
          source,
          fmt::format("'{}' is not the gradient of a weight at a step, <name>.<step>", stored.name),
          nearest.empty() ? fmt::format("the weights are {}", fmt::join(names, ", "))
                          : fmt::format("did you mean '{}.<step>'?", nearest));
    }
    found->second.insert(step.value_or(0));  // GCC 12 warns at *step
  }
  const std::set<int64_t>& all = steps.begin()->second;
  if (all.empty())
    throw DataError(source, fmt::format("there is no gradient of {}", steps.begin()->first),
                    "G holds <name>.<step> for every tensor of W");
  const Steps result{*all.begin(), std::ssize(all)};
  const bool whole =
      result.first >= 0 && result.first <= 1 && *all.rbegin() - result.first + 1 == result.count;
  if (!whole)
    throw DataError(
        source,
        fmt::format("the steps of {} have a gap, or do not start at 0 or 1", steps.begin()->first),
        "number the steps 0, 1, 2, ...");
  for (const auto& [name, its] : steps) {
    if (its == all) continue;
    throw DataError(source,
                    fmt::format("{} has {} gradients, {} has {}", name, its.size(),
                                steps.begin()->first, all.size()),
                    "every tensor needs a gradient at every step");
  }
  return result;
}

void load_gradients(const io::SafetensorsReader& gradients, const std::string& source,
                    const TraceLayout& layout, int64_t step, ParamList& params) {
  for (const TraceTensor& tensor : layout.tensors) {
    const io::StoredTensor& stored = gradients.named(fmt::format("{}.{}", tensor.name, step));
    if (stored.shape != tensor.shape) {
      throw DataError(
          source,
          fmt::format("the gradient {} has shape ({}), expected ({}) as its weight", stored.name,
                      fmt::join(stored.shape, ", "), fmt::join(tensor.shape, ", ")),
          "");
    }
    take_from_file(tensor, read_numbers(gradients, stored), params, TraceSide::gradients);
  }
}

// Everything that goes into the file, until it is written.
class Output {
 public:
  explicit Output(DType dtype) : dtype_(dtype) {}

  void add_weights(const TraceLayout& layout, const ParamList& params, int64_t step) {
    for (const TraceTensor& tensor : layout.tensors) {
      const std::vector<double> numbers = as_in_file(tensor, params, TraceSide::weights);
      Arena& memory = memory_.emplace_back(std::ssize(numbers) * dtype_size(dtype_));
      const Tensor flat = memory.allocate(dtype_, {std::ssize(numbers)});
      for (size_t i = 0; i < numbers.size(); ++i) {
        if (dtype_ == DType::f32) {
          flat.f32()[i] = static_cast<float>(numbers[i]);
        } else {
          flat.data<double>()[i] = numbers[i];
        }
      }
      writer_.add(fmt::format("{}.{}", tensor.name, step),
                  Tensor(flat.raw(), dtype_, std::span(tensor.shape)));
    }
  }

  void add_scalar(const std::string& name, double value) { scalars_[name].push_back(value); }

  void add_report(const std::string& name, const optim::ParamReport& claims,
                  const kernels::UpdateSums& sums) {
    const double cross = sums.weight_sq * sums.delta_sq - sums.weight_delta * sums.weight_delta;
    add_scalar("update_norm/" + name, std::sqrt(sums.delta_sq));
    add_scalar("weight_norm/" + name, std::sqrt(sums.weight_sq));
    add_scalar("grad_norm/" + name, std::sqrt(sums.grad_sq));
    add_scalar("angular_update/" + name,
               std::atan2(std::sqrt(std::max(0.0, cross)), sums.weight_sq + sums.weight_delta));
    add_scalar("angle/" + name, claims.angle);
    add_scalar("step_size/" + name, claims.step_size);
    add_scalar("factor/" + name, claims.factor);
    add_scalar("unchanged_rows/" + name, static_cast<double>(claims.unchanged_rows));
  }

  void write(const std::filesystem::path& path, const io::Metadata& metadata) {
    for (auto& [name, values] : scalars_)
      writer_.add(name, Tensor(values.data(), DType::f64, {std::ssize(values)}));
    writer_.set_metadata(metadata);
    writer_.write(path);
  }

 private:
  DType dtype_;
  std::list<Arena> memory_;
  std::map<std::string, std::vector<double>> scalars_;
  io::SafetensorsWriter writer_;
};

schedule::Schedule schedule_over(const TraceOptimizerRequest& request,
                                 const optim::OptimizerOptions& options, int64_t steps) {
  const schedule::Schedule made =
      schedule::make_schedule(request.schedule, {.steps = steps,
                                                 .base = options.lr,
                                                 .beta2 = optim::second_moment_decay(options),
                                                 .weight_decay = options.weight_decay.value_or(0)});
  if (made.total() == steps) return made;
  throw ConfigError(
      "schedule.warmup_mode",
      fmt::format("a prepended warmup makes {} steps of {} gradients", made.total(), steps),
      "set warmup_mode = inside");
}

}  // namespace

FieldList TraceOptimizerRequest::fields() {
  FieldList list;
  list.add("optimizer", optimizer);
  list.add("schedule", schedule);
  return list;
}

TraceOptimizerResult trace_optimizer(const TraceOptimizerRequest& request) {
  const optim::OptimizerOptions options = optim::resolve_options(request.optimizer).options;
  const io::SafetensorsReader weights(request.weights), gradients(request.gradients);
  const std::string gradients_name = request.gradients.string();
  const RoleMap roles = request.roles.empty()
                            ? RoleMap()
                            : read_roles(read_file(request.roles), request.roles.string());
  const TraceLayout layout = lay_out_trace(weights, request.weights.string(), roles);
  const Steps steps = steps_of(gradients, gradients_name, layout);
  const schedule::Schedule schedule = schedule_over(request, options, steps.count);

  const train::AngleReplay replay =
      options.rotation_replay.empty()
          ? train::AngleReplay()
          : train::read_angle_replay(options.rotation_replay, layout.specs,
                                     optim::group_rules(options), 1, steps.count);

  const auto kernels =
      layout.dtype == DType::f64 ? kernels::make_reference_kernels() : kernels::make_cpu_kernels();
  ParamList params(layout.specs, layout.dtype);
  for (const TraceTensor& tensor : layout.tensors)
    take_from_file(tensor, read_numbers(weights, weights.named(tensor.name)), params,
                   TraceSide::weights);
  const auto optimizer = optim::make_optimizer(params, options);
  optim::StepReport report(params);
  Output output(layout.dtype);
  for (int64_t it = 0; it < steps.count; ++it) {
    load_gradients(gradients, gradients_name, layout, steps.first + it, params);
    const double lr = schedule.lr(it);
    optimizer->step(params,
                    {.step = it,
                     .lr = lr,
                     .peak_lr = schedule.base,
                     .angles = replay.at(replay.first_step + it)},
                    *kernels, report);
    output.add_weights(layout, params, steps.first + it);
    output.add_scalar("lr", lr);
    for (size_t i = 0; i < params.size(); ++i)
      output.add_report(params[i].name, report[i], report.total(i));
  }
  TraceOptimizerResult result{
      .steps = steps.count,
      .tensors = layout.tensors.size(),
      .optimizer = optim::describe(options),
      .kernels = kernels->name(),
      .groups = optim::describe_groups(layout.specs, optim::group_rules(options))};
  output.write(request.out, {{"kernels", result.kernels}, {"optimizer", result.optimizer}});
  return result;
}

}  // namespace coldstart::trace
