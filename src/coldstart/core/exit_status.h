// ExitStatus: what the program's exit status says, the same for every verb (docs/exit_status.md).
//
// 128 + N: signal N stopped it, after saving (130 is Ctrl-C). Test: tests/e2e/docs_test.cpp.
#pragma once

#include <array>

namespace coldstart {

struct ExitStatus {
  int value;
  const char* meaning;
};

inline constexpr ExitStatus kOk{0, "done; a verdict that is positive or neutral"};
inline constexpr ExitStatus kInternalError{1, "a bug in coldstart"};
inline constexpr ExitStatus kBadInput{
    2, "the input or the machine stands in the way; the message says how to go on"};
inline constexpr ExitStatus kRefused{3, "a verdict is negative, or an advice is refused"};
inline constexpr ExitStatus kInsufficient{4, "not enough data for a verdict"};
inline constexpr ExitStatus kUnstable{5, "training is unstable: a run diverged"};
inline constexpr ExitStatus kOutOfMemory{6, "memory ran out"};
inline constexpr ExitStatus kTimeLimit{7, "the time limit ended it, after saving"};

inline constexpr std::array kExitStatuses = {
    kOk, kInternalError, kBadInput, kRefused, kInsufficient, kUnstable, kOutOfMemory, kTimeLimit};

}  // namespace coldstart
