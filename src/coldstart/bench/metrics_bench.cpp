#include "coldstart/bench/metrics_bench.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "coldstart/bench/training_steps.h"
#include "coldstart/core/clock.h"
#include "coldstart/core/parallel.h"
#include "coldstart/core/quantile.h"
#include "coldstart/core/random.h"
#include "coldstart/metrics/metric_set.h"
#include "coldstart/metrics/metrics_page.h"
#include "coldstart/metrics/registry.h"
#include "coldstart/train/records.h"

namespace coldstart::bench {

namespace {

constexpr int64_t kFewestSteps = 50;
constexpr int64_t kMicroBatches = 2;

double usual_of(const std::vector<double>& values) {
  return values.empty() ? 0 : upper_median(values);
}

double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

template <class Job>
double seconds_of(Job job) {
  const double start_s = now_s();
  job();
  return now_s() - start_s;
}

metrics::Probe random_probe(const MetricsBenchOptions& options) {
  const int64_t T = options.training.model.T, B = options.training.B;
  const int64_t sequences = std::max(B, options.metrics.probe_tokens / T);
  metrics::Probe probe{.sequence = {T, T}, .batch_sequences = B};
  const Rng rng(options.training.seed, Stream::probe, 0);
  const auto V = static_cast<uint64_t>(options.training.model.V);
  for (int64_t i = 0; i < sequences * T; ++i) {
    const auto k = static_cast<uint64_t>(2 * i);
    probe.tokens.push_back(static_cast<int32_t>(rng.below(k, V)));
    probe.targets.push_back(static_cast<int32_t>(rng.below(k + 1, V)));
  }
  return probe;
}

// One set of measures and the seconds that each step of it took.
struct Watcher {
  std::unique_ptr<metrics::MetricSet> set;
  bool watches_micro_batches = false;
  int64_t every = 1;
  double begun_s = 0;  // before the update of this step
  std::vector<double> seconds = {};
};

class Bench {
 public:
  Bench(const MetricsBenchOptions& options, kernels::Kernels& kernels)
      : options_(options),
        kernels_(kernels),
        steps_(options.training, kernels),
        probe_(random_probe(options)),
        micro_sum_(params().make_companion()),
        estimator_(params(), {.micro_batches = kMicroBatches,
                              .batch = static_cast<double>(options.training.B)}),
        measured_(params()),
        step_count_(std::max(kFewestSteps, options.training.steps)) {}

  MetricsTable run() {
    Watcher run = watcher(options_.metrics.measure, options_.metrics.granularity);
    Watcher early = watcher(options_.metrics.measure, all_levels());
    const std::vector<metrics::MetricInfo> infos = metrics::builtin_metrics();
    std::vector<Watcher> single, usual;
    for (const metrics::MetricInfo& info : infos) {
      const int64_t every = info.costs_nothing ? 1 : step_count_ / options_.costly_looks;
      single.push_back(watcher(info.name + "@1", all_levels(), info.needs_micro_batches, every));
      usual.push_back(
          watcher(info.name + "@1", options_.metrics.granularity, info.needs_micro_batches));
    }
    for (int64_t step = 0; step < options_.training.warmup_steps; ++step) steps_.run();
    std::vector<double> training;
    for (int64_t step = 0; step < step_count_; ++step) {
      double training_s = steps_.take_gradients();
      std::vector<Watcher*> due = {&run, &early};
      for (size_t i = 0; i < infos.size(); ++i) {
        if (infos[i].interval.steps == 1) due.push_back(&usual[i]);
        if (step % single[i].every == 0) due.push_back(&single[i]);
      }
      for (Watcher* watcher : due) before(*watcher);
      training_s += steps_.update();
      training.push_back(training_s);
      sums_s_.push_back(seconds_of([&] { measured_.take(steps_.report(), steps_.clip()); }));
      for (Watcher* watcher : due) after(*watcher);
    }

    MetricsTable table{.kernels = kernels_.name(),
                       .granularity = options_.metrics.granularity,
                       .threads = thread_count()};
    table.training_ms = 1e3 * usual_of(training);
    table.split_ms = split_ms();
    const double sums_ms = 1e3 * mean(sums_s_);
    table.run = cost_of("measure = " + options_.metrics.measure, "as the run takes it", early, run,
                        table.training_ms);
    table.run.step_ms += sums_ms;
    table.run.share = table.run.step_ms / table.training_ms;
    table.early_ms = 1e3 * mean(early.seconds) + sums_ms;
    for (size_t i = 0; i < infos.size(); ++i) {
      MetricCost cost = cost_of(infos[i].name, metrics::interval_text(infos[i]), single[i],
                                usual[i], table.training_ms);
      cost.on_by_default = infos[i].on_by_default;
      if (infos[i].interval.steps == 0) {
        cost.step_ms = cost.measured_ms / static_cast<double>(options_.eval_every);
        cost.share = cost.step_ms / table.training_ms;
      }
      table.rows.push_back(cost);
    }
    return table;
  }

 private:
  static std::string all_levels() { return "model,role,tensor"; }
  const ParamList& params() { return steps_.model().params(); }

  Watcher watcher(const std::string& measure, const std::string& granularity,
                  bool watches_micro_batches = false, int64_t every = 1) {
    metrics::MetricsOptions options = options_.metrics;
    options.measure = measure;
    options.granularity = granularity;
    options.first_steps = 0;
    // AdamW's, whose steps these are.
    const metrics::MetricSources sources{
        .dynamics = metrics::adamw_dynamics(0.1, 0.9, 0.95), .probe = &probe_, .snr = &estimator_};
    return {.set = std::make_unique<metrics::MetricSet>(options, params(), sources),
            .watches_micro_batches = watches_micro_batches,
            .every = every};
  }

