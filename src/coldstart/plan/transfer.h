// What carries over from short runs to long ones, by kind of hyperparameter: a table.
//
// Classes from the playbook (L1300-1335): 4 very likely, 3 likely, 2 might, 1 unlikely. The actions
// are ours. Kinds the playbook does not rank have class 0. Rule R1-02.
// Test: tests/plan/transfer_test.cpp.
#pragma once

#include <span>
#include <string_view>

#include "coldstart/plan/space.h"

namespace coldstart::plan {

enum class Transfer : uint8_t { unranked, unlikely, might, likely, very_likely };

struct TransferRow {
  Kind kind;
  Transfer transfer;
  std::string_view action;  // in the next round
};

std::span<const TransferRow> transfer_table();
const TransferRow& transfer_of(Kind kind);

}  // namespace coldstart::plan

template <>
struct coldstart::EnumText<coldstart::plan::Transfer> {
  using E = plan::Transfer;
  static constexpr auto names = enum_names<E>({{E::unranked, "not ranked"},
                                               {E::unlikely, "unlikely"},
                                               {E::might, "might"},
                                               {E::likely, "likely"},
                                               {E::very_likely, "very likely"}});
};
