#include "coldstart/study/trial_files.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/study/small_study.h"

namespace coldstart::study {
namespace {

State state_of(const StudyDirectory& study, int64_t index) {
  return read_trial(study.trial(index), index).state;
}

TEST(TrialFiles, TheStateFollowsFromTheFiles) {
  const data::TempDir temp;
  const StudyDirectory study = make_study(temp / "s");
  EXPECT_EQ(state_of(study, 0), State::planned);
  std::filesystem::create_directories(study.trial(0));
  EXPECT_EQ(state_of(study, 0), State::planned) << "killed before the launch was written";
  append(study.trial(0) / "launch.json", "");
  EXPECT_EQ(state_of(study, 0), State::planned) << "the machine went down";
  const int lock = lock_trial(study.trial(0));
  ASSERT_GE(lock, 0);
  launch_by_hand(study, 0);
  EXPECT_EQ(state_of(study, 0), State::launched);
  append(study.trial(0) / kMetricsFile, "{}\n");
  EXPECT_EQ(state_of(study, 0), State::running);
  EXPECT_EQ(lock_trial(study.trial(0)), -1) << "runs once at a time";
  close(lock);
  EXPECT_EQ(state_of(study, 0), State::lost);
  finish_by_hand(study.trial(0), 1, State::infeasible, plan::Reason::timeout);
  EXPECT_EQ(state_of(study, 0), State::infeasible);
  launch_by_hand(study, 0, 2);
  EXPECT_EQ(state_of(study, 0), State::lost) << "the result is that of attempt 1";
}

TEST(TrialFiles, WhatIsWrittenIsReadBack) {
  const data::TempDir temp;
  write_launch(temp.path(), {.index = 3,
                             .point = 1,
                             .seed = 9,
                             .values = {{"a \"b\"", "<x>\xff"}},
                             .attempt = 2,
                             .data_id = "d",
                             .unique_tokens = 5,
                             .vocab = 6,
                             .backend = "local",
                             .host = "h",
                             .started = "t"});
  write_result(temp.path(), {.attempt = 2,
                             .state = State::infeasible,
                             .reason = plan::Reason::nan,
                             .note = "n",
                             .exit_status = 3,
                             .elapsed_s = 1.5});
  const TrialFiles files = read_trial(temp.path(), 3);
  EXPECT_EQ(files.launch->values.at("a \"b\""), "<x>\xef\xbf\xbd") << "no UTF-8: replaced";
  EXPECT_EQ(files.launch->unique_tokens, 5);
  EXPECT_EQ(files.result->reason, plan::Reason::nan);
  EXPECT_EQ(files.result->exit_status, 3);
  EXPECT_EQ(files.result->elapsed_s, 1.5);
}

// The lock lives as long as any process that inherited it.
TEST(TrialFiles, AChildKeepsTheLock) {
  const data::TempDir temp;
  const int lock = lock_trial(temp.path());
  int pipe_fds[2];
  ASSERT_EQ(pipe(pipe_fds), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(pipe_fds[1]);
    char byte = 0;
    _exit(read(pipe_fds[0], &byte, 1) == 0 ? 0 : 1);
  }
  close(pipe_fds[0]);
  close(lock);
  EXPECT_TRUE(is_locked(temp.path()));
  close(pipe_fds[1]);
  waitpid(child, nullptr, 0);
  EXPECT_FALSE(is_locked(temp.path()));
}

}  // namespace
}  // namespace coldstart::study
