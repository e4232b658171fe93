#include "coldstart/study/worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>

#include "coldstart/core/clock.h"
#include "coldstart/core/error.h"
#include "coldstart/study/ending.h"
#include "coldstart/study/log_reader.h"
#include "coldstart/study/trial_files.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr double kLook_s = 0.1;        // between looks at the log
constexpr double kLookAtDisk_s = 0.5;  // walks the directory
constexpr double kTimeToSave_s = 30;   // between SIGTERM and SIGKILL, when asked to stop
constexpr double kTimeToEnd_s = 2;     // the same at a limit: its result is known
constexpr int64_t kTailBytes = 4096;

class Ignore : public LogSink {
  void on_eval(const EvalPoint&) override {}
  void on_step(const StepPoint&) override {}
  void on_rewind(int64_t) override {}
};

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT}) sigaddset(&set, signal);
  return set;
}

// In the child: becomes the command, or says why not in log.txt.
[[noreturn]] void become(const Job& job, pid_t worker) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != worker) _exit(kill(getpid(), SIGKILL));  // it died before the line above
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGCHLD}) std::signal(signal, SIG_DFL);
  const int input = open("/dev/null", O_RDONLY);
  const int output = open((job.trial / kLogFile).c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (input < 0 || output < 0 || chdir(job.trial.c_str()) != 0) _exit(126);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  const std::string threads = fmt::format("{}", job.threads);
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"})
    setenv(name, threads.c_str(), 1);
  std::vector<char*> argv;
  for (const std::string& word : job.command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  const std::string message = fmt::format("{}: {}\n", job.command.front(), std::strerror(errno));
  if (write(STDERR_FILENO, message.data(), message.size()) < 0) _exit(126);
  _exit(127);
}

int64_t size_of(const fs::path& file) {
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  return missing ? 0 : static_cast<int64_t>(size);
}

std::string tail_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  in.seekg(std::max<int64_t>(0, size_of(file) - kTailBytes));
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// How many processes the system has killed for want of memory since it started; 0: not known.
int64_t memory_kills() {
  std::ifstream in("/proc/vmstat");
  std::string name;
  int64_t count = 0;
  while (in >> name >> count)
    if (name == "oom_kill") return count;
  return 0;
}

// The command, as its worker sees it.
class Attempt {
 public:
  explicit Attempt(const Job& job)
      : job_(job), reader_(job.metric), start_s_(now_s()), changed_s_(start_s_) {
    const pid_t worker = getpid();
    pid_ = fork();
    if (pid_ < 0)
      throw ResourceError("study", fmt::format("cannot start a process: {}", std::strerror(errno)),
                          "use fewer --jobs");
    if (pid_ == 0) become(job, worker);
    setpgid(pid_, pid_);  // whoever of the two is first
  }

  // Until the command has ended, by itself or by us.
  void wait() {
    const sigset_t signals = watched_signals();
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
      const timespec pause = {0, static_cast<long>(kLook_s * 1e9)};
      const int signal = sigtimedwait(&signals, nullptr, &pause);
      if (signal == SIGTERM || signal == SIGINT) end(Stop::asked);
      look();
      if (stop_ != Stop::none && now_s() >= kill_at_s_) kill(-pid_, SIGKILL);
    }
    if (WIFSIGNALED(status)) {
      signal_ = WTERMSIG(status);
    } else {
      exit_status_ = WEXITSTATUS(status);
    }
    kill(-pid_, SIGKILL);  // what it started and left behind
  }

  Ending ending() {
    Ignore nobody;
    reader_.read(job_.trial / kMetricsFile, log_, nobody);
    return {.stop = stop_,
            .built_in = job_.built_in,
            .exit_status = exit_status_,
            .signal = signal_,
            .memory_ran_out = memory_kills() > memory_kills_,
            .log = log_,
            .output_tail = tail_of(job_.trial / kLogFile),
            .metric = job_.metric,
            .max_steps = job_.max_steps,
            .limits = job_.limits};
  }

  pid_t pid() const { return pid_; }
  double elapsed_s() const { return now_s() - start_s_; }

 private:
  void end(Stop why) {
    if (stop_ != Stop::none) return;
    stop_ = why;
    kill_at_s_ = now_s() + (why == Stop::asked ? kTimeToSave_s : kTimeToEnd_s);
    kill(-pid_, SIGTERM);
  }

  void look() {
    const double now = now_s();
    if (now < next_look_s_ || stop_ != Stop::none) return;
    next_look_s_ = now + kLook_s;
    Ignore nobody;
    reader_.read(job_.trial / kMetricsFile, log_, nobody);
    const int64_t bytes = size_of(job_.trial / kMetricsFile) + size_of(job_.trial / kLogFile);
    if (bytes != bytes_) changed_s_ = now;
    bytes_ = bytes;
    const Limits& limits = job_.limits;
    // The built-in trainer ends by itself, with a better reason.
    if (log_.not_finite && !job_.built_in) end(Stop::not_finite);
    if (!log_.problem.empty()) end(Stop::contract);
    if (limits.time_s > 0 && now - start_s_ >= limits.time_s) end(Stop::time);
    if (limits.silence_s > 0 && now - changed_s_ >= limits.silence_s) end(Stop::silence);
    if (limits.disk_bytes > 0 && now >= next_disk_s_) {
      next_disk_s_ = now + kLookAtDisk_s;
      if (bytes_below(job_.trial) > limits.disk_bytes) end(Stop::disk);
    }
  }

  const Job& job_;
  LogReader reader_;
  LogPosition log_;
  const int64_t memory_kills_ = memory_kills();
  double start_s_, changed_s_, next_look_s_ = 0, next_disk_s_ = 0, kill_at_s_ = 0;
  int64_t bytes_ = 0;
  Stop stop_ = Stop::none;
  pid_t pid_ = -1;
  int exit_status_ = 0, signal_ = 0;
};

}  // namespace

void run_worker(const Job& job, const std::function<void(int)>& on_start) {
  const sigset_t signals = watched_signals();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  Attempt attempt(job);
  on_start(attempt.pid());
  attempt.wait();
  Result result = judge(attempt.ending());
  result.attempt = job.attempt;
  result.elapsed_s = attempt.elapsed_s();
  write_result(job.trial, result);
}

}  // namespace coldstart::study
