#include "coldstart/train/interrupt.h"

#include <gtest/gtest.h>

namespace coldstart::train {
namespace {

TEST(Interrupt, RemembersTheFirstSignal) {
  const InterruptGuard guard;
  EXPECT_EQ(guard.signal(), 0);
  std::raise(SIGTERM);
  EXPECT_EQ(guard.signal(), SIGTERM);
}

TEST(Interrupt, ForgetsTheSignalOfTheRunBefore) {
  {
    const InterruptGuard guard;
    std::raise(SIGINT);
  }
  EXPECT_EQ(InterruptGuard().signal(), 0);
}

TEST(InterruptDeathTest, TheSecondSignalEndsTheProgramAtOnce) {
  const auto twice = [](int first, int second) {
    const InterruptGuard guard;
    std::raise(first);
    std::raise(second);
  };
  EXPECT_EXIT(twice(SIGINT, SIGINT), testing::ExitedWithCode(130), "");
  EXPECT_EXIT(twice(SIGINT, SIGTERM), testing::ExitedWithCode(143), "");
}

// Outside a run Ctrl-C does what it always does.
TEST(InterruptDeathTest, GivesTheOldHandlersBack) {
  const auto after = [] {
    std::signal(SIGINT, SIG_DFL);  // a job in the background has it ignored
    { const InterruptGuard guard; }
    std::raise(SIGINT);
  };
  EXPECT_EXIT(after(), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace coldstart::train
