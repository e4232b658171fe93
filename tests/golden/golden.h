// What the golden states hold, for tests: a file, its model, its batch. See tests/golden/README.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/io/safetensors.h"
#include "coldstart/model/gpt.h"
#include "tests/test_paths.h"

namespace coldstart::golden {

inline std::filesystem::path path(const std::string& file) {
  return source_dir() / "tests" / "golden" / file;
}

// The models of make_golden.py.
inline model::GptConfig config(std::string_view name) {
  if (name == "gpt2") return {.L = 2, .C = 12, .H = 3, .H_kv = 3, .T = 10, .V = 27, .F = 48};
  if (name == "llama") {
    return {.L = 2,
            .C = 16,
            .H = 4,
            .H_kv = 2,
            .T = 8,
            .V = 32,
            .F = 24,
            .norm = kernels::NormKind::rms,
            .mlp = model::Mlp::swiglu,
            .position = model::Position::rope,
            .tied_head = false};
  }
  return {.L = 2, .C = 16, .H = 2, .H_kv = 2, .T = 8, .V = 32, .F = 64, .bias = true};
}

inline std::vector<double> numbers(const io::SafetensorsReader& file, std::string_view name) {
  const io::StoredTensor& stored = file.named(name);
  std::vector<double> values(static_cast<size_t>(stored.size()));
  file.read(stored, Tensor(values.data(), DType::f64, {std::ssize(values)}));
  return values;
}

inline std::vector<int32_t> ids(const io::SafetensorsReader& file, std::string_view name) {
  std::vector<int32_t> values;
  for (const int64_t v : file.read_integers(file.named(name))) {
    values.push_back(static_cast<int32_t>(v));
  }
  return values;
}

}  // namespace coldstart::golden
