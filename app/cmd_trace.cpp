// coldstart trace: one forward and backward pass (step), or a sequence of updates (optimizer), on
// given weights, written down.
#include <fmt/format.h>

#include <memory>

#include "app/commands.h"
#include "app/config_flags.h"
#include "coldstart/trace/optimizer.h"
#include "coldstart/trace/step.h"

namespace coldstart::app {

namespace {

constexpr const char* kStepExamples = R"(
Example:
  coldstart trace step --weights model.safetensors --config gpt2.toml \
      --tokens ids.txt --out trace.safetensors

The tensor names accepted and the tensors written are listed in docs/formats.md.)";

constexpr const char* kOptimizerExamples = R"(
Example:
  coldstart trace optimizer --name lion_ar --beta 0.98 --lr 0.1 \
      --weights w.safetensors --gradients g.safetensors --out o.safetensors

g.safetensors holds <name>.0, <name>.1, ... for every tensor of w.safetensors; o.safetensors gets
<name>.<step> after every step. The rate is constant unless --shape says otherwise. The roles and
the scalars that are written are listed in docs/formats.md, the optimizers in docs/optimizers.md.)";

void add_trace_optimizer(CLI::App& trace) {
  CLI::App* verb = trace.add_subcommand(
      "optimizer", "feed a sequence of gradients to an optimizer, write every weight and scalar");
  struct Flags {
    trace::TraceOptimizerRequest request;
    std::unique_ptr<ConfigFlags> config;
  };
  auto flags = std::make_shared<Flags>();
  trace::TraceOptimizerRequest& request = flags->request;
  verb->add_option("--weights", request.weights, "safetensors; F64 is traced in double")
      ->required();
  verb->add_option("--gradients", request.gradients, "safetensors with <name>.<step>")->required();
  verb->add_option("--out", request.out, "safetensors file to write")->required();
  verb->add_option("--roles", request.roles,
                   "TOML of lines \"name\" = \"role\"; else roles come from names and shapes");
  flags->config = std::make_unique<ConfigFlags>(*verb, request.fields());
  verb->footer(kOptimizerExamples);
  verb->callback([flags] {
    flags->config->apply(flags->request.fields());
    const trace::TraceOptimizerResult result = trace::trace_optimizer(flags->request);
    fmt::print("{}\n", result.optimizer);
    for (const std::string& group : result.groups) fmt::print("{}\n", group);
    fmt::print("{}: {} tensor{} after each of {} steps (kernels {})\n", flags->request.out.string(),
               result.tensors, result.tensors == 1 ? "" : "s", result.steps, result.kernels);
  });
}

}  // namespace

void add_trace(CLI::App& app) {
  CLI::App* trace = app.add_subcommand(
      "trace", "write down what is computed, to hold it against another framework");
  trace->require_subcommand(1);
  add_trace_optimizer(*trace);

  CLI::App* step =
      trace->add_subcommand("step", "loss, logits and every gradient of one forward-backward pass");
  auto options = std::make_shared<trace::TraceStepOptions>();
  auto names = std::make_shared<std::string>(enum_name(options->names));
  auto kernels = std::make_shared<std::string>(enum_name(options->kernels));
  step->add_option("--weights", options->weights, "safetensors; own or Hugging Face tensor names")
      ->required();
  step->add_option("--config", options->config, "TOML file or preset; its [model] table counts")
      ->required();
  step->add_option(
          "--tokens", options->tokens,
          "safetensors with `tokens` (and `targets`), or text: token ids, a sequence a line")
      ->required();
  step->add_option("--out", options->out, "safetensors file to write")->required();
  step->add_option("--names", *names, "names of the gradients")
      ->check(CLI::IsMember(enum_choices<trace::TraceNames>()))
      ->capture_default_str();
  step->add_option("--kernels", *kernels, "cpu computes in float32, reference in float64")
      ->check(CLI::IsMember(enum_choices<trace::TraceKernels>()))
      ->capture_default_str();
  step->footer(kStepExamples);
  step->callback([options, names, kernels] {
    options->names = parse_enum<trace::TraceNames>(*names).value();
    options->kernels = parse_enum<trace::TraceKernels>(*kernels).value();
    const trace::TraceStepResult result = trace::trace_step(*options);
    fmt::print("loss {:.9g}  gradient norm {:.9g}  ({} sequences of {} tokens, {} targets)\n",
               result.loss, result.grad_norm, result.B, result.T, result.counted_targets);
    fmt::print("{}: loss, logits, {} gradients\n", options->out.string(), result.gradients);
  });
  trace->footer(
      "Example:\n  coldstart trace step --weights model.safetensors --config gpt2.toml \\\n"
      "      --tokens ids.txt --out trace.safetensors");
}

}  // namespace coldstart::app
