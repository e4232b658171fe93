// Runs the built program, or any other, as a user types it, and gives back what it said.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace coldstart {

struct ProgramResult {
  int status = 0;  // exit status; 128 + signal when a signal ended it
  std::string out, err;
};

// words[0] is found as a shell finds it. In a working directory ("" is the current one), without a
// terminal.
ProgramResult run_command(const std::vector<std::string>& words, const std::string& directory);

// coldstart ARGUMENTS in a working directory ("" is the current one), without a terminal.
ProgramResult run_program(const std::vector<std::string>& arguments,
                          const std::string& directory = "");

// coldstart ARGUMENTS beside this process, with this process's terminal.
pid_t start_program(const std::vector<std::string>& arguments);
// Its exit status; 128 + signal when a signal ended it.
int end_of(pid_t pid);

// Starts it, sends the signal as soon as `ready` says so, and waits; its exit status as above. A
// program that was over before that (the machine may be busy with others) is started once more,
// after `again` has taken away what it left.
int signal_program(const std::vector<std::string>& arguments, int signal,
                   const std::function<bool()>& ready, const std::function<void()>& again);

}  // namespace coldstart
