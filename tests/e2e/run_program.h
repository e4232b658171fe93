// Runs the built program as a user types it, and gives back what it said.
#pragma once

#include <string>
#include <vector>

namespace coldstart {

struct ProgramResult {
  int status = 0;  // exit status; 128 + signal when a signal ended it
  std::string out, err;
};

// coldstart ARGUMENTS in a working directory ("" is the current one), without a terminal.
ProgramResult run_program(const std::vector<std::string>& arguments,
                          const std::string& directory = "");

}  // namespace coldstart
