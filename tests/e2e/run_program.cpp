#include "tests/e2e/run_program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "coldstart/core/error.h"

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

}  // namespace

ProgramResult run_program(const std::vector<std::string>& arguments, const std::string& directory) {
  const Catch out, err;
  std::vector<char*> argv = {const_cast<char*>(COLDSTART_PROGRAM)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  COLDSTART_CHECK(child >= 0, "cannot fork");
  if (child == 0) {
    const int input = open("/dev/null", O_RDONLY);
    dup2(input, STDIN_FILENO);
    dup2(out.fd(), STDOUT_FILENO);
    dup2(err.fd(), STDERR_FILENO);
    if (directory.empty() || chdir(directory.c_str()) == 0) execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  COLDSTART_CHECK(waitpid(child, &status, 0) == child, "lost the child");
  return {WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), out.text(),
          err.text()};
}

}  // namespace coldstart