  metrics::StepView view() {
    return {.step = steps_.steps(),
            .lr = 1e-3,
            .model = steps_.model(),
            .kernels = kernels_,
            .measured = measured_,
            .report = steps_.report()};
  }

  void before(Watcher& watcher) {
    watcher.begun_s = seconds_of([&] {
      if (watcher.watches_micro_batches) estimate();
      metrics::StepView coming = view();
      ++coming.step;
      watcher.set->before_update(coming, false);
    });
  }

  void after(Watcher& watcher) {
    const double after_s = seconds_of([&] {
      const int64_t step = steps_.steps();
      watcher.set->after_update(view(), false);
      watcher.set->observe({.step = step, .model = steps_.model(), .kernels = kernels_}, false);
      line_ = train::to_record(step, watcher.set->take()).line();
    });
    watcher.seconds.push_back(watcher.begun_s + after_s);
  }

  // What the estimator does in a step; which numbers the gradients hold is no matter.
  void estimate() {
    const Tensor gradient = steps_.model().params().grads();
    for (int64_t k = 0; k < kMicroBatches; ++k)
      estimator_.add_micro(kernels_, gradient, micro_sum_.flat(gradient.dtype()));
    estimator_.finish_step(kernels_, gradient);
  }

  double split_ms() {
    const int64_t B = options_.training.B;
    if (B % kMicroBatches != 0) return 0;
    TrainBenchOptions half = options_.training;
    half.B = B / kMicroBatches;
    TrainingSteps halves(half, kernels_);
    std::vector<double> whole_s, halves_s;
    for (int64_t i = 0; i < options_.training.warmup_steps + options_.costly_looks; ++i) {
      const double one_s = steps_.take_gradients();
      double two_s = seconds_of([&] { kernels_.add(halves.model().params().grads(), sum()); });
      for (int64_t k = 0; k < kMicroBatches; ++k) two_s += halves.take_gradients();
      if (i < options_.training.warmup_steps) continue;
      whole_s.push_back(one_s);
      halves_s.push_back(two_s);
    }
    return 1e3 * (usual_of(halves_s) - usual_of(whole_s));
  }
  Tensor sum() { return micro_sum_.flat(params().dtype()); }

  static MetricCost cost_of(std::string name, std::string interval, const Watcher& all_levels,
                            const Watcher& usual, double training_ms) {
    const double step_ms = 1e3 * mean(usual.seconds);
    return {.metric = std::move(name),
            .interval = std::move(interval),
            .measured_ms = 1e3 * usual_of(all_levels.seconds),
            .step_ms = step_ms,
            .share = step_ms / training_ms};
  }

  const MetricsBenchOptions& options_;
  kernels::Kernels& kernels_;
  TrainingSteps steps_;
  metrics::Probe probe_;
  Arena micro_sum_;
  metrics::SnrEstimator estimator_;
  metrics::StepMeasurements measured_;
  int64_t step_count_;
  std::vector<double> sums_s_;
  std::string line_;
};

}  // namespace

MetricsTable bench_metrics(const MetricsBenchOptions& options, kernels::Kernels& kernels) {
  return Bench(options, kernels).run();
}

std::string to_text(const MetricsTable& t) {
  std::string text =
      fmt::format("{}, {} threads; a training step without measures takes {:.2f} ms\n\n", t.kernels,
                  t.threads, t.training_ms);
  const auto line = [&](const MetricCost& c) {
    text += fmt::format("{:<24}{:<18}{:>14.3f}{:>12.4f}{:>10.3f} %\n", c.metric, c.interval,
                        c.measured_ms, c.step_ms, 100 * c.share);
  };
  text += fmt::format("{:<24}{:<18}{:>14}{:>12}{:>12}\n", "measure", "taken at", "ms a look",
                      "ms a step", "of training");
  for (const MetricCost& cost : t.rows) line(cost);
  text += "\n";
  line(t.run);
  text += fmt::format(
      "  at the levels {}; {:.3f} ms ({:.2f} %) in the first steps, which write every level\n",
      t.granularity, t.early_ms, 100 * t.early_ms / t.training_ms);
  text += fmt::format(
      "snr, critical_batch and rrc.rrc_scaling split a batch that fits into one pass: {:.2f} ms "
      "({:.1f} %) a step more\n",
      t.split_ms, 100 * t.split_ms / t.training_ms);
  return text;
}

std::string to_json(const MetricsTable& t) {
  const auto cost = [](const MetricCost& c) {
    return nlohmann::ordered_json{{"metric", c.metric},
                                  {"interval", c.interval},
                                  {"on_by_default", c.on_by_default},
                                  {"measured_ms", c.measured_ms},
                                  {"step_ms", c.step_ms},
                                  {"share", c.share}};
  };
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const MetricCost& row : t.rows) rows.push_back(cost(row));
  return nlohmann::ordered_json{{"kernels", t.kernels},         {"threads", t.threads},
                                {"granularity", t.granularity}, {"training_ms", t.training_ms},
                                {"split_ms", t.split_ms},       {"early_ms", t.early_ms},
                                {"run", cost(t.run)},           {"rows", rows}}
      .dump();
}

}  // namespace coldstart::bench
