// Outcome: how a run ended. A diverged, interrupted or timed-out run is data, not an error: its
// records and its last checkpoint stay valid, and status.json says what happened.
//
// The exit status of each is in core/exit_status.h; an interrupted run has 128 + its signal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coldstart::train {

enum class Outcome : uint8_t { finished, interrupted, diverged, timed_out };

std::string_view outcome_name(Outcome outcome);  // "timed_out"

struct RunResult {
  Outcome outcome = Outcome::finished;
  int64_t step = 0;                          // optimizer steps made since step 0 of the run
  std::string reason;                        // empty when finished; one sentence otherwise
  std::string diagnosis = {};                // of its measures (diagnose.h); empty: nothing to say
  int signal = 0;                            // what interrupted the run
  std::optional<double> best_val_loss = {};  // nats a token
  int64_t best_val_step = 0;
  std::optional<double> last_val_loss = {}, last_val_bits_per_byte = {};  // last evaluation
  double elapsed_s = 0;                                                   // of this process
  int64_t tokens = 0;           // trained on in this process
  double tokens_per_s = 0;      // while training: without evaluations and checkpoints
  double fraction_of_peak = 0;  // of the machine, at that rate; 0: the peak was not measured

  int exit_code() const;
};

}  // namespace coldstart::train
