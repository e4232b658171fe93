#include "tests/e2e/run_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "coldstart/core/error.h"
#include "tests/test_paths.h"

namespace coldstart {

namespace {

// A file without a name, that takes what a child prints.
class Catch {
 public:
  Catch() : file_(std::tmpfile()) { COLDSTART_CHECK(file_ != nullptr, "no temporary file"); }
  ~Catch() { std::fclose(file_); }
  Catch(const Catch&) = delete;
  Catch& operator=(const Catch&) = delete;

  int fd() const { return fileno(file_); }
  std::string text() const {
    std::string result(static_cast<size_t>(lseek(fd(), 0, SEEK_END)), '\0');
    const ssize_t count = pread(fd(), result.data(), result.size(), 0);
    COLDSTART_CHECK(count == static_cast<ssize_t>(result.size()), "cannot read back");
    return result;
  }

 private:
  std::FILE* file_;
};

int exit_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

ProgramResult run_command(const std::vector<std::string>& words, const std::string& directory) {
  const Catch out, err;
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  COLDSTART_CHECK(child >= 0, "cannot fork");
  if (child == 0) {
    const int input = open("/dev/null", O_RDONLY);
    dup2(input, STDIN_FILENO);
    dup2(out.fd(), STDOUT_FILENO);
    dup2(err.fd(), STDERR_FILENO);
    if (directory.empty() || chdir(directory.c_str()) == 0) execvp(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  COLDSTART_CHECK(waitpid(child, &status, 0) == child, "lost the child");
  return {exit_status(status), out.text(), err.text()};
}

ProgramResult run_program(const std::vector<std::string>& arguments, const std::string& directory) {
  std::vector<std::string> words = {program_path().string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run_command(words, directory);
}

pid_t start_program(const std::vector<std::string>& arguments) {
  const std::string program = program_path().string();
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& word : arguments) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, program.c_str(), nullptr, nullptr, argv.data(), environ);
  COLDSTART_CHECK(error == 0, "cannot start the program");
  return pid;
}

int end_of(pid_t pid) {
  int status = 0;
  COLDSTART_CHECK(waitpid(pid, &status, 0) == pid, "lost the child");
  return exit_status(status);
}

int signal_program(const std::vector<std::string>& arguments, int signal,
                   const std::function<bool()>& ready, const std::function<void()>& again) {
  constexpr int kMostStarts = 20;
  for (int start = 1;; ++start) {
    const pid_t pid = start_program(arguments);
    siginfo_t ended = {};
    while (!ready() && ended.si_pid == 0) {
      usleep(500);
      waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT);
    }
    kill(pid, signal);
    const int status = end_of(pid);
    if (status != 0 || start == kMostStarts) return status;
    again();
  }
}

}  // namespace coldstart
