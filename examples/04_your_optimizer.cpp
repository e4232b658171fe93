// An optimizer of one's own, a class of twenty lines: the sign of a momentum, LionA's simplest
// relative. Once registered it is a name like any other: the trainer runs it, prints its groups,
// saves its states.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "coldstart/optim/apply.h"
#include "coldstart/optim/registry.h"
#include "coldstart/optim/sign_momentum.h"
#include "coldstart/train/run.h"

using namespace coldstart;

class SignMomentumSgd : public optim::Optimizer {
 public:
  SignMomentumSgd(const ParamList& params, const optim::OptimizerOptions& o)
      : groups_(optim::group_params(params, {.weight_decay = o.weight_decay.value()})),
        momentum_(params, optim::ema(o.beta.value()), o.cautious) {}
  std::string_view name() const override { return "my_sign"; }
  void step(ParamList& params, const optim::StepContext& context, kernels::Kernels& kernels,
            optim::StepReport& report) override {
    const optim::StepScope step{params, context, kernels, report};
    const kernels::Direction direction = momentum_.direction(step);  // u = sign(m)
    for (size_t i = 0; i < params.size(); ++i)                       // w -= lr decay w + lr 0.2 u
      plain_step(step, i, groups_[i], momentum_.tensors(params, i), direction, {.scale = 0.2});
  }
  std::vector<optim::NamedTensor> states() override { return momentum_.states(); }

 private:
  std::vector<optim::ParamGroup> groups_;
  optim::SignMomentum momentum_;
};

int main() {
  optim::register_optimizer({.name = "my_sign",
                             .summary = "the sign of an average of gradients",
                             .options = {"weight_decay", "beta", "cautious"},
                             .state_arenas = 1,
                             .make = optim::make<SignMomentumSgd>});
  const auto place =
      std::filesystem::temp_directory_path() / fmt::format("coldstart-example-{}", getpid());
  train::RunRequest request;
  request.config.model = {.layers = 2, .width = 64, .heads = 2, .context = 64};
  request.config.data.path = "builtin:stories";
  request.config.optimizer = {.name = "my_sign", .lr = 0.01, .beta = 0.95};
  request.config.train.steps = 100;
  request.config.train.batch_tokens = 1024;
  request.config.train.out = (place / "run").string();
  train::RunObserver nobody;
  const auto kernels = kernels::make_cpu_kernels();
  const train::RunResult result = train::run_training(request, *kernels, nobody);
  fmt::print("{:.2f} bits a byte after {} steps\n", result.last_val_bits_per_byte.value_or(0),
             result.step);
  std::filesystem::remove_all(place);
  return result.last_val_bits_per_byte < 6 ? 0 : 1;  // 8 at random
}
