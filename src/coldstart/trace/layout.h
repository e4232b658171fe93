// How the tensors of a file become parameters with roles, for traces of an optimizer.
//
// A role comes from a map {name: role}, else from the name where it is one of ours or of Hugging
// Face's GPT-2 and LLaMA, else from the shape: a matrix is mlp_in, a vector norm_gain. GPT-2 stores
// the matrices of a block (in, out) and q, k, v as one; they are turned and cut on the way in and
// put together on the way out, so that a row is a neuron here as everywhere.
// Test: tests/trace/layout_test.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/io/safetensors.h"
#include "coldstart/tensor/param.h"

namespace coldstart::trace {

using RoleMap = std::map<std::string, Role>;

// A small TOML file of lines `"name" = "role"`. ConfigError for a word that is no role.
RoleMap read_roles(std::string_view toml, std::string_view source);

// A tensor of the file and the parameters it is made of.
struct TraceTensor {
  std::string name;
  std::vector<int64_t> shape;
  bool transposed = false;
  size_t first_param = 0, params = 1;  // parts along the output axis
};

struct TraceLayout {
  DType dtype = DType::f32;
  std::vector<TraceTensor> tensors;
  std::vector<ParamSpec> specs;  // of a ParamList; in the order of the tensors
};

// DataError for a file without weights, of mixed types, with tensors that are no vector or matrix,
// or for a role that belongs to none of its tensors.
TraceLayout lay_out_trace(const io::SafetensorsReader& weights, std::string_view source,
                          const RoleMap& roles);

// Between the numbers of a file's tensor, in its order, and the parameters' weights or gradients.
enum class TraceSide : uint8_t { weights, gradients };
void take_from_file(const TraceTensor& tensor, const std::vector<double>& numbers,
                    ParamList& params, TraceSide side);
std::vector<double> as_in_file(const TraceTensor& tensor, const ParamList& params, TraceSide side);

}  // namespace coldstart::trace
