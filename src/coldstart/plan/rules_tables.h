// The parts of the one table of rules.h, a file for each group. Test: tests/plan/rules_test.cpp.
#pragma once

#include <span>

#include "coldstart/plan/rules.h"

namespace coldstart::plan {

std::span<const Rule> duration_rules();  // TD, LS
std::span<const Rule> round_rules();     // CB, R1, R2, SX
std::span<const Rule> record_rules();    // CK, EV, ME, TR, MH, IP
std::span<const Rule> study_rules();     // SD, AD, AX, QR, AM
std::span<const Rule> picture_rules();   // SB, CU, IS
std::span<const Rule> training_rules();  // ST, WU, GC, BS, IC, SC, BN
std::span<const Rule> code_rules();      // E-, W-
std::span<const Rule> label_rules();

}  // namespace coldstart::plan
