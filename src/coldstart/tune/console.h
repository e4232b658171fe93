// What `coldstart tune` shows: each phase with its question, each decision with what it cost, and
// between them the run under way with the budget that is left: on a terminal a line redrawn in
// place, plain lines now and then elsewhere, JSON lines, or nothing. Test:
// tests/tune/console_test.cpp.
#pragma once

#include <cstdio>
#include <memory>

#include "coldstart/train/console.h"
#include "coldstart/tune/observer.h"

namespace coldstart::tune {

std::unique_ptr<TuneObserver> make_tune_console(train::ConsoleMode mode, std::FILE* out);

}  // namespace coldstart::tune
