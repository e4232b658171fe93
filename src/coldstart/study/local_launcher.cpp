// The launcher `local`: a worker process an attempt, on this machine. Workers lead process groups
// of their own, so that Ctrl-C reaches the controller alone, which then asks them to save; killed
// or not, the controller never takes its workers with it. Test:
// tests/study/controller_test.cpp.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fstream>
#include <map>

#include "coldstart/core/error.h"
#include "coldstart/study/launcher.h"
#include "coldstart/study/trial_files.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr int kNoResult = 1;  // exit status of a worker that could not write its result

// In the child, with nothing of the controller but this: its files, its terminal and its lock stay
// behind.
[[noreturn]] void work(const Job& job, int lock) {
  setpgid(0, 0);
  constexpr int kLock = 3;
  const int nothing = open("/dev/null", O_RDWR);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, standard);
  if (lock != kLock) dup2(lock, kLock);
  close_range(kLock + 1, ~0U, 0);
  int status = 0;
  try {
    run_worker(job, [&](int command) {
      const std::string pids = fmt::format("{} {}\n", getpid(), command);
      if (ftruncate(kLock, 0) != 0 || pwrite(kLock, pids.data(), pids.size(), 0) < 0)
        status = kNoResult;
    });
  } catch (...) {
    status = kNoResult;
  }
  _exit(status);
}

struct Processes {
  pid_t worker = 0, command = 0;
};
Processes processes_of(const fs::path& trial) {
  Processes found;
  std::ifstream(trial / "trial.lock") >> found.worker >> found.command;
  return found;
}

// A worker that was killed takes its command with it, but not what the command had started. The
// lock says that some of it is alive, so its process group is still its own.
void end_orphans(const fs::path& trial) {
  const auto [worker, command] = processes_of(trial);
  const bool orphaned = worker > 1 && kill(worker, 0) != 0 && errno == ESRCH;
  if (orphaned && command > 1) kill(-command, SIGKILL);
}

class LocalLauncher : public Launcher {
 public:
  LocalLauncher() {
    // Kept waiting for wait(), so that none is missed.
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child, &before_);
  }
  ~LocalLauncher() override { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  LocalLauncher(const LocalLauncher&) = delete;
  LocalLauncher& operator=(const LocalLauncher&) = delete;

  const char* name() const override { return "local"; }

  void start(const Job& job, int lock) override {
    const pid_t pid = fork();
    if (pid == 0) work(job, lock);
    const int error = errno;
    close(lock);
    if (pid < 0)
      throw ResourceError("study", fmt::format("cannot start a process: {}", std::strerror(error)),
                          "use fewer --jobs");
    workers_[pid] = job.index;
  }

  void adopt(int64_t index, const fs::path& trial) override { adopted_[index] = trial; }

  std::vector<int64_t> wait(double timeout_s) override {
    std::vector<int64_t> ended = collect();
    if (!ended.empty()) return ended;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    const timespec pause = {
        static_cast<time_t>(timeout_s),
        static_cast<long>((timeout_s - static_cast<double>(static_cast<time_t>(timeout_s))) * 1e9)};
    sigtimedwait(&child, nullptr, &pause);
    return collect();
  }

  int running() const override { return static_cast<int>(workers_.size() + adopted_.size()); }

  void stop_all() override {
    for (const auto& [pid, index] : workers_) kill(pid, SIGTERM);
    for (const auto& [index, trial] : adopted_) {
      const auto [worker, command] = processes_of(trial);
      if (worker > 1 && is_locked(trial)) kill(worker, SIGTERM);
    }
  }

 private:
  std::vector<int64_t> collect() {
    std::vector<int64_t> ended;
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      int status = 0;
      if (waitpid(worker->first, &status, WNOHANG) == 0) {
        ++worker;
        continue;
      }
      if (WIFEXITED(status) && WEXITSTATUS(status) == kNoResult)
        throw ResourceError("study",
                            fmt::format("the result of trial {} cannot be written", worker->second),
                            "check the free space and the permissions, then run the study again");
      ended.push_back(worker->second);
      worker = workers_.erase(worker);
    }
    for (auto trial = adopted_.begin(); trial != adopted_.end();) {
      if (is_locked(trial->second)) {
        end_orphans(trial->second);
        ++trial;
        continue;
      }
      ended.push_back(trial->first);
      trial = adopted_.erase(trial);
    }
    std::ranges::sort(ended);
    return ended;
  }

  std::map<pid_t, int64_t> workers_;
  std::map<int64_t, fs::path> adopted_;
  sigset_t before_{};
};

}  // namespace

std::unique_ptr<Launcher> make_local_launcher() { return std::make_unique<LocalLauncher>(); }

}  // namespace coldstart::study
