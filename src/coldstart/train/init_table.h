// What a run starts from, in words, for --dry-run: the RMS of each kind of matrix, and the angle
// that the first step turns it by: atan(lr(0) RMS(u_1) / RMS(w)), u_1 the optimizer's first
// direction for gradients without any signal; atan(lr(0)) with a trust ratio. A larger start turns
// less: who compares warmups must keep it fixed. Test: tests/train/init_table_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/train/config.h"

namespace coldstart::train {

model::Init init_of(const RunConfig& config);  // resolved

// "RMS 0.02, first step about 0.0499 rad: token_embedding, attention_query"; rotational matrices
// turn by their own angle, and of some optimizers nothing is known.
std::vector<std::string> describe_init(const ResolvedConfig& resolved);

}  // namespace coldstart::train
