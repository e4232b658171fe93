#include "coldstart/study/ending.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace coldstart::study {
namespace {

using plan::Reason;
using testing::HasSubstr;

Ending good() {
  Ending ending{.metric = "val_loss", .max_steps = 10};
  ending.log.evals = 1;
  ending.log.last_step = 10;
  return ending;
}

// The state and reason, as one word.
std::string verdict(const Ending& ending) {
  const Result result = judge(ending);
  std::string text(enum_name(result.state));
  if (result.reason != Reason::none) text += " " + std::string(enum_name(result.reason));
  return text;
}

Ending exited(int status, const std::string& output = "") {
  Ending ending = good();
  ending.exit_status = status;
  ending.output_tail = output;
  return ending;
}

Ending killed(int signal) {
  Ending ending = good();
  ending.signal = signal;
  return ending;
}

TEST(Ending, FollowsTheTableOfTheContract) {
  EXPECT_EQ(verdict(good()), "finished");
  EXPECT_EQ(verdict(exited(5)), "infeasible diverged");
  EXPECT_EQ(verdict(exited(7)), "stopped");
  EXPECT_EQ(verdict(exited(3)), "infeasible crash");
  EXPECT_EQ(verdict(exited(6)), "infeasible out_of_memory");
  EXPECT_EQ(verdict(exited(127)), "failed crash");
  EXPECT_EQ(verdict(exited(130)), "stopped");
  EXPECT_EQ(verdict(exited(143)), "stopped");
  EXPECT_EQ(verdict(exited(1, "Traceback\nValueError: x\n")), "infeasible crash");
  EXPECT_EQ(judge(exited(1, "Traceback\nValueError: x\n")).note, "exit status 1: ValueError: x");
  EXPECT_EQ(judge(exited(1)).note, "exit status 1: it printed nothing");
  EXPECT_EQ(judge(exited(1)).exit_status, 1);
}

TEST(Ending, OfASignal) {
  EXPECT_EQ(verdict(killed(SIGTERM)), "stopped");
  EXPECT_EQ(verdict(killed(SIGSEGV)), "infeasible crash");
  EXPECT_EQ(verdict(killed(SIGKILL)), "lost") << "somebody did it; the trial is run again";
  Ending ending = killed(SIGKILL);
  ending.memory_ran_out = true;
  EXPECT_EQ(verdict(ending), "infeasible out_of_memory");
  EXPECT_EQ(judge(ending).exit_status, 137);
}

TEST(Ending, MemoryIsToldFromWhatIsPrinted) {
  EXPECT_EQ(verdict(exited(1, "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to\n")),
            "infeasible out_of_memory");
  EXPECT_EQ(verdict(exited(1, "MemoryError\n")), "infeasible out_of_memory");
}

TEST(Ending, ALossThatIsNotFiniteIsAResult) {
  Ending ending = good();
  ending.log.not_finite = true;
  EXPECT_EQ(verdict(ending), "infeasible nan");
  ending.stop = Stop::not_finite;
  ending.signal = SIGTERM;
  EXPECT_EQ(verdict(ending), "infeasible nan");
  ending = exited(5);
  ending.log.not_finite = true;
  EXPECT_EQ(verdict(ending), "infeasible nan") << "the built-in trainer ends a run that diverges";
}

TEST(Ending, OfALimit) {
  Ending ending = killed(SIGTERM);
  ending.stop = Stop::time;
  ending.limits.time_s = 60;
  EXPECT_EQ(verdict(ending), "infeasible timeout");
  EXPECT_EQ(judge(ending).note, "reached the time limit of 60 s");
  ending.stop = Stop::silence;
  EXPECT_THAT(judge(ending).note, HasSubstr("hung"));
  ending.stop = Stop::disk;
  EXPECT_EQ(verdict(ending), "infeasible crash");
}

TEST(Ending, WhoeverBreaksTheContractFails) {
  Ending ending = good();
  ending.log.problem = "line 2 of metrics.jsonl goes back from step 5 to 4";
  EXPECT_EQ(verdict(ending), "failed crash");
  EXPECT_EQ(judge(ending).note, ending.log.problem);
  ending = good();
  ending.log = {};
  EXPECT_EQ(verdict(ending), "failed crash") << "printed nothing";
  EXPECT_THAT(judge(ending).note, HasSubstr("recorded no 'val_loss'"));
  ending = good();
  ending.log.last_step = 7;
  EXPECT_EQ(judge(ending).note, "ended at step 7 of 10");
}

TEST(Ending, AskedToStop) {
  Ending ending = killed(SIGTERM);
  ending.stop = Stop::asked;
  EXPECT_EQ(verdict(ending), "stopped");
  ending = good();
  ending.stop = Stop::asked;
  EXPECT_EQ(verdict(ending), "finished") << "it was at its end anyway";
}

TEST(Ending, TheErrorOfThisProgramIsQuoted) {
  Ending ending = exited(2, "error: [train.heads] cannot be used\nhint: choose another\n");
  EXPECT_EQ(verdict(ending), "infeasible crash");
  ending.built_in = true;
  EXPECT_EQ(verdict(ending), "failed crash");
  EXPECT_EQ(judge(ending).note, "error: [train.heads] cannot be used");
}

}  // namespace
}  // namespace coldstart::study
