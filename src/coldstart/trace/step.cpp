#include "coldstart/trace/step.h"

#include <algorithm>
#include <cmath>

#include "coldstart/io/weights.h"
#include "coldstart/kernels/kernels.h"
#include "coldstart/model/gpt.h"
#include "coldstart/train/config.h"

namespace coldstart::trace {

namespace {

// The [model] table alone: a trace has no batch size and no schedule, so theirs are made to fit.
model::GptConfig model_config(const std::string& file_or_preset, int64_t stored_vocab) {
  train::RunConfig config = train::load_config(file_or_preset);
  if (config.model.vocab == 0) config.model.vocab = stored_vocab;
  config.train = {};
  config.schedule = {};
  config.train.batch_tokens = config.model.context;
  return model::require_gpt(train::resolve(config, 0).model, "trace");
}

io::Naming naming_of_output(TraceNames names, io::Naming weights, const ParamList& params) {
  switch (names) {
    case TraceNames::own:
      return io::Naming::own;
    case TraceNames::hf:
      return io::hf_naming(params);
    case TraceNames::as_weights:
      break;
  }
  return weights;
}

std::vector<int64_t> widened(const std::vector<int32_t>& ids) { return {ids.begin(), ids.end()}; }

}  // namespace

TraceStepResult trace_step(const TraceStepOptions& options) {
  const io::SafetensorsReader weights(options.weights);
  const TokenBatch tokens = read_token_batch(options.tokens);
  const bool reference = options.kernels == TraceKernels::reference;
  const DType dtype = reference ? DType::f64 : DType::f32;
  const auto kernels = reference ? kernels::make_reference_kernels() : kernels::make_cpu_kernels();
  model::Gpt gpt(model_config(options.config, io::stored_vocab(weights)), dtype);
  const io::Naming stored = io::import_weights(weights, options.weights.string(), gpt.params());
  const io::Naming naming = naming_of_output(options.names, stored, gpt.params());

  TraceStepResult result{.B = tokens.B, .T = tokens.T};
  result.counted_targets =
      std::ranges::count_if(tokens.targets, [](int32_t target) { return target >= 0; });
  const auto counted = static_cast<double>(result.counted_targets);
  const model::Batch batch{tokens.tokens, tokens.targets, tokens.B, tokens.T};
  const int64_t V = gpt.config().V;
  Arena arena(tokens.B * tokens.T * V * dtype_size(dtype));
  const Tensor logits = arena.allocate(dtype, {tokens.B, tokens.T, V});
  gpt.logits(*kernels, batch, logits.reshape({tokens.B * tokens.T, V}));
  result.loss = gpt.forward_backward(*kernels, batch, 1 / counted) / counted;
  result.grad_norm = std::sqrt(kernels->sum_squares(gpt.params().grads()));

  const io::ForeignTensors grads(gpt.params(), io::Which::grads, naming);
  result.gradients = grads.tensors().size();
  const std::vector<int64_t> shape{tokens.B, tokens.T};
  const std::vector<int64_t> ids = widened(tokens.tokens), targets = widened(tokens.targets);
  io::SafetensorsWriter writer;
  writer.set_metadata({{"kernels", kernels->name()}});
  writer.add("loss", Tensor(&result.loss, DType::f64, {1}));
  writer.add("logits", logits);
  writer.add("tokens", ids, shape);
  writer.add("targets", targets, shape);
  grads.add_to(writer, "grad/");
  writer.write(options.out);
  return result;
}

}  // namespace coldstart::trace
