#include "coldstart/tune/speed.h"

#include <algorithm>
#include <vector>

#include "coldstart/bench/training_steps.h"
#include "coldstart/core/clock.h"
#include "coldstart/model/model_config.h"

namespace coldstart::tune {

namespace {
constexpr size_t kFewestSteps = 3;
}

double training_speed(const train::RunConfig& config, int64_t vocab, kernels::Kernels& kernels,
                      double seconds) {
  const train::ResolvedConfig resolved = train::resolve(config, vocab);
  const model::GptConfig& gpt = model::require_gpt(resolved.model, "tune");
  bench::TrainingSteps steps(
      {.model = gpt, .B = resolved.config.train.micro_batch, .steps = 0, .seed = 1}, kernels);
  const auto tokens = static_cast<double>(resolved.config.train.micro_batch * gpt.T);
  steps.run();  // first touch of memory
  std::vector<double> times;
  for (const double start = now_s(); times.size() < kFewestSteps || now_s() - start < seconds;)
    times.push_back(steps.run());
  std::ranges::nth_element(times, times.begin() + std::ssize(times) / 2);
  return tokens / times[times.size() / 2];
}

}  // namespace coldstart::tune
