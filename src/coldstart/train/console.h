// What a run prints: a start-up table, evaluations, and either a live bar redrawn in place about
// five times a second (terminal), plain lines at steps 1, 2, 5, 10, 20, ... and every ten seconds
// (pipes and files), JSON lines (--json) or nothing (--quiet).
//
// The bar never hides the cursor and is one write a frame, so there is no flicker and nothing to
// put back when the program is killed. Test: tests/train/console_test.cpp.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>

#include "coldstart/train/observer.h"

namespace coldstart::train {

enum class ConsoleMode : uint8_t { live, plain, json, quiet };

// live when `out` is a terminal that can redraw a line, else plain; the flags come first.
ConsoleMode console_mode(bool json, bool quiet, std::FILE* out);
std::unique_ptr<RunObserver> make_console(ConsoleMode mode, std::FILE* out);

}  // namespace coldstart::train
