// Groups: which tensors an optimizer turns, which it decays, and which it does neither.
//
//   rotational  matrices of a rotational optimizer: their norm is kept, weight decay sets the angle
//   decayed     other matrices, when there is weight decay
//   plain       gains, biases and norm parameters, always; matrices without decay
// Embeddings count as matrices; rotate_embeddings = false leaves them out of the rotation. The rule
// is that of Kosson et al. (2024): rotational is what has two dimensions and is decayed.
// Test: tests/optim/groups_test.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/tensor/param.h"

namespace coldstart::optim {

enum class Group : uint8_t { rotational, decayed, plain };

// What an optimizer's options say about its groups.
struct GroupRules {
  double weight_decay = 0;
  bool rotates = false;
  bool rotate_embeddings = true;
  double peak_angle = 0;    // of rotational tensors at the peak rate, for the table
  std::string replay = {};  // the run whose angles rotational tensors turn by; empty: the rule
};

bool is_embedding(Role role);
bool is_vector_role(Role role);  // gains and biases, whatever their shape
Group group_of(Role role, bool is_matrix, const GroupRules& rules);

struct ParamGroup {
  Group group = Group::plain;
  double weight_decay = 0;  // 0 in plain
  int64_t first_row = 0;    // in arrays of one number a row of every parameter
};
std::vector<ParamGroup> group_params(const ParamList& params, const GroupRules& rules);
int64_t row_count(const ParamList& params);

// One line a group, by role: "rotational (angle 0.0032 rad at the peak rate): mlp_in, mlp_out".
std::vector<std::string> describe_groups(std::span<const ParamSpec> specs, const GroupRules& rules);

}  // namespace coldstart::optim

template <>
struct coldstart::EnumText<coldstart::optim::Group> {
  using E = optim::Group;
  static constexpr auto names =
      enum_names<E>({{E::rotational, "rotational"}, {E::decayed, "decayed"}, {E::plain, "plain"}});
};
