// At which levels a measure is reported, and which parameters belong together at each.
//
//   model    one number for everything               "update_l2/model"
//   role     one for the parameters of a role        "update_l2/role/attention_query"
//   tensor   one a parameter; q, k, v stand apart    "update_l2/h.0.attn.q.weight"
//   rows     minimum, quartiles and maximum over the rows (neurons) of a matrix
//                                                    "update_l2/rows/h.0.attn.q.weight"
// Test: tests/metrics/level_test.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/tensor/param.h"

namespace coldstart::metrics {

enum class Level : uint8_t { model, role, tensor, rows };
inline constexpr size_t kLevels = 4;

// Which levels are wanted, one flag a level.
struct LevelSet {
  std::array<bool, kLevels> wanted{};
  bool operator[](Level level) const { return wanted[static_cast<size_t>(level)]; }
  bool& operator[](Level level) { return wanted[static_cast<size_t>(level)]; }
  bool any() const;
};

// Parameters that are measured as one.
struct Group {
  std::string where;           // "model", "role/attention_query"
  std::vector<size_t> params;  // indices into the ParamList, ascending
};

// The groups of a model, made once.
struct Layout {
  Layout(const ParamList& params, int64_t row_sample);

  const ParamList& params;
  Group model;
  Group matrices;            // the model without its gains and biases
  std::vector<Group> roles;  // those that occur, in the order of Role
  // The rows that stand for a matrix: all, or row_sample of them at even distances.
  std::vector<std::vector<int64_t>> rows;  // by parameter; empty for vectors
};

}  // namespace coldstart::metrics

template <>
struct coldstart::EnumText<coldstart::metrics::Level> {
  using E = metrics::Level;
  static constexpr auto names = enum_names<E>(
      {{E::model, "model"}, {E::role, "role"}, {E::tensor, "tensor"}, {E::rows, "rows"}});
};
