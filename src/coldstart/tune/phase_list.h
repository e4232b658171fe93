// The phases of the autopilot in their order, as its console, its journal and --plan-only name
// them. Test: tests/tune/plan_only_test.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "coldstart/tune/outline.h"

namespace coldstart::tune {

enum class Phase : uint8_t { measure, rates, warmup, workload, round1, round2, choice, page };

struct PhaseText {
  const char *name, *question;
};

inline constexpr std::array kPhases = {
    PhaseText{"measure", "what the machine, the text and the budget allow"},
    PhaseText{"rates", "which optimizer, which learning rate, and where training becomes unstable"},
    PhaseText{"warmup", "whether warmup is needed here"},
    PhaseText{"workload", "whether compute or the text is the limit"},
    PhaseText{"round 1", "whether the short trials' winner holds at 20 %"},
    PhaseText{"round 2", "the production run"},
    PhaseText{"choice", "which checkpoint, and what it is worth"},
    PhaseText{"page", "what was found, as a page and a summary"}};

inline const PhaseText& text_of(Phase phase) { return kPhases.at(static_cast<size_t>(phase)); }

// Those that a run of this outline goes through. Where there is no room for trials, `rates` only
// says what the budget buys.
inline std::vector<Phase> phases_of(const Outline& outline) {
  if (outline.tuned)
    return {Phase::measure, Phase::rates,  Phase::warmup, Phase::workload,
            Phase::round1,  Phase::round2, Phase::choice, Phase::page};
  return {Phase::measure, Phase::rates, Phase::round2, Phase::choice, Phase::page};
}

}  // namespace coldstart::tune
