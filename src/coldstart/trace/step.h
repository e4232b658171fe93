// Traces: what the program computes, written down so that any framework can be held against it.
//
// trace_step runs one forward and backward pass on given weights and tokens and writes loss, logits
// and every gradient to a safetensors file. The loss is the mean over the positions with a target,
// in nats. The reference kernels run in float64, the CPU kernels in float32.
// Tests: tests/trace/step_test.cpp, tests/e2e/trace_test.cpp (golden states made with PyTorch).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"

namespace coldstart::trace {

enum class TraceKernels : uint8_t { cpu, reference };
enum class TraceNames : uint8_t { as_weights, own, hf };

struct TraceStepOptions {
  std::filesystem::path weights;  // safetensors, names as io/weights.h accepts them
  std::string config;             // a TOML file or the name of a preset; only [model] counts
  std::filesystem::path tokens;   // see read_token_batch()
  std::filesystem::path out;
  TraceNames names = TraceNames::as_weights;
  TraceKernels kernels = TraceKernels::cpu;
};

struct TraceStepResult {
  double loss = 0;
  double grad_norm = 0;
  int64_t B = 0, T = 0;
  int64_t counted_targets = 0;
  size_t gradients = 0;  // tensors written
};

TraceStepResult trace_step(const TraceStepOptions& options);

struct TokenBatch {
  std::vector<int32_t> tokens, targets;  // (B, T)
  int64_t B = 0, T = 0;
};

// From *.safetensors: `tokens` (B, T) or (T), I32 or I64, and optionally `targets` of the same
// shape, -1 where nothing is to be predicted. From any other file: text, one sequence of ids a
// line, all of one length. Without targets each position predicts the next token, the last one
// nothing.
TokenBatch read_token_batch(const std::filesystem::path& path);

}  // namespace coldstart::trace

template <>
struct coldstart::EnumText<coldstart::trace::TraceKernels> {
  using E = trace::TraceKernels;
  static constexpr auto names = enum_names<E>({{E::cpu, "cpu"}, {E::reference, "reference"}});
};
template <>
struct coldstart::EnumText<coldstart::trace::TraceNames> {
  using E = trace::TraceNames;
  static constexpr auto names =
      enum_names<E>({{E::as_weights, "as-weights"}, {E::own, "own"}, {E::hf, "hf"}});
};
