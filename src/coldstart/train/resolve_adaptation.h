// What changes while a run is under way (data order, batch size, rate on plateau): checked and
// resolved once, after model, batch and schedule are. Test:
// tests/train/resolve_adaptation_test.cpp.
#pragma once

#include "coldstart/train/config.h"

namespace coldstart::train {

// Fills in config.pace. data_tokens: an epoch, 0 where it is not known. ConfigError for options
// that are not read or make no sense together.
void resolve_order(ResolvedConfig& config, int64_t data_tokens);

// Fills in config.batches and config.steps. ConfigError likewise.
void resolve_batch_warmup(ResolvedConfig& config);

// Who compares micro-batches here ("rrc.rrc_scaling", ...); nullptr: nobody.
const char* reader_of_micro_batches(const RunConfig& config);

}  // namespace coldstart::train
