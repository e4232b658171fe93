// A language model from random weights in a few seconds: configure, train, read what it writes.
//
// The text is made on the spot (builtin:stories, simple English without end), the run directory is
// in the system's temporary place and is removed at the end. An observer watches the run; here it
// prints the evaluations.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "coldstart/train/load_run.h"
#include "coldstart/train/run.h"
#include "coldstart/train/sample.h"

using namespace coldstart;

class PrintEvaluations : public train::RunObserver {
  void on_eval(const train::EvalRecord& record) override {
    fmt::print("step {:4}  {:.3f} bits a byte\n", record.step, record.val_bits_per_byte);
  }
};

int main() {
  const auto place =
      std::filesystem::temp_directory_path() / fmt::format("coldstart-example-{}", getpid());
  train::RunRequest request;
  request.config.model = {.layers = 2, .width = 64, .heads = 2, .context = 64};
  request.config.data.path = "builtin:stories";
  request.config.optimizer.lr = 4e-3;
  request.config.train.steps = 300;
  request.config.train.batch_tokens = 1024;
  request.config.train.eval_every = 100;
  request.config.train.eval_tokens = 8192;
  request.config.train.out = (place / "run").string();

  const auto kernels = kernels::make_cpu_kernels();
  PrintEvaluations observer;
  train::run_training(request, *kernels, observer);

  train::LoadedRun run = train::load_run(place / "run");
  fmt::print("\n{}\n",
             train::sample_text(run, *kernels, "Once ", 300, {.temperature = 0.7, .seed = 1}));
  std::filesystem::remove_all(place);
}
